/**
 * Text as a key column takes it. What arrives may be longer than any standard allows and hold any character; PostgreSQL
 * refuses NUL and index entries of more than some 2,700 bytes, and what one engine refuses must not stop the journal.
 *
 * The whole value stays in the object, in the metadata and in the attributes' JSON.
 */

/** UTF-16 units; four times the longest value a searchable attribute may have (PS3.5 section 6.2: LO, 64). */
export const LONGEST = 256

export function column(text: string): string {
  if (text.length <= LONGEST && !text.includes('\0') && text.isWellFormed()) return text
  return text.replaceAll('\0', '').slice(0, LONGEST).toWellFormed()
}
