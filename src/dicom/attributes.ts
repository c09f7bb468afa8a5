/**
 * Data sets written as the standard's tables list them: keyword and value. Text is Unicode, so that every script can be
 * shown.
 */
import { bytesElement, dataSet, element, type Given, sequence, UNICODE } from './build.ts'
import type { DataSet } from './data-set.ts'
import { implicitVr, type Keyword, T } from './dictionary.ts'

/** `''` is an attribute without a value (type 2); items are sets of their own. */
export type Attributes = { readonly [K in Keyword]?: Given | Uint8Array | readonly Attributes[] | undefined }

export function dataSetOf(attributes: Attributes): DataSet {
  const made = []
  for (const [keyword, given] of Object.entries(attributes)) {
    if (given === undefined) continue
    const tag = T[keyword as Keyword]
    if (implicitVr(tag) === 'SQ') made.push(sequence(tag, (given as readonly Attributes[]).map(dataSetOf)))
    else if (given instanceof Uint8Array) made.push(bytesElement(tag, 'OB', given))
    else made.push(element(tag, given as Given, implicitVr(tag), UNICODE))
  }
  return dataSet(made, UNICODE)
}

/** A decimal string of at most 16 characters (PS3.5 section 6.2): four places are a ten-thousandth of a millimetre. */
export const decimal = (value: number): number => Number(value.toFixed(4)) + 0

/** A code and its meaning (PS3.3 section 8.8). */
export const code = (value: string, scheme: string, meaning: string): readonly Attributes[] => [
  { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning },
]
