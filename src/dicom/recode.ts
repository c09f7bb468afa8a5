/** A data set's text in another Specific Character Set: for those who ask in one and can read no other. Pure. */
import { bytesElement, dataSet, element, sequence } from './build.ts'
import { decodeText, encodeText } from './charset.ts'
import type { DataSet, Element } from './data-set.ts'
import { T } from './dictionary.ts'
import { isTextVr } from './values.ts'

/**
 * The same in the character set of these terms, (0008,0005) included; undefined when some text has no code there.
 *
 * @param terms  as in (0008,0005): `['', 'ISO 2022 IR 87']`
 */
export function recoded(data: DataSet, terms: readonly string[]): DataSet | undefined {
  const elements = recodedElements(data, terms)
  return elements && dataSet([...elements, element(T.SpecificCharacterSet, terms)], terms)
}

function recodedElements(data: DataSet, terms: readonly string[]): Element[] | undefined {
  const elements: Element[] = []
  for (const one of data.elements.values()) {
    if (one.tag === T.SpecificCharacterSet) continue
    if (one.value.kind === 'items') {
      const items: DataSet[] = []
      for (const item of one.value.items) {
        const inner = recodedElements(item, terms)
        if (inner === undefined) return undefined
        items.push(dataSet(inner, terms))
      }
      elements.push(sequence(one.tag, items))
    } else if (one.value.kind === 'bytes' && isTextVr(one.vr)) {
      const { bytes, complete } = encodeText(
        decodeText(one.value.bytes, one.vr, data.characterSet).replace(/[ \0]+$/, ''),
        one.vr,
        terms,
      )
      if (!complete) return undefined
      elements.push(bytesElement(one.tag, one.vr, bytes))
    } else elements.push(one)
  }
  return elements
}
