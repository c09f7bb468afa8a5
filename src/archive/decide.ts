/**
 * What becomes of a group of arrivals and acts: the rule "nothing overwrites" (product section 5), as a pure function.
 *
 * Facts in (`State`, read in the transaction the group is written in), decision out: the records to journal and one
 * verdict for each item. No clock, no disk, no database; chance only through the salts it is handed. Doing is left to
 * `journal-writer.ts`.
 */
import { canonicalJson, type Json } from '../base/canonical-json.ts'
import type { Client, Principal } from '../base/context.ts'
import type { Uid } from '../dicom/uid.ts'
import type { ArchiveEvent } from '../ledger/event.ts'
import { ledgerEntry } from '../ledger/ledger.ts'
import { splitPatientKey } from '../ledger/subject.ts'
import type { EventRecord, FactRecord, InstanceHeader, InstanceRecord, JournalRecord } from '../vault/inbox/records.ts'
import { type RejectionFact, rejectionText } from './rejection-rows.ts'

/** An object that is complete, read and understood, and waits for its place in the journal. */
export interface ArrivalItem {
  readonly kind: 'arrival'
  /** The header but for what the sequencer gives: number and version. */
  readonly header: Omit<InstanceHeader, 'n' | 'version'>
  readonly payload: InstanceRecord['payload']
  readonly patientKey: string
  readonly accession: string
  readonly who: Who
  /** What comparing has found, by the id of the version compared with (`compare.ts`). */
  readonly compared: ReadonlyMap<number, 'equal' | 'different'>
}

/** An act without an object. */
export interface ActItem {
  readonly kind: 'act'
  readonly event: ArchiveEvent
  readonly who: Who
  /** What becomes true by it: journaled with its leaf, in one group. */
  readonly fact?: Pick<FactRecord, 'type' | 'text'>
  /**
   * It is journaled in a group of its own, once this resolved: what it looked at is as it was when the group is written,
   * for nothing is journaled in between. What it throws refuses the act.
   */
  readonly check?: () => Promise<void>
}

export type Item = ArrivalItem | ActItem

export interface Who {
  readonly principal: Principal
  readonly client: Client
}

/** A received version, as far as deciding and comparing need it. */
export interface KnownVersion {
  readonly id: number
  readonly version: number
  readonly study: Uid
  readonly series: Uid
  readonly instance: Uid
  readonly sopClass: string
  readonly transferSyntax: Uid
  readonly ds: string
  readonly segment: number
  readonly spool: string
  readonly start: number
  readonly length: number
  readonly dsStart: number
  /** Strictest of the rejections that last: for its quality, because its retention had expired, or for good reason. */
  readonly rejected: 'no' | 'quality' | 'expired' | 'never again'
}

/** What the index holds about everything the group touches. */
export interface State {
  /** Every version under a SOP Instance UID, wherever in the archive. */
  readonly versions: ReadonlyMap<string, readonly KnownVersion[]>
  /** Patient keys of the studies that exist. */
  readonly patients: ReadonlyMap<string, StudyPatients>
  /** Studies that were destroyed and that nobody has let in again. */
  readonly destroyed: ReadonlySet<string>
  /** Salts by `study` or `patient` and the id they belong to. */
  readonly salts: ReadonlyMap<string, string>
}

export interface StudyPatients {
  readonly key: string
  /** An instance that shows the study's patient: the first current one. */
  readonly firstId: number | undefined
  /** Keys no conflict is raised for: one was already, or they are of the same person. */
  readonly settled: readonly string[]
}

export type Verdict =
  | { readonly outcome: 'stored' | 'already' | 'conflict'; readonly version: number }
  /** Another content is under this UID: `compare.ts` must look, then the item comes again. */
  | { readonly outcome: 'compare'; readonly versions: readonly KnownVersion[] }
  /** It was rejected for the patient's safety, or as another patient's: it does not come back. */
  | { readonly outcome: 'rejected' }
  /** An item of this very group has the same UID: the next group decides. */
  | { readonly outcome: 'wait' }
  | { readonly outcome: 'done' }

export interface Decision {
  /** What to journal, in order, and the index of the item each record came from. */
  readonly records: readonly { readonly record: JournalRecord; readonly item: number }[]
  /** One for each item. */
  readonly verdicts: readonly Verdict[]
  readonly after: Sequence
}

/** Where the ledger stands: leaves have gapless numbers, and never go back in time. */
export interface Sequence {
  readonly nextN: number
  /** Time of the last leaf; '' before the first. */
  readonly lastTs: string
}

/** What deciding may not make up itself. */
export interface Chance {
  readonly node: string
  /** 32 random bytes, hex. */
  readonly salt: () => string
  /** A fresh ULID. */
  readonly ulid: () => string
}

export const saltKey = (kind: 'study' | 'patient', id: string): string => `${kind}\n${id}`

export function decide(state: State, given: readonly Item[], from: Sequence, chance: Chance): Decision {
  const records: { readonly record: JournalRecord; readonly item: number }[] = []
  const salts = new Map(state.salts)
  const here = new Map<string, { readonly ds: string; readonly version: number }>()
  const patientsHere = new Map<string, string>()
  const firstHere = new Map<string, number>()
  const raisedHere = new Set<string>()
  const items = inTime(given, from.lastTs)
  let n = from.nextN
  let at = 0
  const push = (record: JournalRecord) => records.push({ record, item: at })

  const saltOf = (kind: 'study' | 'patient', id: string | undefined): string | undefined => {
    if (id === undefined || id === '') return undefined
    const key = saltKey(kind, id)
    const salt = salts.get(key) ?? chance.salt()
    salts.set(key, salt)
    return salt
  }

  const journal = (event: ArchiveEvent, who: Who): number => {
    const entry = ledgerEntry(event, { ...who, node: chance.node, id: chance.ulid() }, n, {
      body: chance.salt(),
      study: saltOf('study', event.study),
      patient: saltOf('patient', event.patient),
    })
    push({ kind: 'event', ...entry } satisfies EventRecord)
    n += 1
    return n - 1
  }

  const raise = (type: 'conflict' | 'patient', item: ArrivalItem, keptId: number, otherId: number): void => {
    const { header } = item
    const raised = journal(
      arrivalEvent('obj.conflict', item, { conflict: type === 'patient' ? 'patient' : 'instance' }),
      item.who,
    )
    const fact: ConflictFact = {
      v: 1,
      study: header.study,
      instance: header.instance,
      kept: keptId,
      other: otherId,
      subject: type === 'patient' ? item.patientKey : '',
      raisedAt: header.receivedAt,
    }
    push({ kind: 'fact', type, n: raised, text: canonicalJson({ ...fact }) })
  }

  const store = (item: ArrivalItem, version: number): number => {
    const header: InstanceHeader = { ...item.header, n, version }
    push({ kind: 'instance', header, payload: item.payload })
    here.set(header.instance, { ds: header.ds, version })
    return journal(
      arrivalEvent('obj.ingest', item, {
        ds: header.ds,
        length: header.length,
        transferSyntax: header.transferSyntax,
        origin: header.origin,
        door: header.source.door,
        version,
        leniencies: header.leniencies,
      }),
      item.who,
    )
  }

  /** Another archive had let it go and has it still, so it is not gone. */
  const comeBack = (item: ArrivalItem, id: number): void => {
    const { study } = item.header
    const fact: RejectionFact = { v: 1, op: 'return', study, instance: id, at: item.header.receivedAt }
    const text = rejectionText(fact)
    const n = journal(arrivalEvent('obj.restore', item, { rejection: JSON.parse(text) as Json }), item.who)
    push({ kind: 'fact', type: 'reject', n, text })
  }

  const setAside = (item: ArrivalItem, id: number): void => {
    const { study } = item.header
    const fact: RejectionFact = { v: 1, op: 'quarantine', study, instance: id, at: item.header.receivedAt }
    const text = rejectionText(fact)
    const n = journal(arrivalEvent('obj.reject', item, { rejection: JSON.parse(text) as Json }, 4), item.who)
    push({ kind: 'fact', type: 'reject', n, text })
  }

  const notePatient = (item: ArrivalItem, id: number): void => {
    const { study } = item.header
    const known = state.patients.get(study)
    const key = known?.key ?? patientsHere.get(study)
    if (key === undefined) patientsHere.set(study, item.patientKey)
    else if (
      unrelated(key, item.patientKey) &&
      !known?.settled.includes(item.patientKey) &&
      !raisedHere.has(saltKey('study', study) + item.patientKey)
    ) {
      raisedHere.add(saltKey('study', study) + item.patientKey)
      raise('patient', item, known?.firstId ?? firstHere.get(study) ?? id, id)
    }
    if (known === undefined && !firstHere.has(study)) firstHere.set(study, id)
  }

  const arrive = (item: ArrivalItem): Verdict => {
    const { header, compared } = item
    const twin = here.get(header.instance)
    if (twin !== undefined && twin.ds !== header.ds) return { outcome: 'wait' }

    const versions = state.versions.get(header.instance) ?? []
    if (versions.some(({ rejected }) => rejected === 'never again')) {
      journal(arrivalEvent('obj.receipt', item, { rejected: true, door: header.source.door }, 4), item.who)
      return { outcome: 'rejected' }
    }
    const equal = versions.find(({ ds }) => ds === header.ds) ?? versions.find(({ id }) => compared.get(id) === 'equal')
    const same = twin ?? equal
    if (same !== undefined) {
      journal(
        arrivalEvent('obj.receipt', item, { ds: header.ds, version: same.version, door: header.source.door }),
        item.who,
      )
      if (twin === undefined && equal?.rejected === 'expired') comeBack(item, equal.id)
      return { outcome: 'already', version: same.version }
    }

    const unseen = versions.filter(({ id }) => !compared.has(id))
    if (unseen.length > 0) return { outcome: 'compare', versions: unseen }

    const version = versions.reduce((last, known) => Math.max(last, known.version), 0) + 1
    const id = store(item, version)
    if (state.destroyed.has(header.study)) setAside(item, id)
    const kept = versions.find((known) => known.version === 1)
    if (kept !== undefined) raise('conflict', item, kept.id, id)
    else notePatient(item, id)
    return { outcome: kept === undefined ? 'stored' : 'conflict', version }
  }

  const verdicts = items.map((item, index): Verdict => {
    at = index
    if (item.kind === 'arrival') return arrive(item)
    const n = journal(item.event, item.who)
    if (item.fact !== undefined) push({ kind: 'fact', ...item.fact, n })
    return { outcome: 'done' }
  })
  const last = items.at(-1)
  return { records, verdicts, after: { nextN: n, lastTs: n === from.nextN || !last ? from.lastTs : tsOf(last) } }
}

export const tsOf = (item: Item): string => (item.kind === 'act' ? item.event.ts : item.header.receivedAt)

/** Items that waited, or a clock that was set back, do not make the ledger go back in time: they take the time before them. */
function inTime(items: readonly Item[], lastTs: string): readonly Item[] {
  let last = lastTs
  return items.map((item) => {
    if (tsOf(item) >= last) {
      last = tsOf(item)
      return item
    }
    if (item.kind === 'act') return { ...item, event: { ...item.event, ts: last } }
    return { ...item, header: { ...item.header, receivedAt: last } }
  })
}

/** The text of a fact record: two contents under one SOP Instance UID, or two patients under one study. */
export interface ConflictFact {
  readonly v: 1
  readonly study: string
  readonly instance: string
  /** Ids of the instances. */
  readonly kept: number
  readonly other: number
  readonly subject: string
  readonly raisedAt: string
}

/** Are these two patients? A patient without an ID contradicts nobody, nor does one whose issuer is not stated. */
export function unrelated(one: string, other: string): boolean {
  const a = splitPatientKey(one)
  const b = splitPatientKey(other)
  if (a === undefined || b === undefined) return false
  return a.id !== b.id || (a.issuer !== b.issuer && a.issuer !== '' && b.issuer !== '')
}

function arrivalEvent(
  type: 'obj.ingest' | 'obj.receipt' | 'obj.conflict' | 'obj.restore' | 'obj.reject',
  { header, patientKey, accession, who }: ArrivalItem,
  detail: ArchiveEvent['detail'],
  outcome: ArchiveEvent['outcome'] = type === 'obj.conflict' ? 4 : 0,
): ArchiveEvent {
  return {
    type,
    ts: header.receivedAt,
    action: type === 'obj.receipt' ? 'R' : type === 'obj.restore' || type === 'obj.reject' ? 'U' : 'C',
    outcome,
    actor: header.source.actor,
    study: header.study,
    ...(patientKey !== '' && { patient: patientKey }),
    detail: {
      ...detail,
      source: { aet: header.source.callingAet ?? who.client.aeTitle, calledAet: header.source.calledAet },
      objects: [
        {
          studyUid: header.study,
          seriesUid: header.series,
          sopClassUid: [header.sopClass],
          instanceUids: [header.instance],
          nInstances: 1,
          accession: accession === '' ? undefined : accession,
        },
      ],
    },
  }
}
