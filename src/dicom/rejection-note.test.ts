import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat } from '../base/bytes.ts'
import { dataSetOf } from './attributes.ts'
import { T, UIDS } from './dictionary.ts'
import { metaGroup } from './part10.ts'
import { openReader } from './reader.ts'
import {
  isRejectionCode,
  type NoteReference,
  REJECTION_TITLES,
  readRejectionNote,
  rejectionNote,
} from './rejection-note.ts'
import { uid } from './uid.ts'
import { text } from './values.ts'
import { encodeElements } from './writer.ts'

const SYNTAX = '1.2.840.10008.1.2.1'
const SOP_CLASS = UIDS.KeyObjectSelectionDocumentStorage

/** As it is after a journey through a file. */
function written(note: ReturnType<typeof rejectionNote>) {
  const reader = openReader({ format: 'part10', keepUpTo: 65536, leniencies: {}, limits: {} })
  const meta = metaGroup({ sopClass: SOP_CLASS, sopInstance: '2.25.9', transferSyntax: SYNTAX })
  reader.push(concat([meta, encodeElements(note, SYNTAX)]))
  return reader.end().dataSet
}

const reference = fc.record({
  study: fc.constant(uid('2.25.1')),
  series: fc.integer({ min: 1, max: 4 }).map((n) => uid(`2.25.2${n}`)),
  instance: fc.integer({ min: 1, max: 1e9 }).map((n) => uid(`2.25.3${n}`)),
  sopClass: fc.constantFrom('1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.5.1.4.1.1.4'),
})

describe('a rejection note (IHE IOCM)', () => {
  it('says after a journey through a file what it was made to say', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(REJECTION_TITLES).filter(isRejectionCode)),
        fc.uniqueArray(reference, { minLength: 1, maxLength: 20, selector: ({ instance }) => instance }),
        fc.constantFrom('', 'moved', 'Bewegungsartefakt über allem', '動いた'),
        (code, references, reason) => {
          const study = dataSetOf({ StudyInstanceUID: '2.25.1', PatientName: 'SYNTHETIC^NOTE', PatientID: 'SYN-1' })
          const made = { code, reason, references, study, series: '2.25.8', instance: '2.25.9' }
          const read = written(rejectionNote({ ...made, date: '20260101', time: '120000' }))
          const note = readRejectionNote(read)
          expect(note).toMatchObject({ code, reason })
          const names = (all: readonly NoteReference[]) =>
            all.map((of) => `${of.series} ${of.instance} ${of.sopClass}`).sort()
          expect(names(note?.references ?? [])).toEqual(names(references))
          expect(text(read, T.PatientName)).toBe('SYNTHETIC^NOTE')
          // Type 2 (PS3.3 C.7.1.1): there though nobody gave a value.
          expect(read.elements.has(T.PatientBirthDate)).toBe(true)
        },
      ),
    )
  })

  it.each([
    [
      'another title',
      { SOPClassUID: SOP_CLASS, ConceptNameCodeSequence: [{ CodeValue: '113000', CodingSchemeDesignator: 'DCM' }] },
    ],
    [
      'the code in another scheme',
      { SOPClassUID: SOP_CLASS, ConceptNameCodeSequence: [{ CodeValue: '113001', CodingSchemeDesignator: '99X' }] },
    ],
    ['no title', { SOPClassUID: SOP_CLASS }],
    [
      'another SOP class',
      {
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
        ConceptNameCodeSequence: [{ CodeValue: '113001', CodingSchemeDesignator: 'DCM' }],
      },
    ],
  ])('is none with %s', (_, attributes) => {
    expect(readRejectionNote(dataSetOf(attributes))).toBeUndefined()
  })
})
