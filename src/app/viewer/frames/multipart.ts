/** Takes the one part out of a `multipart/related` answer (RFC 2046, PS3.18 section 8.6). */
export interface Part {
  readonly type: string
  readonly bytes: Uint8Array
}

/** The first part; an answer that is not multipart is the part itself. @throws {Error} when it is cut short */
export function firstPart(contentType: string, body: Uint8Array): Part {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (!/^multipart\//i.test(contentType) || boundary === undefined) return { type: contentType, bytes: body }
  const open = find(body, `--${boundary}`, 0)
  const blank = open < 0 ? -1 : find(body, '\r\n\r\n', open)
  if (blank < 0) throw new Error('the answer has no part')
  const head = ascii(body.subarray(open, blank))
  const type = /^content-type:\s*(.+)$/im.exec(head)?.[1]?.trim() ?? ''
  const start = blank + 4
  // A part with a length needs no search; pixels may hold any bytes, the boundary's too.
  const length = /^content-length:\s*(\d+)\s*$/im.exec(head)?.[1]
  const end = length === undefined ? findLast(body, `\r\n--${boundary}`) : start + Number(length)
  if (end < start || end > body.length) throw new Error('the answer is cut short')
  return { type, bytes: body.subarray(start, end) }
}

function find(bytes: Uint8Array, text: string, from: number): number {
  const wanted = [...text].map((char) => char.charCodeAt(0))
  for (let at = bytes.indexOf(wanted[0] ?? 0, from); at >= 0; at = bytes.indexOf(wanted[0] ?? 0, at + 1))
    if (wanted.every((code, offset) => bytes[at + offset] === code)) return at
  return -1
}

function findLast(bytes: Uint8Array, text: string): number {
  const wanted = [...text].map((char) => char.charCodeAt(0))
  for (let at = bytes.lastIndexOf(wanted[0] ?? 0); at >= 0; at = bytes.lastIndexOf(wanted[0] ?? 0, at - 1)) {
    if (wanted.every((code, offset) => bytes[at + offset] === code)) return at
    if (at === 0) return -1
  }
  return -1
}

const ascii = (bytes: Uint8Array) => String.fromCharCode(...bytes)
