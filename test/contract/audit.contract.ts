/**
 * What the audit search promises: every event that fits and no other, newest first, pages that neither overlap nor skip,
 * and that asking is itself journaled before it is answered.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditQuery } from '../../src/archive/archive.ts'
import { openAudit } from '../../src/archive/audit.ts'
import { uid } from '../../src/dicom/uid.ts'
import { type AuditRow, auditPage } from '../../src/ledger/audit.queries.ts'
import { eventStatements } from '../../src/ledger/events.queries.ts'
import type { Database } from '../../src/storage/sql/database.ts'
import { asker, witness } from '../support/indexed.ts'
import { below, seeded } from '../support/random.ts'

const TYPES = ['obj.ingest', 'aud.110103', 'aud.110112'] as const
const ACTORS = ['u:00000000000000aa', 'ae:CT1', 'sys:archive']
/** Issuers that sort beside each other, and around the separator. */
const PATIENTS = ['|P1', 'HOSP|P1', 'HOSP|P2', 'HOSP A|P3', 'HOSPX|P1', 'HOSP~|P1', 'A%7CB|P1', '']
const STUDIES = ['2.25.71', '2.25.72', '']
const COUNT = 600

interface Made {
  readonly n: number
  readonly ts: string
  readonly type: (typeof TYPES)[number]
  readonly actor: string
  readonly study: string
  readonly patient: string
}

/** Three events share each millisecond. */
const timeOf = (n: number) => new Date(Date.UTC(2026, 0, 1) + Math.floor(n / 3)).toISOString()

function history(): readonly Made[] {
  const random = seeded(110101)
  const pick = <T>(of: readonly T[]): T => of[below(random, of.length)] as T
  return Array.from({ length: COUNT }, (_, n) => ({
    n: n + 1000,
    ts: timeOf(n),
    type: pick(TYPES),
    actor: pick(ACTORS),
    study: pick(STUDIES),
    patient: pick(PATIENTS),
  }))
}

export function auditContract(name: string, open: () => Promise<Database>): void {
  describe(`the audit search on ${name}`, () => {
    const made = history()
    const acts = witness()
    let db: Database
    let search: ReturnType<typeof openAudit>['audit']
    beforeAll(async () => {
      db = await open()
      search = openAudit({ db, acts }).audit
      const { insertEvent, insertSalt } = eventStatements(db.read)
      const rows = made.map(({ study, patient, ...event }) =>
        insertEvent({ ...event, study_uid: study, patient_key: patient, leaf: '', body: '{}', salt: '' }),
      )
      const salts = PATIENTS.filter((id) => id !== '').map((id) => insertSalt({ kind: 'patient', id, salt: '' }))
      await db.write((tx) => tx.batch([...rows, ...salts]))
    })
    afterAll(async () => {
      await db.close()
    })

    const privacy = asker('privacy')
    const walk = async (query: Omit<AuditQuery, 'limit'>, limit: number) => {
      const found: number[] = []
      for (let before: number | undefined; ; ) {
        const page = await search(privacy, { ...query, limit, ...(before !== undefined && { before }) })
        expect(page.events.length).toBeLessThanOrEqual(limit)
        found.push(...page.events.map(({ n }) => n))
        if (page.next === undefined) return found
        before = page.next
      }
    }
    const truth = (fits: (event: Made) => boolean) =>
      made
        .filter(fits)
        .map(({ n }) => n)
        .reverse()

    it.each<[string, Omit<AuditQuery, 'limit'>, (event: Made) => boolean]>([
      ['everything', {}, () => true],
      ['a person', { actor: 'u:00000000000000aa' }, ({ actor }) => actor === 'u:00000000000000aa'],
      ['a study', { study: uid('2.25.71') }, ({ study }) => study === '2.25.71'],
      ['a type', { type: 'aud.110103' }, ({ type }) => type === 'aud.110103'],
      ['a patient by the ID, whoever issued it', { patientId: 'P1' }, ({ patient }) => patient.endsWith('|P1')],
      [
        'a span of time, its first moment in it and its last one not',
        { from: timeOf(90), until: timeOf(330) },
        ({ ts }) => ts >= timeOf(90) && ts < timeOf(330),
      ],
      [
        'all of these at once',
        { actor: 'ae:CT1', study: uid('2.25.72'), type: 'aud.110112', patientId: 'P1', from: timeOf(30) },
        ({ actor, study, type, patient, ts }) =>
          actor === 'ae:CT1' &&
          study === '2.25.72' &&
          type === 'aud.110112' &&
          patient.endsWith('|P1') &&
          ts >= timeOf(30),
      ],
      ['a person nobody knows', { actor: 'ae:NOBODY' }, () => false],
      ['a time after all events', { from: '2027-01-01T00:00:00.000Z' }, () => false],
    ])('finds %s, whatever the size of the page', async (_, query, fits) => {
      for (const limit of [7, 100, 500]) expect(await walk(query, limit)).toEqual(truth(fits))
    })

    it('gives at most 500 at once, and at least one', async () => {
      expect((await search(privacy, { limit: 10_000 })).events.length).toBe(500)
      expect((await search(privacy, { limit: 0 })).events.length).toBe(1)
    })

    it('journals each search with what was asked, and waits for its leaf', async () => {
      acts.events.length = 0
      await search(privacy, { patientId: 'P2', limit: 5 })
      expect(acts.events).toEqual([
        {
          type: 'aud.110101',
          action: 'R',
          outcome: 0,
          detail: { what: 'search', asked: { patientId: 'P2' }, results: 5 },
          when: 'now',
        },
      ])
    })

    it('answers nothing to who may not see it, and journals that', async () => {
      acts.events.length = 0
      await expect(search(asker('radiologist', 'administrator'), { limit: 5 })).rejects.toMatchObject({
        code: 'ACCESS_DENIED',
      })
      expect(acts.events).toMatchObject([{ type: 'aud.110113', detail: { act: 'audit.see' }, when: 'now' }])
    })

    it('gives rows with number, time, type, actor and body', async () => {
      const [row]: readonly AuditRow[] = await auditPage(db, { limit: 1 })
      expect(row && { ...row, n: Number(row.n) }).toEqual({
        n: 1000 + COUNT - 1,
        ts: timeOf(COUNT - 1),
        type: made.at(-1)?.type,
        actor: made.at(-1)?.actor,
        body: '{}',
      })
    })
  })
}
