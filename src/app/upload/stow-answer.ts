/**
 * What the archive said about one object it was sent by STOW-RS (PS3.18 section 10.5.3), in words.
 */
import { readPrivateBlock } from '../../api/store-answer.ts'

export interface StowAnswer {
  readonly result: 'stored' | 'warned' | 'refused'
  readonly reason?: string
  /** Study Instance UID, from the retrieve address of what was stored. */
  readonly study?: string
}

/** PS3.18 Table I.2-2 and I.2-3, PS3.4 Annex B.2.3; reasons written for the person who sends. */
const REASONS: readonly (readonly [low: number, high: number, says: string])[] = [
  [0xa700, 0xa7ff, 'The archive is out of space or at its limit; try again later.'],
  [0xa900, 0xa9ff, 'The object does not fit its SOP class, or a UID it needs is missing or not valid.'],
  [0xb000, 0xb000, 'Stored, with some values changed.'],
  [0xb006, 0xb006, 'Stored; some values were left out.'],
  [0xb007, 0xb007, 'Stored, though the object does not fit its SOP class.'],
  [0xc000, 0xcfff, 'The file cannot be understood as DICOM.'],
  [0x0110, 0x0110, 'The archive met a failure while storing it.'],
  [0x0111, 0x0111, 'An object with this SOP Instance UID is there already.'],
  [0x0117, 0x0117, 'A UID in it is not valid.'],
  [0x0122, 0x0122, 'The archive does not take objects of this kind.'],
  [0x0124, 0x0124, 'You may not store images.'],
  [0x0131, 0x0131, 'The archive is at its limit of work; try again later.'],
]

export function reasonInWords(code: number): string {
  const found = REASONS.find(([low, high]) => code >= low && code <= high)
  const hex = code.toString(16).toUpperCase().padStart(4, '0')
  return found ? `${found[2]} (${hex}H)` : `Reason ${hex}H.`
}

/** Reads the DICOM JSON of a store answer that concerns one object. */
export function readStowAnswer(status: number, body: unknown): StowAnswer {
  const stored = item(body, '00081199')
  if (stored) {
    const warning = number(stored, '00081196')
    const study = /\/studies\/([\d.]+)/.exec(String(value(stored, '00081190') ?? value(body, '00081190') ?? ''))?.[1]
    return {
      result: warning === undefined ? 'stored' : 'warned',
      ...(warning === undefined ? {} : { reason: warningInWords(warning) }),
      ...(study === undefined ? {} : { study }),
    }
  }
  const failed = item(body, '00081198') ?? item(body, '0008119A')
  const code = failed && number(failed, '00081197')
  if (code !== undefined) return { result: 'refused', reason: readPrivateBlock(failed).words ?? reasonInWords(code) }
  return { result: 'refused', reason: problemText(body) ?? `The archive answered ${status}.` }
}

function warningInWords(code: number): string {
  return code === 0x0111 || code >= 0xb000
    ? reasonInWords(code)
    : `Stored beside another object with the same SOP Instance UID; see Conflicts. (${code.toString(16).toUpperCase()}H)`
}

function problemText(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('fact' in body)) return undefined
  const { fact, remedy } = body as { fact: unknown; remedy?: unknown }
  return typeof fact === 'string' ? `${fact}${typeof remedy === 'string' ? ` ${remedy}` : ''}` : undefined
}

function value(dataSet: unknown, tag: string): unknown {
  if (typeof dataSet !== 'object' || dataSet === null) return undefined
  const element = (dataSet as Record<string, unknown>)[tag]
  if (typeof element !== 'object' || element === null) return undefined
  const values = (element as { Value?: unknown }).Value
  return Array.isArray(values) ? values[0] : undefined
}

const item = (dataSet: unknown, tag: string) => value(dataSet, tag) as object | undefined

function number(dataSet: unknown, tag: string): number | undefined {
  const found = value(dataSet, tag)
  return typeof found === 'number' ? found : undefined
}
