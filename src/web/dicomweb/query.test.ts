import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArchiveError } from '../../base/errors.ts'
import { T } from '../../dicom/dictionary.ts'
import { readQuery } from './query.ts'

const read = (search: string) => readQuery(search, 'study', {})

describe('the query of a search (PS3.18 sections 8.3.4 and 10.6.1.2)', () => {
  it('names attributes by keyword, by tag in either case, and by path through sequences', () => {
    const { matches } = read(
      'PatientName=SMITH*&0020000d=1.2&RequestAttributesSequence.ScheduledProcedureStepID=7&00081110.00081155=1.3',
    )
    expect(matches).toEqual([
      { path: [T.PatientName], value: 'SMITH*' },
      { path: [T.StudyInstanceUID], value: '1.2' },
      { path: [T.RequestAttributesSequence, T.ScheduledProcedureStepID], value: '7' },
      { path: [T.ReferencedStudySequence, T.ReferencedSOPInstanceUID], value: '1.3' },
    ])
  })

  it('takes values as they are meant: escapes, plus for blank, any script, private tags, empty ones', () => {
    const { matches } = read('PatientName=%E5%B1%B1%E7%94%B0%5E*&StudyDescription=a+b%2Bc&00091001=x&AccessionNumber=')
    expect(matches.map(({ value }) => value)).toEqual(['山田^*', 'a b+c', 'x', ''])
  })

  it('includes fields by comma, repeated, or all', () => {
    expect(read('').include).toBe('default')
    expect(read('includefield=StudyDescription,00081030&includefield=PatientAge').include).toEqual([
      T.StudyDescription,
      T.StudyDescription,
      T.PatientAge,
    ])
    expect(read('includefield=PatientAge&includefield=all').include).toBe('all')
    expect(read('includefield=RequestAttributesSequence.ScheduledProcedureStepID').include).toEqual([
      T.RequestAttributesSequence,
    ])
  })

  it('reads limit, offset and fuzzymatching', () => {
    expect(read('limit=10&offset=20&fuzzymatching=true')).toMatchObject({ limit: 10, offset: 20, fuzzy: true })
    expect(read('limit=0').limit).toBe(0)
  })

  it('keeps the query as it was sent, and leaves alone what is not about the search', () => {
    expect(read('accept=application/json&charset=utf-8&PatientID=1')).toMatchObject({
      raw: 'accept=application/json&charset=utf-8&PatientID=1',
      matches: [{ value: '1' }],
    })
  })

  it.each([
    ['PatientNam=x', 'parameter PatientNam is no attribute'],
    ['0010=x', 'parameter 0010 is no attribute'],
    ['limit=-1', 'parameter limit must be a whole number'],
    ['limit=1.5', 'parameter limit must be a whole number'],
    ['offset=many', 'parameter offset must be a whole number'],
    ['fuzzymatching=yes', 'parameter fuzzymatching must be true or false'],
    ['includefield=Nothing', 'parameter includefield names Nothing, which is no attribute'],
    ['PatientID=1&PatientID=2', 'parameter PatientID is given twice'],
    ['PatientID=1&00100020=2', 'parameter 00100020 is given twice'],
    ['limit=1&limit=2', 'parameter limit is given twice'],
    ['PatientName.PatientID=1', 'leads through an attribute that is no sequence'],
    ['RequestAttributesSequence.=1', 'is no attribute'],
  ])('refuses %s by name', (search, why) => {
    expect(() => read(search)).toThrow(why)
  })

  it('never puts a value into a message', () => {
    expect(() => read('fuzzymatching=SECRET')).not.toThrow('SECRET')
    expect(() => read('limit=SECRET')).not.toThrow('SECRET')
  })

  it('is read or refused, whatever it is', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('limit', 'includefield', 'PatientName', '00100010', '.', '&', '=', '%'),
    )
    fc.assert(
      fc.property(fc.array(word), (words) => {
        try {
          read(words.join(''))
        } catch (error) {
          expect(error).toBeInstanceOf(ArchiveError)
        }
      }),
    )
  })
})
