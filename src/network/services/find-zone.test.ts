import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { T } from '../../dicom/dictionary.ts'
import { type DicomJson, fromDicomJson } from '../../dicom/json.ts'
import { EXPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts'
import { encodeElements } from '../../dicom/writer.ts'
import { readIdentifier } from './find-identifier.ts'
import { inZoneOf } from './find-zone.ts'

/** Of this archive: an hour east of UTC. */
const local = () => 60

function zoned(keys: DicomJson, combined = false) {
  const identifier = { '00080052': { vr: 'CS', Value: ['STUDY'] }, ...keys } as DicomJson
  const bytes = encodeElements(fromDicomJson(identifier), EXPLICIT_LITTLE.uid)
  const asked = readIdentifier(bytes, EXPLICIT_LITTLE.uid, 'study', {
    relational: false,
    combined,
    fuzzy: false,
    timezone: true,
  })
  return inZoneOf(asked, local)
}
const zone = (offset: string): DicomJson => ({ '00080201': { vr: 'SH', Value: [offset] } })
const study = (date: string, time: string, offset?: string): DicomJson => ({
  '00080020': { vr: 'DA', Value: [date] },
  '00080030': time === '' ? { vr: 'TM' } : { vr: 'TM', Value: [time] },
  ...(offset === undefined ? {} : zone(offset)),
})
const day = (value: string): DicomJson => ({ '00080020': { vr: 'DA', Value: [value] } })
const hours = (value: string): DicomJson => ({ '00080030': { vr: 'TM', Value: [value] } })

describe('a query in the zone of the asker (PS3.4 C.5.1.1)', () => {
  it('is one only where the identifier states a zone', () => {
    expect(zoned(day('20260101'))).toBeUndefined()
    expect(zoned({ ...day('20260101'), ...zone('+2500') })).toBeUndefined()
    expect(zoned({ ...day('20260101'), ...zone('-0500') })).toBeDefined()
  })

  it('asks for two days more on each side, without the time, and looks at what comes', () => {
    const asked = zoned({ ...day('20260101-20260102'), ...hours('08-10'), ...zone('-0500') })?.asked.query
    expect(asked?.matches).toEqual([{ path: [T.StudyDate], value: '20251230-20260104' }])
    expect(asked?.include).toEqual(expect.arrayContaining([T.StudyDate, T.StudyTime, T.TimezoneOffsetFromUTC]))
    expect(zoned({ ...day('20260101-'), ...zone('-0500') })?.asked.query.matches[0]?.value).toBe('20251230-')
  })

  it('keeps what was made on that day there, by the zone of the archive or the object’s own', () => {
    const query = zoned({ ...day('20260101'), ...zone('-0500') })
    // 2026-01-02 05:00 here is 23:00 of the day before, there.
    expect(query?.keeps(study('20260102', '050000'))).toBe(true)
    expect(query?.keeps(study('20260102', '070000'))).toBe(false)
    expect(query?.keeps(study('20260101', '050000'))).toBe(false)
    expect(query?.keeps(study('20260102', '070000', '+0900'))).toBe(true)
    expect(query?.keeps(study('20260101', ''))).toBe(true)
    expect(query?.keeps({})).toBe(false)
  })

  it('has dates and times as one range of moments where that was negotiated, else each for itself', () => {
    const keys = { ...day('20260101-20260103'), ...hours('080000-100000'), ...zone('+0100') }
    const noon = study('20260102', '120000')
    expect(zoned(keys, true)?.keeps(noon)).toBe(true)
    expect(zoned(keys)?.keeps(noon)).toBe(false)
    expect(zoned(keys)?.keeps(study('20260102', '090000'))).toBe(true)
    expect(zoned(keys, true)?.keeps(study('20260101', '070000'))).toBe(false)
  })

  it('gives dates and times there, and says where', () => {
    const turned = zoned({ ...day('20260101'), ...zone('-0500') })?.turned(study('20260102', '050030.25'))
    expect(turned).toEqual(study('20260101', '230030.25', '-0500'))
    expect(zoned({ ...day(''), ...zone('+0530') })?.turned(study('20261231', '23'))).toEqual(
      study('20270101', '033000', '+0530'),
    )
    expect(zoned({ ...day(''), ...zone('+0530') })?.turned(study('20261231', ''))).toEqual({
      ...study('20261231', ''),
      ...zone('+0530'),
    })
  })

  it('leaves times of no day, and what it does not understand, as they stand', () => {
    expect(zoned({ ...hours('08-10'), ...zone('-0500') })?.asked.query.matches).toEqual([
      { path: [T.StudyTime], value: '08-10' },
    ])
    expect(zoned({ ...day('yesterday'), ...zone('-0500') })?.asked.query.matches[0]?.value).toBe('yesterday')
  })

  it('keeps what it gives, whatever the zones: what comes back is asked for again and found', () => {
    const two = (value: number) => String(value).padStart(2, '0')
    fc.assert(
      fc.property(
        fc.record({ d: fc.integer({ min: 1, max: 28 }), h: fc.nat(23), m: fc.nat(59) }),
        fc.integer({ min: -12, max: 14 }),
        fc.integer({ min: -12, max: 14 }),
        ({ d, h, m }, asker, own) => {
          const sign = (offset: number) => `${offset < 0 ? '-' : '+'}${two(Math.abs(offset))}00`
          const object = study(`202602${two(d)}`, `${two(h)}${two(m)}00`, sign(own))
          const seen = zoned({ ...day(''), ...zone(sign(asker)) })?.turned(object) ?? {}
          const again = { ...seen, ...zone(sign(asker)) } as DicomJson
          expect(zoned(again)?.keeps(object)).toBe(true)
          const [from = '', to = ''] = (zoned(again)?.asked.query.matches[0]?.value ?? '').split('-')
          expect(`202602${two(d)}` >= from && `202602${two(d)}` <= to).toBe(true)
        },
      ),
    )
  })
})
