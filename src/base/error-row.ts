/** A row of the table of errors (`errors.ts`). */
export interface ErrorRow {
  /** What happened; words in braces are replaced by the facts of the throw. */
  readonly says: string
  /** What the reader of the message does about it. */
  readonly remedy: string
  /** HTTP status (RFC 9110, PS3.18). */
  readonly http: number
  /** DIMSE status (PS3.7 Annex C, PS3.4 of the service). */
  readonly dimse: number
}

export const row = (says: string, remedy: string, http: number, dimse: number): ErrorRow => ({
  says,
  remedy,
  http,
  dimse,
})
