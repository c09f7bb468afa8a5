/**
 * A history of an archive whose truth is known: every type of event there is, of people who look, search, send and decide,
 * over studies that were altered, destroyed, held, rejected, lost. Made of seeds, put into an index by the code that puts the
 * journal there; what the four questions of an audit must answer is written down while it is made.
 */
import { createHash } from 'node:crypto'
import { applyGroups } from '../../src/archive/apply.ts'
import { describe } from '../../src/archive/description.ts'
import { type DispositionFact, dispositionText, manifestOf } from '../../src/archive/disposition/disposition-rows.ts'
import { type HoldFact, holdText } from '../../src/archive/hold-rows.ts'
import { intakeStatements } from '../../src/archive/intake.queries.ts'
import type { Applicable } from '../../src/archive/project.ts'
import { type RejectionFact, rejectionText } from '../../src/archive/rejection-rows.ts'
import type { Json } from '../../src/base/canonical-json.ts'
import type { Principal, Role } from '../../src/base/context.ts'
import { pseudonym } from '../../src/base/context.ts'
import { openReader } from '../../src/dicom/reader.ts'
import { uid } from '../../src/dicom/uid.ts'
import type { ArchiveEvent, EventType } from '../../src/ledger/event.ts'
import { eventStatements } from '../../src/ledger/events.queries.ts'
import { ledgerEntry } from '../../src/ledger/ledger.ts'
import type { Database } from '../../src/storage/sql/database.ts'
import type { FactRecord } from '../../src/vault/inbox/records.ts'
import { SAMPLES } from './audit-events.ts'
import { CT_IMAGE_STORAGE, fileOf } from './indexed.ts'
import { below, seeded } from './random.ts'

/** What became of a study; each is what the questions are asked about. */
export const FATES = [
  'plain',
  'read again',
  'read and bad',
  'logged otherwise',
  'destroyed',
  'destroyed by two',
  'destroyed unsigned',
  'destroyed under a hold',
  'destroyed, not done',
  'called off',
  'lost',
  'unlogged',
  'rejected',
  'rejected and restored',
  'conflict',
  'refused',
  'damaged',
  'sent again',
] as const
export type Fate = (typeof FATES)[number]

export const COUNTED = [
  'sittings',
  'instances',
  'frames',
  'looks',
  'stored',
  'given',
  'refused',
  'other',
  'emergency',
] as const
export type Counts = Record<(typeof COUNTED)[number], number>

/** How the report of access counts an act: written here a second time, by hand, for every type. */
const AS: Readonly<Partial<Record<EventType, keyof Counts>>> = {
  'aud.110103': 'sittings',
  'aud.110112': 'looks',
  'obj.ingest': 'stored',
  'obj.receipt': 'stored',
  'obj.conflict': 'stored',
  'obj.refuse': 'refused',
  'aud.110113': 'refused',
  'aud.110104': 'given',
  'aud.110106': 'given',
}

export interface StudyTruth {
  readonly study: string
  readonly patient: string
  readonly fate: Fate
  /** Leaves of arrival, in order. */
  readonly arrived: number[]
  /** Every act about it. */
  acts: number
  /** Conflicts, refusals, rejections and damage. */
  incidents: number
}

export interface Truth {
  readonly events: number
  readonly types: ReadonlySet<EventType>
  readonly studies: readonly StudyTruth[]
  /** By patient key, and then by pseudonym. */
  readonly people: ReadonlyMap<string, ReadonlyMap<string, Counts>>
  readonly disclosures: ReadonlyMap<string, number>
}

const user = (name: string, ...roles: Role[]): Principal => ({
  kind: 'user',
  id: `u:${createHash('sha256').update(name).digest('hex').slice(0, 16)}`,
  name,
  roles,
  authMethod: 'password',
})
const RITA = user('rita', 'records')
const RUDI = user('rudi', 'records')
const PAULA = user('paula', 'privacy')
const CT1: Principal = { kind: 'device', aeTitle: 'CT1', known: true }
const PEOPLE: readonly Principal[] = [
  ...['marie', 'clara', 'nils', 'olga'].map((name) => user(name, 'radiologist')),
  RITA,
  PAULA,
  CT1,
  { kind: 'device', aeTitle: 'WS1', known: true },
]
const ARCHIVE: Principal = { kind: 'job', name: 'archive' }

/** What changes the answers of the second, third or fourth question is told study by study, and not at random. */
const TOLD: ReadonlySet<EventType> = new Set<EventType>([
  'log.open',
  'obj.ingest',
  'obj.receipt',
  'obj.conflict',
  'obj.refuse',
  'obj.reject',
  'obj.restore',
  'study.damage',
  'disp.candidate',
  'disp.approve',
  'disp.cancel',
  'tombstone',
  'disp.destroy',
  'hold.place',
  'hold.ask',
  'hold.keep',
  'hold.release',
])

const START = Date.UTC(2025, 0, 1)
const BETWEEN_MS = 300
const BATCH = 1000
const SALT = '5a'.repeat(32)
const DS = (n: number) => createHash('sha256').update(`object ${n}`).digest('hex')

/** @param events  how many there are in all */
export async function auditedHistory(
  db: Database,
  { events, patients, seed }: { readonly events: number; readonly patients: number; readonly seed: number },
): Promise<Truth> {
  const random = seeded(seed)
  const projector = { intake: intakeStatements(db.read), events: eventStatements(db.read), node: 'test' }
  const people = new Map<string, Map<string, Counts>>()
  const disclosures = new Map<string, number>()
  const types = new Set<EventType>()
  const studies: StudyTruth[] = []
  const byStudy = new Map<string, StudyTruth>()
  let applicables: Applicable[] = []
  let n = 0
  let applied = 0
  let group = 0

  const flush = async (): Promise<void> => {
    if (applicables.length === 0) return
    const some = applicables
    applicables = []
    group += 1
    const position = { segment: 1, group, end: 0 }
    applied = await db.write((tx) => applyGroups(tx, projector, [{ applicables: some, position }], applied))
  }
  const placement = { segment: 1, spool: '', start: 0, length: 0 }
  const now = () => new Date(START + n * BETWEEN_MS).toISOString()

  const count = (patient: string, who: Principal, event: Pick<ArchiveEvent, 'type' | 'detail'>): void => {
    const of = people.get(patient) ?? new Map<string, Counts>()
    people.set(patient, of)
    const counts = of.get(pseudonym(who)) ?? (Object.fromEntries(COUNTED.map((what) => [what, 0])) as Counts)
    of.set(pseudonym(who), counts)
    if (event.detail['purposeOfUse'] === 'BTG') counts.emergency += 1
    if (event.type === 'aud.110103' && event.detail['phase'] === 'closing') {
      const [shown] = event.detail['objects'] as readonly { readonly nInstances?: number; readonly nFrames?: number }[]
      counts.instances += shown?.nInstances ?? 0
      counts.frames += shown?.nFrames ?? 0
    } else counts[AS[event.type] ?? 'other'] += 1
    const given = event.type === 'aud.110104' || event.type === 'aud.110106'
    if (given && !String(event.detail['what'] ?? '').startsWith('commitment'))
      disclosures.set(patient, (disclosures.get(patient) ?? 0) + 1)
  }

  type Told = Partial<ArchiveEvent> & Pick<ArchiveEvent, 'type' | 'detail'>
  const tell = (
    who: Principal,
    told: Told,
    fact?: (n: number, at: string) => Omit<FactRecord, 'kind' | 'n'>,
  ): number => {
    const at = n
    const ts = now()
    const { study, patient } = told
    const event: ArchiveEvent = { action: 'U', outcome: 0, ...told, actor: pseudonym(who), ts }
    const entry = ledgerEntry(event, { principal: who, client: { address: '10.0.0.1' }, node: '', id: String(n) }, n, {
      body: SALT,
      study: SALT,
      patient: SALT,
    })
    applicables.push({ record: { kind: 'event', ...entry }, placement })
    if (fact !== undefined) applicables.push({ record: { kind: 'fact', n, ...fact(n, ts) }, placement })
    types.add(event.type)
    if (patient !== undefined && patient !== '') count(patient, who, event)
    const truth = byStudy.get(study ?? '')
    if (truth !== undefined) {
      truth.acts += 1
      if (['obj.conflict', 'obj.refuse', 'obj.reject', 'study.damage'].includes(event.type)) truth.incidents += 1
    }
    n += 1
    return at
  }

  const instance = (at: number, study: string, key: string, sop: string, version: number): void => {
    const [issuer = '', patientId = ''] = key.split('|')
    const series = `${study}.1`
    const reader = openReader({ format: 'part10' })
    reader.push(
      fileOf({
        StudyInstanceUID: study,
        SeriesInstanceUID: series,
        SOPInstanceUID: sop,
        PatientID: patientId,
        IssuerOfPatientID: issuer,
        Modality: 'CT',
        StudyDate: '20200102',
      }),
    )
    const read = reader.end()
    applicables.push({
      placement,
      description: describe(read),
      record: {
        kind: 'instance',
        payload: [],
        header: {
          v: 1,
          n: at,
          study: uid(study),
          series: uid(series),
          instance: uid(sop),
          sopClass: CT_IMAGE_STORAGE,
          version,
          transferSyntax: read.transferSyntax,
          origin: 'stream',
          source: { door: 'c-store', address: '10.0.0.1', callingAet: 'CT1', actor: 'ae:CT1' },
          receivedAt: now(),
          ds: DS(at),
          length: 1000,
          dsStart: 100,
          leniencies: [],
        },
      },
    })
  }
  const arrival = (study: string, sop: string, ds: string, more: ArchiveEvent['detail'] = {}) => ({
    ds,
    door: 'c-store',
    ...more,
    objects: [
      { studyUid: study, seriesUid: `${study}.1`, sopClassUid: [CT_IMAGE_STORAGE], instanceUids: [sop], nInstances: 1 },
    ],
  })

  const arrive = (study: string, patient: string, fate: Fate, count_: number): number[] => {
    const arrived: number[] = []
    for (let at = 1; at <= count_; at += 1) {
      const sop = `${study}.1.${at}`
      const last = at === count_
      const about = { study, patient, action: 'C' } as const
      if (!(fate === 'lost' && last)) instance(n, study, patient, sop, 1)
      if (fate === 'unlogged' && last) {
        // Another act stands where its arrival is due.
        tell(CT1, { ...about, type: 'obj.receipt', detail: arrival(study, sop, DS(n)) })
        continue
      }
      const ds = fate === 'logged otherwise' && last ? DS(-1) : DS(n)
      arrived.push(tell(CT1, { ...about, type: 'obj.ingest', detail: arrival(study, sop, ds) }))
    }
    return arrived
  }

  const said = (fact: DispositionFact | HoldFact | RejectionFact): Json => JSON.parse(JSON.stringify(fact)) as Json
  const decide = (who: Principal, type: EventType, about: object, fact: DispositionFact, signature?: string): number =>
    tell(
      who,
      { ...about, type, detail: { disposition: said(fact), ...(signature !== undefined && { signature }) } },
      () => ({ type: 'dispose', text: dispositionText(fact) }),
    )
  const hold = (fact: HoldFact, type: EventType, about: object): number =>
    tell(PAULA, { ...about, type, detail: { hold: said(fact) } }, () => ({ type: 'hold', text: holdText(fact) }))
  const reject = (fact: RejectionFact, type: EventType, about: object): number =>
    tell(PEOPLE[0] as Principal, { ...about, type, detail: { rejection: said(fact) } }, () => ({
      type: 'reject',
      text: rejectionText(fact),
    }))

  const destroy = (truth: StudyTruth): void => {
    const { study, patient, fate, arrived } = truth
    const about = { study, patient }
    const deed = (by: string) => ({ v: 1, by, at: now() }) as const
    const governing = ['us.cms-482.26d']
    const id = decide(
      RITA,
      'disp.candidate',
      { ...about, action: 'C' },
      {
        ...deed('rita'),
        op: 'propose',
        reason: 'Its time is over.',
        studies: [{ study, eligibleOn: '2024-12-31', governing, acknowledged: [] }],
        papers: {},
        rules: 'ab',
      },
    )
    const approve = (who: Principal, step: 1 | 2) =>
      decide(
        who,
        'disp.approve',
        about,
        {
          ...deed(who.kind === 'user' ? who.name : ''),
          op: 'approve',
          disposition: id,
          step,
          reason: 'Agreed.',
          ...(step === 2 && { destroyFrom: now() }),
        },
        fate === 'destroyed unsigned' ? undefined : 'password',
      )
    approve(RUDI, 1)
    if (fate === 'called off') {
      decide(PAULA, 'disp.cancel', about, { ...deed('paula'), op: 'end', disposition: id, reason: 'Not now.' })
      return
    }
    approve(fate === 'destroyed by two' ? RITA : PAULA, 2)
    const placed =
      fate === 'destroyed under a hold'
        ? hold(
            { ...deed('paula'), op: 'place', matter: 'Case', reason: 'Claim.', studies: [study], patients: [] },
            'hold.place',
            about,
          )
        : undefined
    const instances = arrived.map((at, index) => [at, `${study}.1`, `${study}.1.${index + 1}`, DS(at)] as const)
    const tombstone = decide(
      ARCHIVE,
      'tombstone',
      { ...about, action: 'D' },
      {
        v: 1,
        op: 'destroy',
        disposition: id,
        study,
        studyDate: '20200102',
        modalities: 'CT',
        series: 1,
        instances,
        bytes: instances.length * 1000,
        manifest: createHash('sha256').update(manifestOf(instances)).digest('hex'),
        eligibleOn: '2024-12-31',
        governing,
        rules: 'ab',
        holdsChecked: now(),
        proposed: { by: 'rita', at: now() },
        approved: [],
        at: now(),
      },
    )
    if (fate !== 'destroyed, not done')
      decide(
        ARCHIVE,
        'disp.destroy',
        { ...about, action: 'D' },
        {
          v: 1,
          op: 'done',
          disposition: id,
          tombstone,
          study,
          copies: [{ where: 'vault', method: 'clear', objects: instances.length }],
          at: now(),
        },
      )
    if (placed === undefined) return
    for (const [op, type] of [
      ['ask', 'hold.ask'],
      ['keep', 'hold.keep'],
      ['ask', 'hold.ask'],
      ['release', 'hold.release'],
    ] as const)
      hold({ ...deed('paula'), op, hold: placed, reason: 'Settled.' }, type, about)
  }

  const befall = (truth: StudyTruth): void => {
    const { study, patient, fate, arrived } = truth
    const about = { study, patient }
    const [first = 0] = arrived
    const at = now()
    if (fate === 'read again' || fate === 'read and bad')
      tell(PAULA, {
        ...about,
        type: 'aud.110101',
        action: 'R',
        detail: {
          what: 'integrity report',
          read: { objects: arrived.length, upTo: arrived.at(-1) ?? 0, bad: fate === 'read again' ? [] : [first] },
        },
      })
    if (fate.startsWith('destroyed') || fate === 'called off') destroy(truth)
    if (fate.startsWith('rejected')) {
      const fact = { v: 1, study, by: 'marie', at, reason: 'Moved.' } as const
      const id = reject(
        { ...fact, op: 'reject', code: '113001', note: `${study}.9`, instances: [first] },
        'obj.reject',
        about,
      )
      if (fate === 'rejected and restored') reject({ ...fact, op: 'restore', rejection: id }, 'obj.restore', about)
    }
    if (fate === 'conflict') {
      const sop = `${study}.1.1`
      const other = n
      instance(other, study, patient, sop, 2)
      arrived.push(tell(CT1, { ...about, type: 'obj.ingest', action: 'C', detail: arrival(study, sop, DS(other)) }))
      tell(
        CT1,
        { ...about, type: 'obj.conflict', action: 'C', outcome: 4, detail: arrival(study, sop, DS(other)) },
        (_, ts) => ({
          type: 'conflict',
          text: JSON.stringify({ v: 1, study, instance: sop, kept: first, other, subject: sop, raisedAt: ts }),
        }),
      )
    }
    if (fate === 'refused')
      tell(CT1, { ...about, type: 'obj.refuse', action: 'C', outcome: 4, detail: { refused: 'DICOM_TRUNCATED' } })
    if (fate === 'damaged')
      tell(ARCHIVE, { ...about, type: 'study.damage', action: 'R', outcome: 8, detail: { files: 1, lost: 0 } })
    if (fate === 'sent again')
      tell(CT1, { ...about, type: 'obj.receipt', action: 'R', detail: arrival(study, `${study}.1.1`, DS(first)) })
  }

  tell(ARCHIVE, { type: 'log.open', action: 'C', detail: {} })
  for (let at = 0; at < patients * 2; at += 1) {
    const fate = FATES[at % FATES.length] ?? 'plain'
    const study = `2.25.${900_000 + at}`
    const patient = `HOSP|P${Math.floor(at / 2)}`
    const truth: StudyTruth = { study, patient, fate, arrived: [], acts: 0, incidents: 0 }
    studies.push(truth)
    byStudy.set(study, truth)
    truth.arrived.push(...arrive(study, patient, fate, 2 + below(random, 3)))
    befall(truth)
    if (applicables.length >= BATCH) await flush()
  }
  // Everybody else goes on working: every type of act there is.
  const rest = (Object.keys(SAMPLES) as EventType[]).filter((type) => !TOLD.has(type))
  const often: readonly EventType[] = ['aud.110103', 'aud.110112', 'aud.110104', 'aud.110103', 'aud.110112']
  for (let round = 0; n < events; round += 1) {
    const type = round < rest.length ? (rest[round] as EventType) : pick(random, round % 2 === 0 ? often : rest)
    const samples = SAMPLES[type]
    const [who, what] = samples[below(random, samples.length)] ?? []
    if (who === undefined || what === undefined) continue
    const truth = studies[below(random, studies.length)] as StudyTruth
    const { study: ofStudy, patient: ofPatient, detail, ...act } = what
    const about =
      ofStudy !== undefined
        ? { study: truth.study, patient: truth.patient }
        : ofPatient !== undefined
          ? { patient: truth.patient }
          : {}
    const actor = who.kind === 'job' ? who : pick(random, PEOPLE)
    const urgent = below(random, 20) === 0 && actor.kind === 'user'
    tell(actor, { ...act, ...about, type, detail: { ...detail, ...(urgent && { purposeOfUse: 'BTG' }) } })
    if (applicables.length >= BATCH) await flush()
  }
  await flush()
  return { events: n, types, studies, people, disclosures }
}

const pick = <T>(random: ReturnType<typeof seeded>, of: readonly T[]): T => of[below(random, of.length)] as T
