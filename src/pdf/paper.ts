/** A paper as whoever writes it sees it: a title and parts in reading order, nothing of pages or type. */

export type Part =
  | { readonly is: 'heading'; readonly text: string }
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'list'; readonly items: readonly string[] }
  /** Names and values. */
  | { readonly is: 'facts'; readonly facts: readonly (readonly [name: string, value: string])[] }
  | {
      readonly is: 'table'
      readonly columns: readonly {
        readonly title: string /** Of the width; they need not add up. */
        readonly share: number
      }[]
      readonly rows: readonly (readonly string[])[]
    }

export interface Attached {
  readonly name: string
  readonly type: string
  readonly says: string
  readonly bytes: Uint8Array
}

export interface Paper {
  readonly title: string
  /** A sentence under the title. */
  readonly about: string
  /** When what it says was so, RFC 3339: the paper's only date. */
  readonly at: string
  readonly parts: readonly Part[]
  readonly attached?: readonly Attached[]
}

/** Rows a paper prints of one table; the rest is in the table itself (CSV) and in the file. */
export const MOST_ROWS = 1000

/** A table of no more rows than that, and a sentence about the others. */
export function table(
  columns: Extract<Part, { is: 'table' }>['columns'],
  rows: readonly (readonly string[])[],
): readonly Part[] {
  if (rows.length === 0) return [{ is: 'text', text: 'None.' }]
  const more = rows.length - MOST_ROWS
  return [
    { is: 'table', columns, rows: rows.slice(0, MOST_ROWS) },
    ...(more > 0
      ? ([{ is: 'text', text: `And ${more} more, which are in the table (CSV) and in the file.` }] as const)
      : []),
  ]
}
