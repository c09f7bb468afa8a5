/**
 * Elements of VR UN whose attribute the dictionary knows.
 *
 * A system that did not know an attribute passes it on as UN, its value in Implicit VR Little Endian; one that does know
 * it may read it as what it is (PS3.5 section 6.2.2). The reader keeps what was stated; this gives the known reading.
 */
import type { Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import type { DataSet, Element } from './data-set.ts'
import { implicitVr } from './dictionary.ts'
import { ElementParser } from './element-parser.ts'
import { DEFAULT_LENIENCIES } from './leniencies.ts'
import { LIMITS } from './limits.ts'
import { VR_TRAITS, wordsTurned } from './vr.ts'

/**
 * The element with its attribute's VR when it came as UN and that VR fits the bytes; otherwise the element itself.
 *
 * @param dataSet  the one it stands in: gives byte order and character set
 */
export function knownElement(element: Element, dataSet: DataSet): Element {
  const { tag, value } = element
  if (element.vr !== 'UN' || value.kind !== 'bytes' || value.bytes.length === 0) return element
  const vr = implicitVr(tag)
  if (vr === 'UN') return element
  if (vr === 'SQ') return sequenceIn(element, value.bytes, dataSet) ?? element
  const { word } = VR_TRAITS[vr]
  const size = vr === 'AT' ? 4 : word
  if (value.bytes.length % size !== 0) return element
  if (dataSet.littleEndian || word === 1) return { tag, vr, value }
  return { tag, vr, value: { kind: 'bytes', bytes: wordsTurned(value.bytes, word) } }
}

function sequenceIn(element: Element, bytes: Bytes, dataSet: DataSet): Element | undefined {
  const parser = new ElementParser({
    explicit: false,
    littleEndian: true,
    encapsulated: false,
    keepUpTo: bytes.length,
    leniencies: DEFAULT_LENIENCIES,
    limits: LIMITS,
    forgiven: new Set(),
    position: 0,
    within: { tag: element.tag, length: bytes.length, characterSet: dataSet.characterSet },
  })
  try {
    parser.feed(bytes, 0)
    parser.end()
  } catch (refused) {
    if (refused instanceof ArchiveError) return undefined
    throw refused
  }
  return parser.root.elements.get(element.tag)
}
