/** The letter to a patient who asked for erasure, as a paper. */
import type { Paper, Part } from '../../pdf/paper.ts'

/** @param at  when it was answered, RFC 3339 */
export function letterPaper(lines: readonly string[], request: number, at: string): Paper {
  const [about = '', ...rest] = lines
  const parts: Part[] = []
  let [paragraph, items]: [string[], string[]] = [[], []]
  const end = (): void => {
    if (paragraph.length > 0) parts.push({ is: 'text', text: paragraph.join(' ') })
    if (items.length > 0) parts.push({ is: 'list', items })
    paragraph = []
    items = []
  }
  for (const line of rest) {
    const item = /^ {2}- (.*)$/.exec(line)?.[1]
    if (item !== undefined) items.push(item)
    // What belongs to an examination is indented below it.
    else if (/^ {4}/.test(line) && items.length > 0) items.push(`${items.pop()} ${line.trim()}`)
    else if (line.trim() === '') {
      if (paragraph.length > 0) end()
    } else {
      if (items.length > 0) end()
      paragraph.push(line)
    }
  }
  end()
  return { title: `Answer to erasure request ${request}`, about, at, parts }
}
