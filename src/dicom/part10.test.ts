import { describe, expect, it } from 'vitest'
import { bytes, explicit } from '../../test/support/dicom-bytes.ts'
import { concat } from '../base/bytes.ts'
import type { DataSet } from './data-set.ts'
import { T } from './dictionary.ts'
import { STRICT } from './leniencies.ts'
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME, metaGroup } from './part10.ts'
import { readWhole } from './reader.ts'
import { isUid } from './uid.ts'
import { text } from './values.ts'

const FACTS = { sopClass: '1.2.840.10008.5.1.4.1.1.2', sopInstance: '1.2.3', transferSyntax: '1.2.840.10008.1.2.1' }

describe('what stands in front of a data set in a file (PS3.10 section 7.1)', () => {
  it('is a preamble, a prefix and group 0002 with its length, which no leniency is needed to read', () => {
    const group = metaGroup({ ...FACTS, sourceAet: 'SCANNER' })
    const read = readWhole(concat([group, explicit(0x00080060, 'CS', 'CT')]), { format: 'part10', leniencies: STRICT })
    expect(read.dataSetStart).toBe(group.length)
    expect(read.transferSyntax).toBe(FACTS.transferSyntax)
    const meta = (of: (typeof T)[keyof typeof T]) => text(read.meta as DataSet, of)
    expect(meta(T.MediaStorageSOPClassUID)).toBe(FACTS.sopClass)
    expect(meta(T.MediaStorageSOPInstanceUID)).toBe('1.2.3')
    expect(meta(T.ImplementationClassUID)).toBe(IMPLEMENTATION_CLASS_UID)
    expect(meta(T.ImplementationVersionName)).toBe(IMPLEMENTATION_VERSION_NAME)
    expect(meta(T.SourceApplicationEntityTitle)).toBe('SCANNER')
    expect(meta(T.SendingApplicationEntityTitle)).toBe('')
  })

  it('has zeros, DICM, and elements in order', () => {
    const group = Buffer.from(metaGroup({ ...FACTS, sendingAet: 'A', receivingAet: 'B' }))
    expect(group.subarray(0, 132)).toEqual(bytes(Buffer.alloc(128), 'DICM'))
    expect([...(readWhole(group).meta as DataSet).elements.keys()].map((tag) => tag % 0x10000)).toEqual([
      0x00, 0x01, 0x02, 0x03, 0x10, 0x12, 0x13, 0x17, 0x18,
    ])
  })

  it('names Clearkeep by a valid UID and a short name', () => {
    expect(isUid(IMPLEMENTATION_CLASS_UID)).toBe(true)
    expect(IMPLEMENTATION_VERSION_NAME.length).toBeLessThanOrEqual(16)
  })
})
