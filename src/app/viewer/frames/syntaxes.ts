/** Which stored forms this browser decodes itself; the worker's table of decoders has the same keys. */
const DECODED_HERE: ReadonlySet<string> = new Set([
  '1.2.840.10008.1.2.4.80',
  '1.2.840.10008.1.2.4.81',
  '1.2.840.10008.1.2.4.90',
  '1.2.840.10008.1.2.4.91',
  '1.2.840.10008.1.2.4.201',
  '1.2.840.10008.1.2.4.202',
  '1.2.840.10008.1.2.4.203',
])

export const isDecodedHere = (transferSyntax: string) => DECODED_HERE.has(transferSyntax)

/** Moving pictures: one stream, no frames to fetch one by one (PS3.5 8.2.5 to 8.2.9). */
export const isVideo = (transferSyntax: string) => /^1\.2\.840\.10008\.1\.2\.4\.10\d(\.1)?$/.test(transferSyntax)
