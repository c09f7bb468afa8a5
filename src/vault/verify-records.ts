/**
 * The journal's records against each other: numbers without a gap, times that never go back, each event what its leaf
 * commits to, each instance the one its `obj.ingest` event speaks of, each conflict with its fact. One record at a time.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '../base/canonical-json.ts'
import { checkEvent, readLeaf } from '../ledger/verify/event-check.ts'
import type { Report } from '../ledger/verify/report.ts'
import type { InspectedRecord } from './inbox/inspect.ts'
import type { ErasedRecord, EventRecord, FactRecord, InstanceRecord } from './inbox/records.ts'
import type { VaultSight } from './verify-vault.ts'

/** Events whose fact says what they say, and the member of the body that says it. */
const TOLD: Readonly<Record<string, Told>> = {
  'hold.place': 'hold',
  'hold.ask': 'hold',
  'hold.keep': 'hold',
  'hold.release': 'hold',
  'obj.reject': 'rejection',
  'obj.restore': 'rejection',
  'disp.candidate': 'disposition',
  'disp.approve': 'disposition',
  'disp.cancel': 'disposition',
  tombstone: 'disposition',
  'disp.destroy': 'disposition',
  'rules.propose': 'rules',
  'rules.approve': 'rules',
  'rules.activate': 'rules',
  'rules.end': 'rules',
  'retention.set': 'retention',
  'retention.reduceProposed': 'retention',
  'retention.reduceApproved': 'retention',
  'retention.reduce': 'retention',
  'retention.reduceEnded': 'retention',
  'erasure.request': 'erasure',
  'erasure.answer': 'erasure',
  'aud.110109': 'workflow',
  'aud.110110': 'workflow',
  'aud.110111': 'workflow',
  'msg.keep': 'workflow',
  'msg.settle': 'workflow',
  'pat.merge': 'identity',
  'pat.unmerge': 'identity',
  'pat.link': 'identity',
  'pat.unlink': 'identity',
  'pat.settle': 'identity',
  'access.restrict': 'access',
  'access.lift': 'access',
  'access.break': 'access',
  'access.end': 'access',
  'access.opened': 'access',
  'access.review': 'access',
  'lookout.save': 'lookout',
  'lookout.stop': 'lookout',
  'lookout.warn': 'lookout',
  'lookout.settle': 'lookout',
  'study.tier': 'tier',
  'log.erase.propose': 'redaction',
  'log.erase.approve': 'redaction',
  'log.erase.end': 'redaction',
  'log.erase': 'redaction',
  'log.erase.done': 'redaction',
}
const WHAT = {
  hold: 'step of a legal hold',
  rejection: 'rejection',
  disposition: 'step of a disposition',
  rules: 'step of an adoption of rules',
  retention: 'saying about retention',
  erasure: 'step of a request for erasure',
  workflow: 'message or performed procedure',
  identity: 'merge or link of patients',
  access: 'rule or use of access',
  redaction: 'step of a redaction of events',
  lookout: 'step of a lookout',
  tier: 'move between tiers',
} as const
type Told = keyof typeof WHAT
/** The same by the fact's type, and what it is counted as. */
const FACTS = {
  hold: 'hold',
  reject: 'rejection',
  dispose: 'disposition',
  rules: 'rules',
  retain: 'retention',
  erasure: 'erasure',
  message: 'workflow',
  procedure: 'workflow',
  person: 'identity',
  access: 'access',
  erase: 'redaction',
  lookout: 'lookout',
  tier: 'tier',
} as const

/** What was seen of the whole journal. */
export interface JournalSight {
  /** Its last act is the archive's orderly stop. */
  readonly stopped: boolean
}

export interface RecordChecks {
  see(record: InspectedRecord): void
  end(): void
  readonly sight: JournalSight
}

/** @param vault  where the journal's payloads may have gone */
export function openRecordChecks(report: Report, vault: VaultSight): RecordChecks {
  const payloads = report.open('journal', 'received bytes')
  const events = report.open('journal', 'events')
  const instances = report.open('journal', 'instances and their events')
  const numbers = report.open('journal', 'numbers')
  const times = report.open('journal', 'times')
  const redactions = report.open('journal', 'erased events')
  let seen = {
    payloads: 0,
    bytes: 0,
    spooled: 0,
    sealed: 0,
    events: 0,
    facts: 0,
    hold: 0,
    rejection: 0,
    disposition: 0,
    rules: 0,
    retention: 0,
    erasure: 0,
    workflow: 0,
    identity: 0,
    access: 0,
    redaction: 0,
    lookout: 0,
    tier: 0,
    erased: 0,
    seals: 0,
  }
  /** Instances whose bytes are nowhere: a finding, unless a tombstone comes. */
  const missing: { readonly study: string; readonly n: number; readonly what: string }[] = []
  /** Tombstones by study, the last of each. */
  const tombstones = new Map<string, number>()
  let destroyed = 0
  let next = 0
  let last = { ts: '', n: 0 }
  let stopped = false
  /** An instance whose event is due, and an event whose fact is due. */
  let instance: InstanceRecord | undefined
  let conflict: number | undefined
  let seal: number | undefined
  let told: { readonly n: number; readonly what: Told; readonly said: Json | undefined } | undefined

  const unmatched = (): void => {
    if (instance !== undefined) instances.finding(`${instanceNamed(instance)}: no event tells of its arrival`)
    if (conflict !== undefined) instances.finding(`leaf ${conflict} (obj.conflict): the conflict itself is missing`)
    instance = undefined
    if (seal !== undefined) instances.finding(`leaf ${seal} (study.seal): the seal itself is missing`)
    if (told !== undefined) instances.finding(`leaf ${told.n}: the ${WHAT[told.what]} it tells of is missing`)
    conflict = undefined
    seal = undefined
    told = undefined
  }

  const seeInstance = (record: InstanceRecord, { wrong, placement }: InspectedRecord): void => {
    unmatched()
    seen = {
      ...seen,
      payloads: seen.payloads + 1,
      bytes: seen.bytes + record.header.length,
      spooled: seen.spooled + (placement.spool === '' ? 0 : 1),
    }
    vault.see(record.header)
    if (wrong !== undefined && vault.has(record.header)) seen = { ...seen, sealed: seen.sealed + 1 }
    else if (wrong !== undefined)
      missing.push({ study: record.header.study, n: record.header.n, what: `${instanceNamed(record)}: ${wrong}` })
    instance = record
  }

  /** Groups that do not have the digest they were written with: which they have, and which they must have. */
  const groups = new Map<string, { readonly has: string; readonly must?: string }>()
  /** Events that steps of redactions name. */
  const named = new Set<number>()

  const seeNumber = (n: number): void => {
    if (n > next) numbers.finding(n - next === 1 ? `leaf ${next} is missing` : `leaves ${next} to ${n - 1} are missing`)
    if (n < next) numbers.finding(`leaf ${n} stands where leaf ${next} is due`)
    next = n + 1
  }

  const seeErased = ({ n, leaf: text }: ErasedRecord): void => {
    unmatched()
    seen = { ...seen, erased: seen.erased + 1 }
    seeNumber(n)
    const leaf = readLeaf(text)
    if (leaf === undefined || leaf.n !== n) redactions.finding(`leaf ${n}: its leaf cannot be read`)
    else {
      if (leaf.ts < last.ts)
        times.finding(
          `leaf ${n} (${leaf.type}) is dated ${leaf.ts}, before leaf ${last.n} that came before it (${last.ts})`,
        )
      last = { ts: leaf.ts, n }
      stopped = false
    }
  }

  const seeRedaction = (text: string): void => {
    const fact = JSON.parse(text) as {
      readonly op: string
      readonly runs?: readonly (readonly [number, number])[]
      readonly groups?: readonly (readonly [number, number, string])[]
    }
    for (const [segment, group, must] of fact.groups ?? []) {
      const key = `${segment} ${group}`
      groups.set(key, { has: groups.get(key)?.has ?? '', must })
    }
    for (const [from, to] of fact.runs ?? []) for (let n = from; n <= to; n += 1) named.add(n)
  }

  const seeEvent = (record: EventRecord): void => {
    seen = { ...seen, events: seen.events + 1 }
    const { n } = record
    seeNumber(n)
    const { leaf, body, faults } = checkEvent(record)
    const type = leaf?.type ?? '?'
    for (const fault of faults) events.finding(`leaf ${n} (${type}): ${fault}`)
    if (leaf !== undefined) {
      if (leaf.ts < last.ts)
        times.finding(`leaf ${n} (${type}) is dated ${leaf.ts}, before leaf ${last.n} that came before it (${last.ts})`)
      last = { ts: leaf.ts, n }
    }
    stopped = type === 'aud.110100' && body?.['subtype'] === '110121'

    const arrived = instance
    instance = undefined
    if (arrived !== undefined && (type !== 'obj.ingest' || arrived.header.n !== n)) {
      instance = arrived
      unmatched()
      if (type === 'obj.ingest') instances.finding(`leaf ${n} (obj.ingest): the instance it tells of is missing`)
    } else if (type === 'obj.ingest' && arrived === undefined)
      instances.finding(`leaf ${n} (obj.ingest): the instance it tells of is missing${uidsOf(body)}`)
    else if (arrived !== undefined && body !== undefined)
      for (const fault of differences(arrived, body)) instances.finding(`${instanceNamed(arrived)}: ${fault}`)
    unmatched()
    if (type === 'obj.conflict') conflict = n
    if (type === 'study.seal') seal = n
    const what = TOLD[type]
    if (what !== undefined) told = { n, what, said: body?.[what] }
  }

  const seeFact = ({ n, type, text }: FactRecord): void => {
    if (type === 'seal') {
      seen = { ...seen, seals: seen.seals + 1 }
      if (seal !== n) instances.finding(`the seal of leaf ${n} stands beside no event that tells of it`)
      seal = undefined
      vault.fact(text)
      return
    }
    if (type !== 'conflict' && type !== 'patient') {
      const what = FACTS[type]
      seen = { ...seen, [what]: seen[what] + 1 }
      if (type === 'dispose') seeDisposition(n, text)
      if (type === 'erase') seeRedaction(text)
      if (type === 'tier') vault.moved(text)
      if (told?.n !== n || told.what !== what)
        instances.finding(`the ${what} of leaf ${n} stands beside no event that tells of it`)
      else if (told.said !== undefined && !says(told.said, what, text))
        instances.finding(`the ${what} of leaf ${n} is not the one its event tells of`)
      told = undefined
      return
    }
    seen = { ...seen, facts: seen.facts + 1 }
    if (conflict !== n) instances.finding(`the conflict of leaf ${n} stands beside no event that tells of it`)
    conflict = undefined
  }

  const seeDisposition = (n: number, text: string): void => {
    const fact = JSON.parse(text) as { readonly op: string; readonly study?: string }
    if (fact.op !== 'destroy' || fact.study === undefined) return
    tombstones.set(fact.study, n)
    vault.tombstone(fact.study, n)
  }

  return {
    see: (given) => {
      const { record, segment, group, erased } = given
      if (erased !== undefined) groups.set(`${segment} ${group}`, { has: erased })
      if (record.kind === 'instance') seeInstance(record, given)
      else if (record.kind === 'event') seeEvent(record)
      else if (record.kind === 'erased') seeErased(record)
      else seeFact(record)
    },
    end: () => {
      unmatched()
      for (const { study, n, what } of missing)
        if ((tombstones.get(study) ?? -1) > n) destroyed += 1
        else payloads.finding(what)
      payloads.end(
        `${seen.payloads} instances, ${seen.bytes} bytes, ${seen.spooled} of them in spool files: each read and compared with its digest, but for ${seen.sealed} that only the vault has${destroyed === 0 ? '' : ` and ${destroyed} that were destroyed, as their tombstones say`}`,
      )
      for (const [key, { has, must }] of groups) {
        const [segment, group] = key.split(' ')
        if (must === undefined)
          redactions.finding(`group ${group} of segment ${segment} was changed, and no redaction tells of it`)
        else if (has !== '' && has !== must)
          redactions.finding(`group ${group} of segment ${segment} is not what its redaction says it is`)
      }
      const left = named.size - seen.erased
      if (left < 0) redactions.finding(`${-left} events have only their leaf, and no redaction names them`)
      if (left > 0) redactions.finding(`${left} events that were erased are here still: the next start takes them out`)
      redactions.end(
        seen.erased === 0
          ? 'no event was erased'
          : `${seen.erased} events of which only the leaf is left, each group of theirs what its redaction says it is`,
      )
      events.end(`${seen.events} events: leaf, body and salts of each agree`)
      instances.end(
        `${seen.payloads} instances, ${seen.facts} conflicts, ${seen.hold} steps of holds, ${seen.rejection} of rejections, ${seen.disposition} of dispositions, ${seen.rules} of adoptions of rules, ${seen.retention} sayings about retention, ${seen.erasure} steps of requests for erasure, ${seen.workflow} messages and performed procedures, ${seen.identity} merges and links of patients, ${seen.access} rules and uses of access, ${seen.redaction} steps of redactions, ${seen.lookout} of lookouts, ${seen.tier} moves between tiers and ${seen.seals} seals, each with the event that tells of it, and told of as they are`,
      )
      numbers.end(`${seen.events} leaves, numbered from 0 without a gap`)
      times.end(`${seen.events} leaves, none dated before the one before it`)
    },
    get sight() {
      return { stopped }
    },
  }
}

/** Is this fact the one that an event tells of? Of a message the event has the digest and no second copy. */
function says(said: Json, what: Told, text: string): boolean {
  if (what !== 'workflow') return canonicalJson(said) === text
  const digest = (said as { readonly sha256?: Json }).sha256
  return digest === createHash('sha256').update(text).digest('hex')
}

/** An instance as a person can find it. */
const instanceNamed = ({ header }: InstanceRecord): string =>
  `instance ${header.instance} (version ${header.version}, leaf ${header.n}, study ${header.study}, series ${header.series})`

/** What an instance's event says that its record says otherwise. */
function differences({ header }: InstanceRecord, body: { readonly [key: string]: unknown }): readonly string[] {
  const objects = body['objects']
  const object: unknown = Array.isArray(objects) ? objects[0] : undefined
  const of = (key: string): unknown => Reflect.get(Object(object), key)
  const first = (key: string): unknown => Reflect.get(Object(of(key)), 0)
  const pairs: readonly [string, unknown, unknown][] = [
    ['digest', body['ds'], header.ds],
    ['length', body['length'], header.length],
    ['transfer syntax', body['transferSyntax'], header.transferSyntax],
    ['version', body['version'], header.version],
    ['origin', body['origin'], header.origin],
    ['time', body['ts'], header.receivedAt],
    ['study', of('studyUid'), header.study],
    ['series', of('seriesUid'), header.series],
    ['SOP class', first('sopClassUid'), header.sopClass],
    ['SOP Instance UID', first('instanceUids'), header.instance],
  ]
  return pairs.flatMap(([what, said, known]) =>
    said === known ? [] : [`the event of its arrival tells of another ${what}: it was replaced or changed`],
  )
}

function uidsOf(body: { readonly [key: string]: unknown } | undefined): string {
  const objects = body?.['objects']
  const instances = Array.isArray(objects) ? Reflect.get(Object(objects[0]), 'instanceUids') : undefined
  return Array.isArray(instances) && typeof instances[0] === 'string' ? `: ${instances[0]}` : ''
}
