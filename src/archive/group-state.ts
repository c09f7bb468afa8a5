/**
 * What the index holds about everything a group touches, read in the transaction the group is written in: two round
 * trips at most, the second only when a study seems to hold two patients.
 */
import type { Uid } from '../dicom/uid.ts'
import type { EventStatements } from '../ledger/events.queries.ts'
import type { CompiledQuery } from '../storage/sql/compiled.ts'
import type { Writer } from '../storage/sql/database.ts'
import type { SaltsTable } from '../storage/sql/schema.ts'
import { type Item, type KnownVersion, type State, type StudyPatients, saltKey, unrelated } from './decide.ts'
import type { IntakeStatements, StudyStateRow, VersionRow } from './intake.queries.ts'
import { type IndexState, seriesKey } from './project.ts'

interface Statements {
  readonly intake: IntakeStatements
  readonly events: EventStatements
}

const distinct = (values: Iterable<string>): string[] => [...new Set(values)]

/** For recovery, which decides nothing: the studies and series of these instances. */
export async function readIndexState(
  tx: Writer,
  { intake }: Pick<Statements, 'intake'>,
  keys: readonly { readonly study: string; readonly series: string }[],
): Promise<IndexState> {
  if (keys.length === 0) return { studies: new Map(), series: new Map() }
  const pairs = new Map(keys.map((key) => [seriesKey(key.study, key.series), key]))
  const [studies = [], ...series] = await tx.batch([
    intake.studies(distinct(keys.map(({ study }) => study))),
    ...[...pairs.values()].map((key) => intake.series(key.study, key.series)),
  ])
  return indexState(studies, series)
}

/** For a live group: that, and what `decide` must know. */
export async function readState(
  tx: Writer,
  { intake, events }: Statements,
  items: readonly Item[],
): Promise<{ readonly index: IndexState; readonly state: State }> {
  const arrivals = items.filter((item) => item.kind === 'arrival')
  const pairs = new Map(arrivals.map(({ header }) => [seriesKey(header.study, header.series), header]))
  const subjects = distinct(
    items.flatMap((item) =>
      item.kind === 'arrival'
        ? [item.header.study, item.patientKey]
        : [item.event.study ?? '', item.event.patient ?? ''],
    ),
  ).filter((id) => id !== '')

  const asked: CompiledQuery[] = []
  const ask = (query: CompiledQuery): number => asked.push(query) - 1
  const saltsAt = subjects.length === 0 ? -1 : ask(events.saltsOf(subjects))
  const versionsAt =
    arrivals.length === 0 ? -1 : ask(intake.versions(distinct(arrivals.map(({ header }) => header.instance))))
  const studiesAt =
    arrivals.length === 0 ? -1 : ask(intake.studies(distinct(arrivals.map(({ header }) => header.study))))
  const destroyedAt =
    arrivals.length === 0 ? -1 : ask(intake.destroyed(distinct(arrivals.map(({ header }) => header.study))))
  const seriesFrom = asked.length
  for (const header of pairs.values()) ask(intake.series(header.study, header.series))

  const rows = asked.length === 0 ? [] : await tx.batch(asked)
  const index = indexState(rows[studiesAt] ?? [], rows.slice(seriesFrom))
  const salts = new Map(
    ((rows[saltsAt] ?? []) as readonly SaltsTable[]).map(({ kind, id, salt }) => [
      saltKey(kind === 'study' ? 'study' : 'patient', id),
      salt,
    ]),
  )
  const versions = new Map<string, KnownVersion[]>()
  for (const row of (rows[versionsAt] ?? []) as readonly VersionRow[]) {
    const known = versions.get(row.sop_uid) ?? []
    known.push(knownVersion(row))
    versions.set(row.sop_uid, known)
  }
  const destroyed = new Set(
    ((rows[destroyedAt] ?? []) as readonly { study_uid: string }[]).map(({ study_uid }) => study_uid),
  )
  return { index, state: { versions, salts, destroyed, patients: await patients(tx, intake, arrivals, index) } }
}

/** Most arrivals belong to the patient their study shows; only for the others is it worth asking who showed it first. */
async function patients(
  tx: Writer,
  intake: IntakeStatements,
  arrivals: readonly { readonly header: { readonly study: string }; readonly patientKey: string }[],
  index: IndexState,
): Promise<ReadonlyMap<string, StudyPatients>> {
  const doubtful = distinct(
    arrivals
      .filter(({ header, patientKey }) => unrelated(index.studies.get(header.study)?.patient_key ?? '', patientKey))
      .map(({ header }) => header.study),
  )
  const keys = distinct([
    ...doubtful.map((study) => index.studies.get(study)?.patient_key ?? ''),
    ...arrivals.filter(({ header }) => doubtful.includes(header.study)).map(({ patientKey }) => patientKey),
  ])
  const [firsts = [], raised = [], owned = []] =
    doubtful.length === 0
      ? []
      : await tx.batch([intake.firstInstances(doubtful), intake.patientConflicts(doubtful), intake.personsOf(keys)])
  const persons = new Map(
    (owned as readonly { patient_key: string; person_key: string }[]).map((row) => [row.patient_key, row.person_key]),
  )
  const personOf = (key: string) => persons.get(key) ?? key
  const firstIds = new Map(
    (firsts as readonly { study_uid: string; first: number | string }[]).map((row) => [
      row.study_uid,
      Number(row.first),
    ]),
  )
  return new Map(
    [...index.studies].map(([study, row]) => [
      study,
      {
        key: row.patient_key,
        firstId: firstIds.get(study),
        settled: [
          ...(raised as readonly { study_uid: string; subject: string }[])
            .filter(({ study_uid }) => study_uid === study)
            .map(({ subject }) => subject),
          ...keys.filter((key) => personOf(key) === personOf(row.patient_key)),
        ],
      },
    ]),
  )
}

function indexState(studies: readonly unknown[], series: readonly (readonly unknown[])[]): IndexState {
  return {
    studies: new Map((studies as readonly StudyStateRow[]).map((row) => [row.study_uid, row])),
    series: new Map(
      (series.flat() as readonly { study_uid: string; series_uid: string; instance_count: number | string }[]).map(
        (row) => [seriesKey(row.study_uid, row.series_uid), Number(row.instance_count)],
      ),
    ),
  }
}

function knownVersion(row: VersionRow): KnownVersion {
  return {
    id: Number(row.id),
    version: Number(row.version),
    study: row.study_uid as Uid,
    series: row.series_uid as Uid,
    instance: row.sop_uid as Uid,
    sopClass: row.sop_class_uid,
    transferSyntax: row.transfer_syntax as Uid,
    ds: row.ds,
    segment: Number(row.segment),
    spool: row.spool,
    start: Number(row.start),
    length: Number(row.length),
    dsStart: Number(row.ds_start),
    rejected: REJECTED[Number(row.rejected ?? 0)] ?? 'no',
  }
}

const REJECTED = ['no', 'quality', 'expired', 'never again'] as const
