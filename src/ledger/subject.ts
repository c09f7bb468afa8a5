/**
 * The patient an act concerns, as one string: `issuer|patient id` (docs/decisions/0003).
 *
 * An issuer may hold the separator itself, so `|` and `%` in it are percent-encoded: two patients never share a key.
 */
export function patientKey(issuer: string, patientId: string): string {
  if (patientId === '') return ''
  return `${issuer.replace(/[%|]/g, (mark) => (mark === '|' ? '%7C' : '%25'))}|${patientId}`
}

/** The two parts of a key that `patientKey` made; undefined for '', which stands for no patient. */
export function splitPatientKey(key: string): { readonly issuer: string; readonly id: string } | undefined {
  const at = key.indexOf('|')
  if (at < 0) return undefined
  return { issuer: key.slice(0, at).replaceAll('%7C', '|').replaceAll('%25', '%'), id: key.slice(at + 1) }
}
