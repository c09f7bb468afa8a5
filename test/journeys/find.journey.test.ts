/**
 * C-FIND, asked by DCMTK's findscu of the archive as a user starts it: the answers are those QIDO-RS gives, and what is
 * asked wrongly is answered in words.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UIDS } from '../../src/dicom/dictionary.ts'
import { toDicomJson } from '../../src/dicom/json.ts'
import { readWhole } from '../../src/dicom/reader.ts'
import { find } from '../../src/network/services/query.ts'
import { device, eventsOf, removeArchives, runArchive } from '../support/archives.ts'
import { type Answer, qido, stow, value } from '../support/client.ts'
import { corpusDir } from '../support/corpus.ts'
import { hasDcmtk, run } from '../support/dcmtk.ts'
import { openDoor } from '../support/dicom-door.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const STUDY = '0020000D'
const SERIES = '0020000E'
const INSTANCE = '00080018'
/** Of the corpus: names in Arabic, Greek, Chinese and Japanese, and in Latin letters with accents. */
const SCRIPTS = ['chrArab.dcm', 'chrGreek.dcm', 'chrGB2312.dcm', 'chrH31.dcm', 'chrFren.dcm']

interface Found {
  readonly code: number | null
  readonly said: string
  readonly answers: readonly Answer[]
}

/** findscu, Study Root, with these keys; its answers as DICOM JSON, by our reader. */
async function findscu(server: Pick<RunningServer, 'aet' | 'dicomPort'>, ...words: readonly string[]): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-findscu-'))
  try {
    const to = ['-aec', server.aet, '127.0.0.1', String(server.dicomPort)]
    const keys = words.flatMap((word) => (word.startsWith('-') ? [word] : ['-k', word]))
    const { code, said } = await run('findscu', '-v', '-S', '-X', '-od', folder, ...keys, ...to)
    const answers = readdirSync(folder)
      .sort()
      .map((name) => toDicomJson(readWhole(readFileSync(join(folder, name))).dataSet) as Answer)
    return { code, said, answers }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const uidsOf = (answers: readonly Answer[], tag: string) => answers.map((answer) => value(answer, tag)).sort()

describe.skipIf(!hasDcmtk())('findscu asks', () => {
  let server: RunningServer
  let study = ''
  let series = ''

  beforeAll(async () => {
    server = await startServer()
    for (let seed = 0; seed < 3; seed++)
      expect((await stow(server.dicomweb, syntheticInstance({ seed }).bytes)).status).toBe(200)
    // 202: kept beside another of its UID; some of these differ in nothing but their character set.
    const folder = corpusDir()
    for (const name of folder === undefined ? [] : SCRIPTS)
      expect((await stow(server.dicomweb, readFileSync(join(folder ?? '', 'charsets', name)))).status, name).toBe(200)
    const [instance] = await qido(server.dicomweb, '/instances')
    study = String(value(instance, STUDY))
    series = String(value(instance, SERIES))
  })
  afterAll(async () => {
    await server.stop()
  })

  it('nothing above its level in a relational query, and gets images of all studies, each with where it is', async () => {
    const model = UIDS.StudyRootQueryRetrieveInformationModelFind
    const asked = (user: object) => ({
      ...{ host: '127.0.0.1', port: server.dicomPort, calledAet: server.aet, callingAet: 'RELATIONAL' },
      ...{ root: 'study' as const, user },
    })
    const keys = { '00080052': { vr: 'CS' as const, Value: ['IMAGE'] }, [INSTANCE]: { vr: 'UI' as const } }
    const extended = [{ sopClass: model, information: Uint8Array.of(1) }]
    const answers: Answer[] = []
    for await (const one of find(keys, asked({ extended }))) answers.push(one as Answer)
    const instances = await qido(server.dicomweb, '/instances')
    for (const tag of [STUDY, SERIES, INSTANCE]) expect(uidsOf(answers, tag)).toEqual(uidsOf(instances, tag))
    await expect(find(keys, asked({})).next()).rejects.toMatchObject({ code: 'NET_QUERY' })
  })

  it('for all studies and gets those that QIDO-RS gives, with what they say', async () => {
    const keys = ['PatientName', 'PatientID', 'StudyDate', 'ModalitiesInStudy', 'NumberOfStudyRelatedSeries']
    keys.push('NumberOfStudyRelatedInstances')
    const { code, answers } = await findscu(server, 'QueryRetrieveLevel=STUDY', 'StudyInstanceUID', ...keys)
    expect(code).toBe(0)
    const studies = new Map((await qido(server.dicomweb, '/studies')).map((one) => [value(one, STUDY), one]))
    expect(uidsOf(answers, STUDY)).toEqual([...studies.keys()].sort())
    for (const answer of answers) {
      const other = studies.get(value(answer, STUDY))
      for (const tag of ['00100010', '00100020', '00080020', '00080061', '00201206', '00201208'])
        expect(answer[tag], tag).toEqual(other?.[tag])
      expect(value(answer, '00080052')).toBe('STUDY')
      expect(value(answer, '00080054')).toBe(server.aet)
      expect(value(answer, '00080056')).toBe('ONLINE')
    }
  })

  it('for the series of a study, and the images of a series', async () => {
    const below = await findscu(server, 'QueryRetrieveLevel=SERIES', `StudyInstanceUID=${study}`, 'SeriesInstanceUID')
    expect(uidsOf(below.answers, SERIES)).toEqual(
      uidsOf(await qido(server.dicomweb, `/studies/${study}/series`), SERIES),
    )
    const words = [`StudyInstanceUID=${study}`, `SeriesInstanceUID=${series}`, 'SOPInstanceUID', 'InstanceNumber']
    const images = await findscu(server, 'QueryRetrieveLevel=IMAGE', ...words)
    const instances = await qido(server.dicomweb, `/studies/${study}/series/${series}/instances`)
    expect(images.answers.length).toBeGreaterThan(0)
    expect(uidsOf(images.answers, INSTANCE)).toEqual(uidsOf(instances, INSTANCE))
  })

  it('by wildcard, list of UIDs and range of dates, and gets what QIDO-RS gives', async () => {
    const some = uidsOf(await qido(server.dicomweb, '/studies'), STUDY).slice(0, 2)
    const cases: [string, string][] = [
      ['PatientName=*a*', 'PatientName=*a*'],
      [`StudyInstanceUID=${some.join('\\')}`, `StudyInstanceUID=${some.join(',')}`],
      ['StudyDate=20000101-20301231', 'StudyDate=20000101-20301231'],
      ['PatientID=nobody has this', 'PatientID=nobody has this'],
    ]
    for (const [key, parameter] of cases) {
      const asked = key.startsWith('StudyInstanceUID') ? [key] : [key, 'StudyInstanceUID']
      const { code, answers } = await findscu(server, 'QueryRetrieveLevel=STUDY', ...asked)
      expect(code, key).toBe(0)
      const wanted = await qido(server.dicomweb, `/studies?${encodeURI(parameter)}`)
      expect(uidsOf(answers, STUDY), key).toEqual(uidsOf(wanted, STUDY))
    }
  })

  it('with a key of a lower level and is told that it is not supported', async () => {
    const { said, answers } = await findscu(server, 'QueryRetrieveLevel=STUDY', 'StudyInstanceUID', 'SOPInstanceUID=1')
    expect(said).toMatch(/0xff01|WarningUnsupportedOptionalKeys/i)
    expect(answers.length).toBeGreaterThan(0)
  })

  it('for series without naming a study, or without a level, and is refused with A900H', async () => {
    for (const keys of [['QueryRetrieveLevel=SERIES', 'SeriesInstanceUID'], ['StudyInstanceUID']]) {
      const { said, answers } = await findscu(server, ...keys)
      expect(said).toMatch(/0xa900|DataSetDoesNotMatchSOPClass/i)
      expect(answers).toEqual([])
    }
  })

  it('and the query is an event that names the caller, as a query of QIDO-RS is', async () => {
    const running = await runArchive()
    const door = await openDoor({ archive: running.archive, graceMs: 100 })
    try {
      await findscu({ aet: 'CLEARKEEP', dicomPort: door.port }, 'QueryRetrieveLevel=STUDY', 'PatientID=P1')
      // What is recorded now is synced behind what stood in line before it.
      await running.archive.record(
        device('FINDSCU'),
        { type: 'aud.110112', action: 'E', outcome: 0, detail: {} },
        'now',
      )
      const [event] = await eventsOf(running, 'aud.110112')
      expect(JSON.stringify(event)).toContain('FINDSCU')
      expect(JSON.stringify(event)).toContain('P1')
    } finally {
      await door.close()
      await removeArchives()
    }
  })

  it('as an unknown caller and gets no association', async () => {
    const closed = await startServer({ open: false })
    try {
      const { code, said, answers } = await findscu(closed, 'QueryRetrieveLevel=STUDY', 'StudyInstanceUID')
      expect(code).not.toBe(0)
      expect(said).toMatch(/Calling AE Title Not Recognized/i)
      expect(answers).toEqual([])
    } finally {
      await closed.stop()
    }
  })

  it.skipIf(corpusDir() === undefined)('for names and gets them in the script they are written in', async () => {
    const { answers } = await findscu(server, 'QueryRetrieveLevel=STUDY', 'StudyInstanceUID', 'PatientName')
    const beyond = answers.filter((answer) => /[^\x20-\x7e]/.test(JSON.stringify(answer['00100010'] ?? '')))
    expect(beyond).toHaveLength(SCRIPTS.length)
    for (const answer of beyond) expect(value(answer, '00080005')).toBe('ISO_IR 192')
    const greek = ['QueryRetrieveLevel=STUDY', 'SpecificCharacterSet=ISO_IR 192', 'PatientName=Διον*']
    expect((await findscu(server, ...greek)).answers.map((answer) => value(answer, '00100010'))).toEqual([
      { Alphabetic: 'Διονυσιος' },
    ])
  })
})
