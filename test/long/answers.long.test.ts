/**
 * The four questions of an audit over 100,000 events of every type, whose truth is known (issue 4, must show 7): who saw it, was
 * it altered, was it destroyed lawfully, is the record complete. Both engines of the index; what is printed is how long an
 * answer took.
 */
import { afterAll, describe, expect, it } from 'vitest'
import { openQuestions } from '../../src/archive/questions/open.ts'
import { openSiteRules } from '../../src/archive/rules/site-rules.ts'
import { uid } from '../../src/dicom/uid.ts'
import type { EventType } from '../../src/ledger/event.ts'
import type { TransparencyLog } from '../../src/ledger/log/log.ts'
import { SAMPLES } from '../support/audit-events.ts'
import { auditedHistory, COUNTED, type Fate, type StudyTruth } from '../support/audited-history.ts'
import { asker, witness } from '../support/indexed.ts'
import { indexOn, removeIndexes } from '../support/indexes.ts'

const EVENTS = 100_000
const PATIENTS = 400
/** Every so many-th is asked for. */
const EACH = 7

afterAll(removeIndexes)

const DESTROYED: readonly Fate[] = [
  'destroyed',
  'destroyed by two',
  'destroyed unsigned',
  'destroyed under a hold',
  'destroyed, not done',
]
const integrityOf = (fate: Fate): string => {
  if (DESTROYED.includes(fate)) return 'destroyed'
  if (['read and bad', 'logged otherwise', 'unlogged'].includes(fate)) return 'altered'
  return fate === 'read again' ? 'unaltered' : 'unread'
}
const lawfulOf = (fate: Fate): string => {
  if (!DESTROYED.includes(fate)) return 'here'
  return fate === 'destroyed' ? 'lawful' : fate === 'destroyed, not done' ? 'going on' : 'unlawful'
}
/** What is here of a study: all that arrived, less what was lost, and what came without an arrival. */
const hereOf = ({ fate, arrived }: StudyTruth): number =>
  DESTROYED.includes(fate) ? 0 : arrived.length - (fate === 'lost' ? 1 : 0) + (fate === 'unlogged' ? 1 : 0)

describe.each(indexOn)(`${EVENTS} events on %s`, (name, open) => {
  it('are answered as the generator knows them', { timeout: 40 * 60_000 }, async () => {
    const db = await open()
    const truth = await auditedHistory(db, { events: EVENTS, patients: PATIENTS, seed: 528 })
    // A type that is new is in the history, or this fails.
    expect([...truth.types].sort()).toEqual((Object.keys(SAMPLES) as EventType[]).sort())
    const ledger = {
      sign: async () => {},
      years: () => [],
      checkpoint: () => undefined,
      state: { leaves: EVENTS, signed: EVENTS, alarm: '' },
    } as unknown as TransparencyLog
    const questions = openQuestions({
      db,
      acts: witness(),
      ledger,
      site: openSiteRules(db),
      locate: () => Promise.reject(new Error('nothing is read again here')),
      version: '0.0.0-test',
      fixity: () => ({ began: '', ended: '', damaged: [] }) as never,
      copies: () => [],
      harmed: () => {},
    })
    const privacy = asker('privacy')
    const took = new Map<string, number[]>()
    const timed = async <T>(what: string, work: Promise<T>): Promise<T> => {
      const began = performance.now()
      const answer = await work
      took.set(what, [...(took.get(what) ?? []), performance.now() - began])
      return answer
    }

    for (let at = 0; at < PATIENTS; at += EACH) {
      const patient = `HOSP|P${at}`
      const people = truth.people.get(patient)
      const report = await timed('who saw it', questions.accessReport(privacy, patient))
      expect(report.disclosures, patient).toHaveLength(truth.disclosures.get(patient) ?? 0)
      expect(report.people, patient).toHaveLength(people?.size ?? -1)
      for (const person of report.people) {
        const counts = people?.get(person.actor)
        for (const what of COUNTED) expect(person[what], `${patient} ${person.actor} ${what}`).toBe(counts?.[what] ?? 0)
      }

      const studies = truth.studies.filter((one) => one.patient === patient)
      const complete = await timed('complete, of a patient', questions.completeness(privacy, { patient }))
      const sum = (of: (one: StudyTruth) => number) => studies.reduce((all, one) => all + of(one), 0)
      const of = (...fates: readonly Fate[]) => studies.filter(({ fate }) => fates.includes(fate)).length
      expect(complete.totals, patient).toEqual({
        studies: studies.length,
        received: sum(({ arrived }) => arrived.length),
        here: sum(hereOf),
        destroyed: sum((one) => (DESTROYED.includes(one.fate) ? one.arrived.length : 0)),
        missing: of('lost'),
        unlogged: of('unlogged'),
        rejected: of('rejected'),
        conflicts: of('conflict'),
      })
      expect(complete.verdict === 'incomplete', patient).toBe(of('lost', 'unlogged') > 0)
      expect(complete.incidents, patient).toHaveLength(sum(({ incidents }) => incidents))
    }

    for (let at = 0; at < truth.studies.length; at += EACH) {
      const one = truth.studies[at] as StudyTruth
      const about = `${one.study}, ${one.fate}`
      const altered = await timed('altered', questions.integrity(privacy, uid(one.study), false))
      expect(altered.verdict, about).toBe(integrityOf(one.fate))
      expect(altered.instances, about).toHaveLength(hereOf(one))
      expect(altered.entries, about).toBe(one.acts)
      const destroyed = await timed('destroyed lawfully', questions.destruction(privacy, uid(one.study)))
      expect(destroyed.verdict, about).toBe(lawfulOf(one.fate))
      expect(destroyed.here, about).toBe(hereOf(one))
    }

    const whole = await timed(
      'complete, of all this time',
      questions.completeness(privacy, { from: '2020-01-01T00:00:00.000Z', until: '2030-01-01T00:00:00.000Z' }),
    )
    const fates = (...some: readonly Fate[]) => truth.studies.filter(({ fate }) => some.includes(fate)).length
    expect(whole.totals).toMatchObject({
      received: truth.studies.reduce((all, { arrived }) => all + arrived.length, 0),
      here: truth.studies.reduce((all, one) => all + hereOf(one), 0),
      missing: fates('lost'),
      unlogged: fates('unlogged'),
      rejected: fates('rejected'),
      conflicts: fates('conflict'),
    })
    expect(whole.log).toEqual({ first: 0, last: EVENTS - 1, entries: EVENTS, gaps: 0 })

    for (const [what, times] of took) {
      times.sort((a, b) => a - b)
      const ms = (share: number) => (times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(0)
      process.stdout.write(`${name}, ${EVENTS} events, ${what}: ${ms(0.5)} ms, ${ms(1)} ms at most (${times.length})\n`)
    }
    await db.close()
  })
})
