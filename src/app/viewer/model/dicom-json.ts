/** Reading DICOM JSON (PS3.18 Annex F) as metadata answers hold it: one data set, by tag of eight hex digits. */
export interface JsonElement {
  readonly vr?: string
  readonly Value?: readonly unknown[]
  readonly BulkDataURI?: string
  readonly InlineBinary?: string
}

export type JsonDataSet = Readonly<Record<string, JsonElement | undefined>>

/** The first value as text; '' when there is none. Person names give their groups joined by `=`. */
export function text(dataSet: JsonDataSet | undefined, tag: string): string {
  return textOf(dataSet?.[tag]?.Value?.[0])
}

/** All values as text. */
export function texts(dataSet: JsonDataSet | undefined, tag: string): readonly string[] {
  return (dataSet?.[tag]?.Value ?? []).map(textOf)
}

/** The first value as a number, whether written as a number or as text (IS, DS); undefined when it is neither. */
export function number(dataSet: JsonDataSet | undefined, tag: string): number | undefined {
  return numbers(dataSet, tag)[0]
}

/** All values as numbers; one that is none makes the whole unusable and gives an empty list. */
export function numbers(dataSet: JsonDataSet | undefined, tag: string): readonly number[] {
  const values = (dataSet?.[tag]?.Value ?? []).map((value) =>
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN,
  )
  return values.every(Number.isFinite) ? values : []
}

/** The items of a sequence. */
export function items(dataSet: JsonDataSet | undefined, tag: string): readonly JsonDataSet[] {
  return (dataSet?.[tag]?.Value ?? []).filter((item): item is JsonDataSet => typeof item === 'object' && item !== null)
}

/** The first item of a sequence. */
export function item(dataSet: JsonDataSet | undefined, tag: string): JsonDataSet | undefined {
  return items(dataSet, tag)[0]
}

/** Where the values are that were left out of the metadata, at any depth. */
export function bulkAddressesIn(dataSet: JsonDataSet): readonly string[] {
  return Object.values(dataSet).flatMap((element?: JsonElement) => {
    if (element?.BulkDataURI !== undefined) return [element.BulkDataURI]
    const inner = (element?.Value ?? []).filter(
      (item): item is JsonDataSet => typeof item === 'object' && item !== null,
    )
    return element?.vr === 'SQ' ? inner.flatMap(bulkAddressesIn) : []
  })
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return ''
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as Record<string, unknown>
  return [Alphabetic, Ideographic, Phonetic]
    .map((group) => (typeof group === 'string' ? group : ''))
    .join('=')
    .replace(/=+$/, '')
}
