/** What the record of a patient promises: every study under its lane, the relevant prior first, and nobody else's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Happening } from '../../src/archive/archive.ts'
import { gather } from '../../src/base/bytes.ts'
import { openControl } from '../../src/compliance/control.ts'
import { uid } from '../../src/dicom/uid.ts'
import { openRecord } from '../../src/record/open.ts'
import type { PatientRecord } from '../../src/record/record.ts'
import type { Database } from '../../src/storage/sql/database.ts'
import { studyUid } from '../../src/synthetic/modules.ts'
import { EXAMINATIONS } from '../../src/synthetic/nodule-story.ts'
import { demonstration } from '../../src/synthetic/stories.ts'
import { type Attributes, asker, fileOf, indexedFiles } from '../support/indexed.ts'
import { person } from '../support/people.ts'

const made = (number: number, attributes: Attributes): Attributes => ({
  StudyInstanceUID: `2.25.${number}`,
  SeriesInstanceUID: `2.25.${number}1`,
  Modality: 'CT',
  PatientID: 'P1',
  StudyDate: '20240301',
  ...attributes,
})

const MADE: readonly Attributes[] = [
  made(301, { IssuerOfPatientID: 'A', StudyDescription: 'CT Chest', PatientBirthDate: '19500102', PatientSex: 'F' }),
  made(302, {
    IssuerOfPatientID: 'A',
    StudyDescription: 'CT Chest',
    StudyDate: '20230301',
    PatientBirthDate: '19610203',
  }),
  made(303, {
    IssuerOfPatientID: 'A',
    StudyDescription: 'CT Chest',
    StudyDate: '20220301',
    PatientBirthDate: '19500102',
  }),
  made(304, { IssuerOfPatientID: 'B', StudyDescription: 'CT Chest', StudyDate: '20230601' }),
  made(305, { PatientID: '', StudyDescription: 'CT Chest' }),
  made(306, { PatientID: '', StudyDescription: 'CT Chest', StudyDate: '20230601' }),
]

export function recordContract(name: string, open: () => Promise<Database>): void {
  describe(`the record of a patient on ${name}`, () => {
    let db: Database
    let record: PatientRecord
    const control = openControl(':memory:', { configuredDevices: [] })
    const said: Happening[] = []
    beforeAll(async () => {
      db = await open()
      record = openRecord({
        db,
        archive: {
          record: async (_context, happened) => {
            said.push(happened)
          },
          inSight: async (_context, studies) => new Set(studies),
        },
        wishes: control.priorWishes,
      })
      await indexedFiles(db).add([...(await demonstrated()), ...MADE.map((attributes) => fileOf(attributes))])
    })
    afterAll(async () => {
      await db.close()
      control.close()
    })

    const doctor = asker('clinician')
    const examination = (number: number) => uid(studyUid(EXAMINATIONS[number - 1]?.study ?? fail()))
    const names = async (study: string) => (await record.priors(doctor, uid(study))).priors.map((prior) => prior.study)

    it('finds the examination before for every follow-up of the nodule, and says why', async () => {
      for (let number = 2; number <= 6; number += 1) {
        const { priors, others } = await record.priors(doctor, examination(number))
        expect(priors[0]).toMatchObject({ study: examination(number - 1) })
        expect(priors[0]?.reasons.slice(0, 2)).toEqual(['same region (chest)', 'same modality (CT)'])
        expect(others).toBe(2) // a knee and a belly
      }
    })

    it('finds the film of long ago beside the first CT', async () => {
      const { priors } = await record.priors(doctor, examination(1))
      expect(priors).toMatchObject([{ of: { studyDate: '20060511' } }])
      expect(priors[0]?.reasons.at(-1)).toBe('12 years before')
    })

    it('lays out the life of a patient, oldest first, each study under its region', async () => {
      const { current } = await record.priors(doctor, examination(1))
      const { studies, contradictions } = await record.timeline(doctor, current.patientKey)
      expect(contradictions).toEqual([])
      expect(studies.map(({ studyDate, regions, families }) => [studyDate, regions.join(), families.join()])).toEqual([
        ['20060511', 'chest', 'XR'],
        ['20120614', 'abdomen', 'US'],
        ['20140902', 'knee', 'XR'],
        ['20190305', 'chest', 'CT'],
        ['20190910', 'chest', 'CT'],
        ['20200310', 'chest', 'XR'],
        ['20200317', 'chest', 'CT'],
        ['20200721', 'chest', 'CT'],
        ['20210413', 'chest', 'CT'],
        ['20251007', 'chest', 'CT'],
      ])
    })

    it('knows the region, the side and the kind of every study of the demonstration', async () => {
      const keys = await db.read.selectFrom('studies').select('patient_key').distinct().execute()
      for (const { patient_key } of keys.filter(({ patient_key }) => patient_key.includes('SYN-'))) {
        const { studies } = await record.timeline(doctor, patient_key)
        for (const study of studies) {
          expect(study.regions, study.description).toHaveLength(1)
          expect(study.families, study.description).toHaveLength(1)
        }
        for (const wrist of studies.filter(({ regions }) => regions.includes('wrist'))) expect(wrist.side).toBe('left')
      }
    })

    it('never offers a study of somebody else: another issuer, no ID, or a birth date that contradicts', async () => {
      expect(await names('2.25.301')).toEqual(['2.25.303'])
      const { contradicted } = await record.priors(doctor, uid('2.25.301'))
      expect(contradicted).toEqual([{ study: '2.25.302', why: 'another birth date' }])
      expect(await names('2.25.302')).toEqual([])
      expect(await names('2.25.304')).toEqual([])
      expect(await names('2.25.305')).toEqual([])
      expect((await record.timeline(doctor, 'A|P1')).contradictions).toEqual(['2 different birth dates'])
    })

    it('has an entry in the log for every question, with the patient it was about', async () => {
      said.length = 0
      await record.priors(doctor, uid('2.25.301'))
      await record.timeline(doctor, 'A|P1')
      await expect(record.timeline(doctor, 'A|nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' })
      await expect(record.priors(doctor, uid('2.25.999'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
      expect(said).toMatchObject([
        { type: 'aud.110112', study: '2.25.301', patient: 'A|P1', detail: { priors: '2.25.301', results: 1 } },
        { type: 'aud.110112', patient: 'A|P1', detail: { timeline: 'A|P1', results: 3 } },
        { type: 'aud.110112', detail: { timeline: 'A|nobody', results: 0 } },
        { type: 'aud.110112', study: '2.25.999', detail: { results: 0 } },
      ])
    })

    it('follows the rules of the site once they count, and can be tried before', async () => {
      const reader = asker('radiologist')
      const [now = '', best = ''] = [String(examination(6)), String(examination(5))]
      const away = {
        name: 'no CT of last time',
        enabled: true,
        current: { regions: ['chest'], families: ['CT'], words: '' },
        prior: { regions: [], families: ['CT'], words: '' },
        years: 5,
        points: -100,
      }
      const both = await record.tryPriorRule(reader, uid(now), away)
      expect([both.now.priors[0]?.study, both.tried.priors[0]?.study]).toEqual([best, String(examination(4))])
      expect(await names(now)).toContain(best)
      said.length = 0
      const { id } = await record.addPriorRule(reader, away)
      expect(await record.priorRules(reader)).toMatchObject([{ ...away, id }])
      expect(await names(now)).not.toContain(best)
      await record.changePriorRule(reader, id, { ...away, enabled: false })
      expect(await names(now)).toContain(best)
      await record.removePriorRule(reader, id)
      expect(said.filter(({ type }) => type === 'cfg.change').map(({ detail }) => detail?.['what'])).toEqual([
        'rule for priors added',
        'rule for priors changed',
        'rule for priors removed',
      ])
      await expect(record.removePriorRule(reader, id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
      await expect(record.addPriorRule(doctor, away)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
      await expect(record.addPriorRule(reader, { ...away, points: 0 })).rejects.toMatchObject({
        code: 'PRIOR_RULE_INVALID',
      })
    })

    it('remembers which prior a person chose, for that person alone, until it is forgotten', async () => {
      const [now, older] = [examination(6), examination(2)]
      const another = person('tess', 'technologist')
      const chosen = await record.choosePrior(doctor, now, older)
      expect([chosen.chosen, chosen.priors[0]?.study]).toEqual([older, String(older)])
      expect((await record.priors(another, now)).chosen).toBeUndefined()
      await expect(record.choosePrior(doctor, now, uid('2.25.301'))).rejects.toMatchObject({ code: 'BAD_REQUEST' })
      await expect(record.choosePrior(doctor, older, now)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
      const forgotten = await record.choosePrior(doctor, now, undefined)
      expect([forgotten.chosen, forgotten.priors[0]?.study]).toEqual([undefined, String(examination(5))])
    })

    it('refuses who may not search', async () => {
      await expect(record.timeline(asker('student'), 'A|P1')).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    })
  })
}

let once: Promise<readonly Uint8Array[]> | undefined

/** An object of each kind of each study of the demonstration: made once, since its pixels take their time. */
function demonstrated(): Promise<readonly Uint8Array[]> {
  once ??= (async () => {
    const first = new Map(
      [...demonstration()].reverse().map((object) => [`${object.study} ${object.sopClass}`, object]),
    )
    const files: Uint8Array[] = []
    for (const object of first.values()) files.push(await gather(object.open()))
    return files
  })()
  return once
}

const fail = (): never => {
  throw new Error('no such examination')
}
