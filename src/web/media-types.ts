/**
 * Media types and what is acceptable (RFC 9110 sections 8.3 and 12.5.1; PS3.18 sections 8.7.5 and 8.7.8).
 *
 * Read leniently: viewers send `type=application/octet-stream` without quotes. Nothing here knows which resource is
 * asked for; `dicomweb/media.ts` has the table of those.
 */
export interface MediaType {
  /** `multipart/related`, in lower case. */
  readonly name: string
  /** By name in lower case; values as given, unquoted. `q` is taken out. */
  readonly parameters: ReadonlyMap<string, string>
}

export interface MediaRange extends MediaType {
  /** 0 to 1; 0 means never. */
  readonly quality: number
}

const RANGES_AT_MOST = 50

/** Cuts at the separator, but not inside quotes. */
function pieces(text: string, separator: string): string[] {
  const found: string[] = []
  let from = 0
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]
    if (letter === '"') quoted = !quoted
    else if (letter === '\\' && quoted) at += 1
    else if (letter === separator && !quoted) {
      found.push(text.slice(from, at))
      from = at + 1
    }
  }
  found.push(text.slice(from))
  return found
}

const unquoted = (text: string) => (/^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text)

/** Undefined when it is none. */
export function parseMediaType(text: string): MediaType | undefined {
  const [name = '', ...rest] = pieces(text, ';')
  if (!/^\s*[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+\s*$/.test(name)) return undefined
  const parameters = new Map<string, string>()
  for (const parameter of rest) {
    const equals = parameter.indexOf('=')
    if (equals === -1) continue
    const key = parameter.slice(0, equals).trim().toLowerCase()
    if (!parameters.has(key)) parameters.set(key, unquoted(parameter.slice(equals + 1).trim()))
  }
  return { name: name.trim().toLowerCase(), parameters }
}

/** The ranges of an Accept header, dearest first; equal ones in the order given. What cannot be read is passed over. */
export function parseAccept(header: string): readonly MediaRange[] {
  const ranges: MediaRange[] = []
  for (const piece of pieces(header, ',').slice(0, RANGES_AT_MOST)) {
    const type = parseMediaType(piece)
    if (type === undefined) continue
    const given = type.parameters.get('q')
    const quality = given === undefined ? 1 : Number(given)
    const parameters = new Map([...type.parameters].filter(([name]) => name !== 'q'))
    ranges.push({ name: type.name, parameters, quality: quality >= 0 && quality <= 1 ? quality : 1 })
  }
  return ranges.sort((a, b) => b.quality - a.quality)
}

/** Does the range take in this type? Parameters are not looked at. */
export function covers(range: MediaType, name: string): boolean {
  if (range.name === '*/*' || range.name === '*' || range.name === name) return true
  return range.name.endsWith('/*') && name.startsWith(range.name.slice(0, -1))
}

/**
 * What the asker takes, dearest first: the types of the `accept` query parameter before those of the header
 * (PS3.18 section 8.7.8.1). With neither, anything.
 */
export function acceptable(header: string, queryParameter: string): readonly MediaRange[] {
  const ranges = [...parseAccept(queryParameter), ...parseAccept(header)]
  return ranges.length === 0 ? parseAccept('*/*') : ranges.filter(({ quality }) => quality > 0)
}
