/** The typefaces of papers, and which characters they have. DejaVu: Latin, Greek, Cyrillic, Armenian, Georgian, Arabic, Hebrew. */
import { createRequire } from 'node:module'
import { openSync } from 'fontkit'

export type Face = 'plain' | 'bold'

const FILES: Readonly<Record<Face, string>> = {
  plain: 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  bold: 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
}

const find = createRequire(import.meta.url)

export interface Faces {
  /** The file of a face. */
  file(face: Face): string
  /** The text with what the face does not have written as code points. */
  printable(face: Face, text: string): string
  /** Has any text had such characters? */
  readonly lacking: boolean
}

export function openFaces(): Faces {
  let lacking = false
  const characters = new Map<Face, ReadonlySet<number>>()
  const file = (face: Face): string => find.resolve(FILES[face])
  const known = (face: Face): ReadonlySet<number> => {
    const read = characters.get(face)
    if (read !== undefined) return read
    const font = openSync(file(face))
    const has = new Set('characterSet' in font ? font.characterSet : [])
    characters.set(face, has)
    return has
  }
  return {
    file,
    printable: (face, text) => {
      const has = known(face)
      let printed = ''
      for (const character of text) {
        const code = character.codePointAt(0) ?? 0
        if (code < 0x20 || (code >= 0x7f && code < 0xa0)) printed += ' '
        else if (has.has(code)) printed += character
        else {
          lacking = true
          printed += `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`
        }
      }
      return printed
    },
    get lacking() {
      return lacking
    },
  }
}
