import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../base/canonical-json.ts'
import { type LedgerEntry, ledgerEntry } from '../ledger.ts'
import { checkEvent } from './event-check.ts'

const salts = { body: '11'.repeat(32), study: '22'.repeat(32), patient: '33'.repeat(32) }
const entry: LedgerEntry = ledgerEntry(
  {
    type: 'obj.ingest',
    ts: '2026-11-24T00:00:01.000Z',
    action: 'C',
    outcome: 0,
    actor: 'ae:CT1',
    study: '1.2.3',
    // A decomposed letter and the separator: what a body and a key each write in their own way.
    patient: 'hospital%7Cnorth|Mu\u0308ller',
    detail: { ds: 'ab' },
  },
  {
    principal: { kind: 'device', aeTitle: 'CT1', known: true },
    client: { address: '10.0.0.9', port: 104 },
    node: '',
    id: '01JD0000000000000000000000',
  },
  7,
  salts,
)

/** The leaf with some members changed, in canonical form. */
const leafWith = (change: object) => canonicalJson({ ...JSON.parse(entry.leaf), ...change })

describe('an event', () => {
  it('that is what its leaf commits to has no faults, and is read', () => {
    const { leaf, body, faults } = checkEvent(entry)
    expect(faults).toEqual([])
    expect(leaf).toMatchObject({ n: 7, type: 'obj.ingest', ts: '2026-11-24T00:00:01.000Z' })
    expect(body).toMatchObject({ ds: 'ab', study: '1.2.3' })
  })

  it('without study and patient has none either', () => {
    const { study: _, patient: __, ...rest } = entry
    expect(checkEvent({ ...rest, leaf: leafWith({ s: undefined, p: undefined }) }).faults).toEqual([
      'body and leaf name another study',
      'body and leaf name another patient',
    ])
  })

  it.each<[string, Partial<LedgerEntry>, readonly string[]]>([
    [
      'whose body was changed',
      { body: entry.body.replace('"ab"', '"ac"') },
      ['its body is not the one its leaf commits to'],
    ],
    ['whose salt is another', { salt: '44'.repeat(32) }, ['its body is not the one its leaf commits to']],
    ['whose salt is none', { salt: 'zz' }, ['its body is not the one its leaf commits to']],
    [
      'of another study',
      { study: { id: '1.2.4', salt: salts.study } },
      ['its study is not the one its leaf commits to', 'body and leaf name another study'],
    ],
    [
      'of another patient',
      { patient: { id: '|X', salt: salts.patient } },
      ['its patient is not the one its leaf commits to', 'body and leaf name another patient'],
    ],
    ['with another number', { n: 8 }, ['its leaf says it is leaf 7']],
    ['of another time', { leaf: leafWith({ ts: '2026-11-23T00:00:01.000Z' }) }, ['body and leaf name another time']],
    [
      'with a time of another form',
      { leaf: leafWith({ ts: '2026-11-24' }) },
      ['its time is of another form', 'body and leaf name another time'],
    ],
    ['of another type', { leaf: leafWith({ t: 'obj.receipt' }) }, ['body and leaf name another type']],
    ['by somebody else', { leaf: leafWith({ a: 'ae:CT2' }) }, ['body and leaf name another actor']],
    ['of another version', { leaf: leafWith({ v: 2 }) }, ['its leaf is of an unknown version']],
    ['in another form', { leaf: ` ${entry.leaf}` }, ['its leaf is not in canonical form']],
    ['without a leaf', { leaf: '{"n":7}' }, ['its leaf cannot be read']],
  ])('%s has that fault and no other', (_, change, faults) => {
    expect(checkEvent({ ...entry, ...change }).faults).toEqual(faults)
  })
})
