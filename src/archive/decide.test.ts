import { describe, expect, it } from 'vitest'
import type { Principal } from '../base/context.ts'
import type { Uid } from '../dicom/uid.ts'
import type { ArchiveEvent } from '../ledger/event.ts'
import type { JournalRecord } from '../vault/inbox/records.ts'
import {
  type ActItem,
  type ArrivalItem,
  type Chance,
  decide,
  type KnownVersion,
  type State,
  saltKey,
  unrelated,
} from './decide.ts'

const device: Principal = { kind: 'device', aeTitle: 'CT1', known: true }
const who = { principal: device, client: { address: '127.0.0.1' } }
const empty: State = { versions: new Map(), patients: new Map(), destroyed: new Set(), salts: new Map() }

/** Chance that counts. */
function chance(): Chance {
  let drawn = 0
  return {
    node: '',
    salt: () => {
      drawn += 1
      return String(drawn).padStart(64, '0')
    },
    ulid: () => '0'.repeat(26),
  }
}

function arrival(instance: string, ds: string, more: Partial<ArrivalItem> & { study?: string } = {}): ArrivalItem {
  return {
    kind: 'arrival',
    header: {
      v: 1,
      study: (more.study ?? '1.1') as Uid,
      series: '1.1.1' as Uid,
      instance: instance as Uid,
      sopClass: '1.2.840.10008.5.1.4.1.1.2',
      transferSyntax: '1.2.840.10008.1.2.1' as Uid,
      origin: 'file',
      source: { door: 'stow', address: '127.0.0.1', actor: 'ae:CT1' },
      receivedAt: '2026-11-24T00:00:00.000Z',
      ds,
      length: 1000,
      dsStart: 300,
      leniencies: [],
    },
    payload: [],
    patientKey: 'HOSP|1',
    accession: '',
    who,
    compared: new Map(),
    ...more,
  }
}

const known = (
  id: number,
  version: number,
  ds: string,
  instance = '1.1.1.1',
  rejected: KnownVersion['rejected'] = 'no',
): KnownVersion => ({
  id,
  version,
  study: '1.1' as Uid,
  series: '1.1.1' as Uid,
  instance: instance as Uid,
  sopClass: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntax: '1.2.840.10008.1.2.1' as Uid,
  ds,
  segment: 1,
  spool: '',
  start: 0,
  length: 1000,
  dsStart: 300,
  rejected,
})
const holding = (...versions: KnownVersion[]): State => ({
  ...empty,
  versions: new Map([[versions[0]?.instance ?? '', versions]]),
  patients: new Map([['1.1', { key: 'HOSP|1', firstId: undefined, settled: [] }]]),
})

const at = (nextN: number, lastTs = '') => ({ nextN, lastTs })
const said = (records: readonly { record: JournalRecord }[]) =>
  records.map(({ record }) => {
    if (record.kind === 'instance') return `instance ${record.header.n} v${record.header.version}`
    if (record.kind === 'fact') return `fact ${record.type} ${record.n}`
    return `event ${JSON.parse(record.leaf).t} ${record.n}`
  })

describe('nothing overwrites (product section 5)', () => {
  it('stores what it has not seen: the instance and its leaf under one number', () => {
    const decision = decide(empty, [arrival('1.1.1.1', 'aa')], at(7), chance())
    expect(decision.verdicts).toEqual([{ outcome: 'stored', version: 1 }])
    expect(said(decision.records)).toEqual(['instance 7 v1', 'event obj.ingest 7'])
    expect(decision.after.nextN).toBe(8)
  })

  it.each(['aa', 'bb'])('takes nothing under a UID that was rejected for good, whatever it is: %s', (ds) => {
    const state = holding(known(3, 1, 'aa', '1.1.1.1', 'never again'))
    const decision = decide(state, [arrival('1.1.1.1', ds)], at(7), chance())
    expect(decision.verdicts).toEqual([{ outcome: 'rejected' }])
    expect(said(decision.records)).toEqual(['event obj.receipt 7'])
  })

  it('shows again what another archive had let go and was sent again, and nothing that was bad', () => {
    const again = (rejected: KnownVersion['rejected']) =>
      said(decide(holding(known(3, 1, 'aa', '1.1.1.1', rejected)), [arrival('1.1.1.1', 'aa')], at(7), chance()).records)
    expect(again('expired')).toEqual(['event obj.receipt 7', 'event obj.restore 8', 'fact reject 8'])
    expect(again('quality')).toEqual(['event obj.receipt 7'])
  })

  it('keeps nothing new of content that is here, but notes the receipt', () => {
    const decision = decide(holding(known(3, 1, 'aa')), [arrival('1.1.1.1', 'aa')], at(7), chance())
    expect(decision.verdicts).toEqual([{ outcome: 'already', version: 1 }])
    expect(said(decision.records)).toEqual(['event obj.receipt 7'])
  })

  it('knows content again that is here as a later version', () => {
    const decision = decide(holding(known(3, 1, 'aa'), known(5, 2, 'bb')), [arrival('1.1.1.1', 'bb')], at(7), chance())
    expect(decision.verdicts).toEqual([{ outcome: 'already', version: 2 }])
  })

  it('wants other content under a known UID compared before it decides', () => {
    const decision = decide(holding(known(3, 1, 'aa')), [arrival('1.1.1.1', 'bb')], at(7), chance())
    expect(decision.verdicts).toMatchObject([{ outcome: 'compare', versions: [{ id: 3 }] }])
    expect(decision.records).toEqual([])
    expect(decision.after.nextN).toBe(7)
  })

  it('takes equal attributes and pixels in another syntax for the same content', () => {
    const item = arrival('1.1.1.1', 'bb', { compared: new Map([[3, 'equal']]) })
    const decision = decide(holding(known(3, 1, 'aa')), [item], at(7), chance())
    expect(decision.verdicts).toEqual([{ outcome: 'already', version: 1 }])
    expect(said(decision.records)).toEqual(['event obj.receipt 7'])
  })

  it('keeps both when they differ, raises a conflict, and leaves the first current', () => {
    const item = arrival('1.1.1.1', 'bb', { compared: new Map([[3, 'different']]) })
    const decision = decide(holding(known(3, 1, 'aa')), [item], at(7), chance())
    expect(decision.verdicts).toEqual([{ outcome: 'conflict', version: 2 }])
    expect(said(decision.records)).toEqual([
      'instance 7 v2',
      'event obj.ingest 7',
      'event obj.conflict 8',
      'fact conflict 8',
    ])
    const fact = decision.records.at(-1)?.record
    expect(fact?.kind === 'fact' && JSON.parse(fact.text)).toMatchObject({ kept: 3, other: 7, instance: '1.1.1.1' })
  })

  it('sees a UID that was taken under another study', () => {
    const item = arrival('1.1.1.1', 'bb', { study: '2.2', compared: new Map([[3, 'different']]) })
    const decision = decide(holding(known(3, 1, 'aa')), [item], at(7), chance())
    expect(decision.verdicts).toEqual([{ outcome: 'conflict', version: 2 }])
  })

  it('counts versions on from the last', () => {
    const item = arrival('1.1.1.1', 'cc', {
      compared: new Map([
        [3, 'different'],
        [5, 'different'],
      ]),
    })
    const decision = decide(holding(known(3, 1, 'aa'), known(5, 2, 'bb')), [item], at(7), chance())
    expect(decision.verdicts).toEqual([{ outcome: 'conflict', version: 3 }])
  })

  it('stores the first of two equal objects that arrive at once, and knows the second', () => {
    const decision = decide(empty, [arrival('1.1.1.1', 'aa'), arrival('1.1.1.1', 'aa')], at(0), chance())
    expect(decision.verdicts).toEqual([
      { outcome: 'stored', version: 1 },
      { outcome: 'already', version: 1 },
    ])
    expect(said(decision.records)).toEqual(['instance 0 v1', 'event obj.ingest 0', 'event obj.receipt 1'])
  })

  it('lets the second of two different objects with one UID wait for the next group', () => {
    const decision = decide(empty, [arrival('1.1.1.1', 'aa'), arrival('1.1.1.1', 'bb')], at(0), chance())
    expect(decision.verdicts).toEqual([{ outcome: 'stored', version: 1 }, { outcome: 'wait' }])
  })
})

describe('a second, unrelated patient under one study', () => {
  const stateOf = (settled: string[]): State => ({
    ...empty,
    patients: new Map([['1.1', { key: 'HOSP|1', firstId: 3, settled }]]),
  })

  it('is kept and shown to a person', () => {
    const item = arrival('1.1.1.2', 'bb', { patientKey: 'HOSP|2' })
    const decision = decide(stateOf([]), [item], at(7), chance())
    expect(decision.verdicts).toEqual([{ outcome: 'stored', version: 1 }])
    expect(said(decision.records)).toEqual([
      'instance 7 v1',
      'event obj.ingest 7',
      'event obj.conflict 8',
      'fact patient 8',
    ])
    const fact = decision.records.at(-1)?.record
    expect(fact?.kind === 'fact' && JSON.parse(fact.text)).toMatchObject({ kept: 3, other: 7, subject: 'HOSP|2' })
  })

  it('is raised once a study and patient, not once an image', () => {
    const items = [
      arrival('1.1.1.2', 'bb', { patientKey: 'HOSP|2' }),
      arrival('1.1.1.3', 'cc', { patientKey: 'HOSP|2' }),
    ]
    expect(said(decide(stateOf(['HOSP|2']), items, at(7), chance()).records).join()).not.toContain('conflict')
    expect(
      said(decide(stateOf([]), items, at(7), chance()).records).filter((text) => text.startsWith('fact')),
    ).toHaveLength(1)
  })

  it('is seen within one group, too', () => {
    const items = [arrival('1.1.1.1', 'aa'), arrival('1.1.1.2', 'bb', { patientKey: 'HOSP|2' })]
    const fact = decide(empty, items, at(0), chance()).records.at(-1)?.record
    expect(fact?.kind === 'fact' && JSON.parse(fact.text)).toMatchObject({ kept: 0, other: 1 })
  })

  it.each([
    ['another ID', 'HOSP|1', 'HOSP|2', true],
    ['another issuer', 'HOSP|1', 'OTHER|1', true],
    ['an issuer that is not stated', 'HOSP|1', '|1', false],
    ['no ID', 'HOSP|1', '', false],
    ['the same', 'HOSP|1', 'HOSP|1', false],
  ])('%s: %s, %s', (_, one, other, expected) => {
    expect(unrelated(one, other)).toBe(expected)
    expect(unrelated(other, one)).toBe(expected)
  })
})

describe('the sequence', () => {
  const login: ActItem = {
    kind: 'act',
    who,
    event: {
      type: 'aud.110114',
      ts: '2026-11-24T00:00:00.000Z',
      action: 'E',
      outcome: 0,
      actor: 'ae:CT1',
      detail: {},
    } satisfies ArchiveEvent,
  }

  it('numbers leaves without a gap, in the order of the items', () => {
    const items = [login, arrival('1.1.1.1', 'aa'), login, arrival('1.1.1.1', 'aa')]
    const { records, after } = decide(empty, items, at(5), chance())
    const numbers = records.flatMap(({ record }) => (record.kind === 'event' ? [record.n] : []))
    expect(numbers).toEqual([5, 6, 7, 8])
    expect(after.nextN).toBe(9)
    for (const { record } of records) if (record.kind === 'event') expect(JSON.parse(record.leaf).n).toBe(record.n)
  })

  it('does not go back in time when an item waited or a clock was set back', () => {
    const later = '2026-11-24T08:00:00.000Z'
    const { records, after } = decide(empty, [login, arrival('1.1.1.1', 'aa')], at(5, later), chance())
    for (const { record } of records) {
      if (record.kind === 'event') expect(JSON.parse(record.leaf).ts).toBe(later)
      if (record.kind === 'instance') expect(record.header.receivedAt).toBe(later)
    }
    expect(after.lastTs).toBe(later)
  })

  it('says which item each record came from', () => {
    const { records } = decide(empty, [login, arrival('1.1.1.1', 'aa')], at(0), chance())
    expect(records.map(({ item }) => item)).toEqual([0, 1, 1])
  })

  it('gives a study and a patient one salt each, and an event one of its own', () => {
    const salt = 'ab'.repeat(32)
    const state: State = { ...empty, salts: new Map([[saltKey('study', '1.1'), salt]]) }
    const { records } = decide(state, [arrival('1.1.1.1', 'aa'), arrival('1.1.1.2', 'bb')], at(0), chance())
    const events = records.flatMap(({ record }) => (record.kind === 'event' ? [record] : []))
    expect(events.map(({ study }) => study?.salt)).toEqual([salt, salt])
    expect(events[0]?.patient?.salt).toBe(events[1]?.patient?.salt)
    expect(events[0]?.salt).not.toBe(events[1]?.salt)
  })
})
