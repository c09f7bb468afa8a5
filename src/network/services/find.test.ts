import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { hasDcmtk, run } from '../../../test/support/dcmtk.ts'
import { memoryArchive, openDoor } from '../../../test/support/dicom-door.ts'
import { ArchiveError } from '../../base/errors.ts'
import { T } from '../../dicom/dictionary.ts'
import { type DicomJson, fromDicomJson, toDicomJson } from '../../dicom/json.ts'
import { readWhole } from '../../dicom/reader.ts'
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts'
import { encodeElements } from '../../dicom/writer.ts'
import { foundExtended } from './find.ts'
import { answerBytes, readIdentifier } from './find-identifier.ts'

const EXPLICIT = EXPLICIT_LITTLE.uid
const identifier = (json: DicomJson, syntax: string = EXPLICIT) => encodeElements(fromDicomJson(json), syntax)
const level = (value: string): DicomJson => ({ '00080052': { vr: 'CS', Value: [value] } })
const ui = (...values: string[]) => ({ vr: 'UI' as const, Value: values })

describe('an identifier', () => {
  it('becomes a query: keys with values are matched, keys without are returned', () => {
    const asked = readIdentifier(
      identifier({
        ...level('STUDY'),
        '00080020': { vr: 'DA', Value: ['20200101-20201231'] },
        '00100010': { vr: 'PN', Value: [{ Alphabetic: 'SM?TH*' }] },
        '00100020': { vr: 'LO' },
        '0020000D': ui('1.2.3', '1.2.4'),
      }),
      EXPLICIT,
    )
    expect(asked.query.matches).toEqual([
      { path: [T.StudyDate], value: '20200101-20201231' },
      { path: [T.PatientName], value: 'SM?TH*' },
      { path: [T.StudyInstanceUID], value: '1.2.3\\1.2.4' },
    ])
    expect(asked.query).toMatchObject({ level: 'study', fuzzy: false, combined: false })
    expect(asked.query.include).toContain(T.PatientID)
    expect(asked.ignored).toBe(false)
  })

  it('follows the keys of a sequence’s item', () => {
    const item: DicomJson = { '00400009': { vr: 'SH', Value: ['SPS1'] } }
    const json = { ...level('SERIES'), '0020000D': ui('1.2'), '00400275': { vr: 'SQ' as const, Value: [item] } }
    const { query } = readIdentifier(identifier(json), EXPLICIT)
    expect(query.matches).toEqual([{ path: [T.RequestAttributesSequence, T.ScheduledProcedureStepID], value: 'SPS1' }])
    expect(query.study).toBe('1.2')
  })

  it('of a relational query needs no keys above its level, and may have patterns and lists there', () => {
    const relational = { relational: true, combined: true, fuzzy: true }
    const json = { ...level('IMAGE'), '0020000D': ui('1.2', '1.3'), '00100020': { vr: 'LO' as const, Value: ['P*'] } }
    const { query } = readIdentifier(identifier(json), EXPLICIT, 'study', relational)
    expect(query).toMatchObject({ level: 'instance', combined: true, fuzzy: true })
    expect(query.study ?? query.series).toBeUndefined()
    expect(query.matches).toEqual([
      { path: [T.PatientID], value: 'P*' },
      { path: [T.StudyInstanceUID], value: '1.2\\1.3' },
    ])
    expect(query.include).toEqual(expect.arrayContaining([T.StudyInstanceUID, T.SeriesInstanceUID]))
  })

  it.each([
    [
      [1, 1, 1, 1, 1],
      [1, 1, 1, 1, 0],
    ],
    [
      [0, 1],
      [0, 1],
    ],
    [
      [1, 0, 0],
      [1, 0, 0],
    ],
    [[], []],
    [
      [2, 7, 1, 1, 1, 1, 1],
      [0, 0, 1, 1, 0],
    ],
  ])('negotiated as %j is agreed on as %j', (asked, agreed) => {
    expect([...foundExtended(Uint8Array.from(asked))]).toEqual(agreed)
  })

  it.each<[string, DicomJson]>([
    ['no level', { '0020000D': ui('1.2') }],
    ['a level Study Root does not have', level('PATIENT')],
    ['series without a study', level('SERIES')],
    ['series of two studies', { ...level('SERIES'), '0020000D': ui('1.2', '1.3') }],
    ['series of a pattern of studies', { ...level('SERIES'), '0020000D': ui('1.*') }],
    ['images without a series', { ...level('IMAGE'), '0020000D': ui('1.2') }],
  ])('is refused with A900H for %s', (_, json) => {
    expect(() => readIdentifier(identifier(json), EXPLICIT)).toThrow(
      expect.objectContaining({ code: 'IDENTIFIER_INVALID', dimse: 0xa900 }),
    )
  })

  it('of any bytes at all becomes a query or an error of the table', () => {
    const whole = identifier({ ...level('STUDY'), '0020000D': ui('1.2'), '00100010': { vr: 'PN' } })
    const damaged = fc
      .tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(whole.length))
      .map(([at, byte, end]) => {
        const copy = Uint8Array.from(whole)
        copy[at] = byte
        return copy.subarray(0, end)
      })
    const syntax = fc.constantFrom(EXPLICIT, IMPLICIT_LITTLE.uid)
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged), syntax, (bytes, transferSyntax) => {
        try {
          readIdentifier(bytes, transferSyntax)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ArchiveError)
          expect(thrown).not.toMatchObject({ code: 'DEFECT' })
        }
      }),
      { numRuns: 2000 },
    )
  })

  it.each([EXPLICIT, IMPLICIT_LITTLE.uid])(
    'of an answer holds what was asked for, empty where there is none (%s)',
    (syntax) => {
      const json: DicomJson = { ...level('STUDY'), '00100010': { vr: 'PN' }, '00100020': { vr: 'LO' } }
      const asked = readIdentifier(identifier(json, syntax), syntax)
      const found: DicomJson = {
        '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
        '00080050': { vr: 'SH', Value: ['not asked for'] },
        '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Änne' }] },
        '0020000D': ui('1.2.3'),
      }
      const bytes = Buffer.concat(answerBytes(found, asked, 'CLEARKEEP', syntax))
      expect(toDicomJson(readWhole(bytes, { format: { transferSyntax: syntax } }).dataSet)).toEqual({
        '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
        '00080052': { vr: 'CS', Value: ['STUDY'] },
        '00080054': { vr: 'AE', Value: ['CLEARKEEP'] },
        '00080056': { vr: 'CS', Value: ['ONLINE'] },
        '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Änne' }] },
        '00100020': { vr: 'LO' },
        '0020000D': ui('1.2.3'),
      })
    },
  )
})

describe.skipIf(!hasDcmtk())('C-FIND', () => {
  const ends: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
  })

  /** A door whose archive finds this many studies, and perhaps more. */
  async function doorThatFinds(count: number, truncated = false) {
    const results = Array.from({ length: count }, (_, at): DicomJson => ({ '0020000D': ui(`1.2.${at}`) }))
    const door = await openDoor({ archive: { ...memoryArchive(), find: async () => ({ results, truncated }) } })
    ends.push(() => door.close())
    return door
  }
  const ask = (port: number, ...words: string[]) => {
    const keys = ['-k', 'QueryRetrieveLevel=STUDY', '-k', 'StudyInstanceUID']
    return run('findscu', '-v', '-S', ...words, ...keys, '127.0.0.1', String(port))
  }

  const pendingIn = (said: string) => said.match(/^I: Find Response: \d+ \(Pending/gm)?.length ?? 0

  it('stops when it is cancelled: FE00H, and not all of the answers', async () => {
    const door = await doorThatFinds(10_000)
    const { said } = await ask(door.port, '--cancel', '1')
    expect(said).toMatch(/Received Final Find Response \(Cancel/i)
    expect(pendingIn(said)).toBeGreaterThan(0)
    expect(pendingIn(said)).toBeLessThan(10_000)
  })

  it('of which there are more than are given fails after what it gave', async () => {
    const door = await doorThatFinds(3, true)
    const { said } = await ask(door.port)
    expect(pendingIn(said)).toBe(3)
    expect(said).toMatch(/OutOfResources/i)
    expect(door.associations()[0]?.refusals[0]?.code).toBe('FIND_TOO_MANY')
  })
})
