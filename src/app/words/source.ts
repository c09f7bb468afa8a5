/** Where an object came from, as the archive recorded it (JSON: its door, caller, address), in words. */
const DOORS: Readonly<Record<string, string>> = {
  'c-store': 'DICOM',
  stow: 'the web',
  import: 'import',
  app: 'this archive',
}

export function sourceInWords(source: string): string {
  const known = parse(source)
  if (!known) return source
  const word = (name: string) => (typeof known[name] === 'string' ? known[name] : '')
  const from = [word('callingAet'), word('address')].filter(Boolean).join(' at ')
  const by = DOORS[word('door')] ?? word('door')
  return [by && `by ${by}`, from && `from ${from}`].filter(Boolean).join(' ')
}

function parse(source: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(source)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
