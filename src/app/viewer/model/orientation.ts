/**
 * The letters at the edges of an image (PS3.3 C.7.6.1.1.1): which way in the patient left, right, up and down are.
 */
import type { Turn } from './view.ts'

/** Letters for left, top, right and bottom edge; '' where unknown. */
export interface EdgeLetters {
  readonly left: string
  readonly top: string
  readonly right: string
  readonly bottom: string
}

export const NO_LETTERS: EdgeLetters = { left: '', top: '', right: '', bottom: '' }

/** From Image Orientation (Patient); a direction between axes gets up to two letters, the nearer first. */
export function lettersOf(orientation: readonly number[]): EdgeLetters {
  if (orientation.length !== 6) return NO_LETTERS
  const right = direction(orientation.slice(0, 3))
  const bottom = direction(orientation.slice(3, 6))
  return { right, bottom, left: opposite(right), top: opposite(bottom) }
}

/** From Patient Orientation (0020,0020): the letters of the row's and the column's direction. */
export function lettersOfPatientOrientation([row = '', column = '']: readonly string[]): EdgeLetters {
  const usable = /^[LRAPHF]{1,3}$/
  if (!usable.test(row) || !usable.test(column)) return NO_LETTERS
  return { right: row, bottom: column, left: opposite(row), top: opposite(column) }
}

/** The letters after the picture was turned and flipped. */
export function turnLetters({ left, top, right, bottom }: EdgeLetters, { quarter, flipped }: Turn): EdgeLetters {
  let edges = flipped ? [right, top, left, bottom] : [left, top, right, bottom]
  // Turning clockwise brings what was at the left edge to the top.
  for (let at = 0; at < quarter; at++) edges = [edges[3] ?? '', edges[0] ?? '', edges[1] ?? '', edges[2] ?? '']
  const [l = '', t = '', r = '', b = ''] = edges
  return { left: l, top: t, right: r, bottom: b }
}

function direction(cosines: readonly number[]): string {
  // LPS: x grows to the left, y to the back (posterior), z to the head.
  const names = [
    ['R', 'L'],
    ['A', 'P'],
    ['F', 'H'],
  ]
  return cosines
    .map((value, axis) => ({ size: Math.abs(value), letter: names[axis]?.[value < 0 ? 0 : 1] ?? '' }))
    .filter(({ size }) => size > 0.25)
    .sort((a, b) => b.size - a.size)
    .slice(0, 2)
    .map(({ letter }) => letter)
    .join('')
}

const OPPOSITE: Readonly<Record<string, string>> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' }

const opposite = (letters: string) => [...letters].map((letter) => OPPOSITE[letter] ?? '').join('')
