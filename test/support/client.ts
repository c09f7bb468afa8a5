/**
 * A DICOMweb client of a few lines, for tests that look at the archive from outside.
 */
export type Answer = Record<string, { readonly vr: string; readonly Value?: readonly unknown[] }>

/** Stores one Part 10 file by STOW-RS; gives the HTTP status and the response's data set. */
export async function stow(
  dicomweb: string,
  bytes: Uint8Array,
  headers: Record<string, string> = {},
): Promise<{ status: number; answer: Answer }> {
  const response = await fetch(`${dicomweb}/studies`, {
    method: 'POST',
    headers: { 'content-type': 'application/dicom', accept: 'application/dicom+json', ...headers },
    body: bytes as Uint8Array<ArrayBuffer>,
  })
  const text = await response.text()
  return { status: response.status, answer: text.startsWith('{') ? (JSON.parse(text) as Answer) : {} }
}

export async function qido(
  dicomweb: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<readonly Answer[]> {
  const response = await fetch(`${dicomweb}${path}`, { headers: { accept: 'application/dicom+json', ...headers } })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  const text = await response.text()
  return text === '' ? [] : (JSON.parse(text) as Answer[])
}

export async function original(
  url: string,
  study: string,
  series: string,
  instance: string,
  query = '',
): Promise<Buffer> {
  const response = await fetch(`${url}/api/instances/${study}/${series}/${instance}/original${query}`)
  if (!response.ok) throw new Error(`original of ${instance}: ${response.status} ${await response.text()}`)
  return Buffer.from(await response.arrayBuffer())
}

export const value = (answer: Answer | undefined, tag: string): unknown => answer?.[tag]?.Value?.[0]
