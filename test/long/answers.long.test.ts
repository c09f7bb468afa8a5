/**
 * The first question of an audit over 100,000 events whose truth is known: who saw this patient's images, and to whom were
 * they given? Both engines of the index; what is printed is how long one patient's answer took.
 */
import { afterAll, describe, expect, it } from 'vitest'
import { openAccess } from '../../src/archive/questions/access.ts'
import type { EventType } from '../../src/ledger/event.ts'
import { eventStatements } from '../../src/ledger/events.queries.ts'
import { bodyText } from '../../src/ledger/ledger.ts'
import { asker, witness } from '../support/indexed.ts'
import { indexOn, removeIndexes } from '../support/indexes.ts'
import { below, seeded } from '../support/random.ts'

const COUNT = 100_000
const PATIENTS = 200
const PEOPLE = ['u:00000000000000a1', 'u:00000000000000a2', 'u:00000000000000a3', 'ae:CT1', 'ae:WS1']
const TYPES: readonly EventType[] = ['obj.ingest', 'aud.110103', 'aud.110112', 'aud.110104', 'aud.110113']

interface Truth {
  readonly people: Map<string, Record<string, number>>
  disclosures: number
}

afterAll(removeIndexes)

describe.each(indexOn)(`${COUNT} acts on %s`, (name, open) => {
  it('are answered for every tenth patient as the generator knows them', { timeout: 30 * 60_000 }, async () => {
    const db = await open()
    const random = seeded(528)
    const { insertEvent } = eventStatements(db.read)
    const truth = new Map<string, Truth>()
    let batch: ReturnType<typeof insertEvent>[] = []
    const start = Date.UTC(2025, 0, 1)
    for (let n = 0; n < COUNT; n += 1) {
      const patient = `HOSP|P${below(random, PATIENTS)}`
      const type = TYPES[below(random, TYPES.length)] ?? 'obj.ingest'
      const actor = PEOPLE[below(random, PEOPLE.length)] ?? ''
      const closing = type === 'aud.110103' && below(random, 2) === 1
      const frames = below(random, 50)
      const ts = new Date(start + n * 500).toISOString()
      const body = bodyText(
        {
          type,
          ts,
          action: 'R',
          outcome: 0,
          actor,
          patient,
          detail: {
            ...(type === 'aud.110103' && { phase: closing ? 'closing' : 'opening', objects: [{ nFrames: frames }] }),
            ...(type === 'aud.110104' && { to: 'WS9', instances: 3 }),
          },
        },
        {
          principal: actor.startsWith('ae:')
            ? { kind: 'device', aeTitle: actor.slice(3), known: true }
            : { kind: 'user', id: actor, name: actor.slice(-2), roles: [], authMethod: 'password' },
          client: { address: '10.0.0.1' },
          node: '',
          id: String(n),
        },
      )
      batch.push(insertEvent({ n, ts, type, actor, study_uid: '', patient_key: patient, leaf: '', body, salt: '' }))
      const of = truth.get(patient) ?? { people: new Map<string, Record<string, number>>(), disclosures: 0 }
      truth.set(patient, of)
      const counts = of.people.get(actor) ?? {}
      of.people.set(actor, counts)
      const count = (what: string, by = 1) => {
        counts[what] = (counts[what] ?? 0) + by
      }
      if (type === 'obj.ingest') count('stored')
      if (type === 'aud.110112') count('looks')
      if (type === 'aud.110113') count('refused')
      if (type === 'aud.110104') {
        count('given')
        of.disclosures += 1
      }
      if (type === 'aud.110103') {
        if (closing) count('frames', frames)
        else count('sittings')
      }
      if (batch.length === 1000 || n === COUNT - 1) {
        const rows = batch
        batch = []
        await db.write((tx) => tx.batch(rows))
      }
    }
    const { accessReport } = openAccess({
      db,
      acts: witness(),
      ledger: {
        sign: async () => {},
        years: () => [],
        checkpoint: () => undefined,
        state: { leaves: COUNT, signed: COUNT, alarm: '' },
      },
    })
    const times: number[] = []
    for (let at = 0; at < PATIENTS; at += 10) {
      const patient = `HOSP|P${at}`
      const known = truth.get(patient)
      const began = performance.now()
      const report = await accessReport(asker('privacy'), patient)
      times.push(performance.now() - began)
      expect(report.disclosures).toHaveLength(known?.disclosures ?? -1)
      expect(report.people).toHaveLength(known?.people.size ?? -1)
      for (const person of report.people) {
        const counts = known?.people.get(person.actor) ?? {}
        for (const what of ['stored', 'looks', 'refused', 'given', 'frames', 'sittings'] as const)
          expect(person[what], `${patient} ${person.actor} ${what}`).toBe(counts[what] ?? 0)
      }
    }
    process.stdout.write(
      `${name}: one patient of ${PATIENTS}, ${COUNT} acts: ${Math.max(...times).toFixed(0)} ms at most\n`,
    )
    await db.close()
  })
})
