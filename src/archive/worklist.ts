/**
 * The worklist and the study page: what the app lists and opens.
 */
import type { Context } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import { may } from '../compliance/access.ts'
import { type Uid, uid } from '../dicom/uid.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { SeriesSummary, StudySummary, WorklistAnswer, WorklistQuery } from './archive.ts'
import { type NamedPerson, personsNamed } from './persons/naming.ts'
import { openGuard, sightOf } from './restrictions/guard.ts'
import {
  type Place,
  type SeriesSummaryRow,
  type SummaryRow,
  seriesOfStudy,
  summaryOf,
  worklistPage,
} from './worklist.queries.ts'
import { readTerms } from './worklist-words.ts'

export interface WorklistParts {
  readonly db: Database
  readonly acts: Acts
}

const MOST = 500

export async function worklist(
  { db, acts }: WorklistParts,
  context: Context,
  query: WorklistQuery,
): Promise<WorklistAnswer> {
  await admit(acts, context, 'find')
  const limit = Math.max(1, Math.min(query.limit, MOST))
  const rows = await worklistPage(db, {
    terms: readTerms(query.words, context.now()),
    modality: query.modality === '' ? undefined : query.modality,
    from: query.from,
    to: query.to,
    studies: query.studies,
    after: query.cursor === undefined ? undefined : readCursor(query.cursor),
    sight: sightOf(context),
    limit: limit + 1,
  })
  const person = await personsNamed(db, rows)
  const studies = rows.slice(0, limit).map((row) => studySummary(row, person(row)))
  const last = rows.length > limit ? rows[limit - 1] : undefined
  const { words, modality, from, to, studies: only } = query
  await acts.event(
    context,
    {
      type: 'aud.110112',
      action: 'E',
      outcome: 0,
      detail: {
        worklist: { words, modality, from, to, studies: only, further: query.cursor !== undefined },
        results: studies.length,
      },
    },
    'soon',
  )
  return { studies, next: last && writeCursor(last) }
}

/** @throws {ArchiveError} `NOT_FOUND` */
export async function studyPage(
  { db, acts }: WorklistParts,
  context: Context,
  study: Uid,
): Promise<{ readonly study: StudySummary; readonly series: readonly SeriesSummary[] }> {
  await admit(acts, context, 'find')
  await openGuard({ db, acts }).study(context, study)
  const [row, series] = await Promise.all([summaryOf(db, study), seriesOfStudy(db, study)])
  await acts.event(
    context,
    {
      type: 'aud.110112',
      action: 'E',
      outcome: 0,
      study,
      detail: { studyPage: study, results: row === undefined ? 0 : 1 },
    },
    'soon',
  )
  // Of a study all of which is rejected only those who may see that are told.
  const hidden =
    row !== undefined && Number(row.instance_count) === 0 && !may(context.principal, 'rejected.see').allowed
  if (row === undefined || hidden) throw new ArchiveError('NOT_FOUND', { what: `study ${study}` })
  return {
    study: studySummary(row, (await personsNamed(db, [row]))(row)),
    series: series.filter(({ instance_count }) => Number(instance_count) > 0).map(seriesSummary),
  }
}

const studySummary = (row: SummaryRow, person: NamedPerson | undefined): StudySummary => ({
  study: uid(row.study_uid),
  patientKey: row.person_key,
  patientName: person?.name || row.patient_name,
  patientId: person?.id ?? row.patient_id,
  issuer: person?.issuer ?? row.issuer,
  birthDate: person?.birthDate || row.birth_date,
  sex: person?.sex || row.sex,
  receivedAs: person && { id: row.patient_id, issuer: row.issuer, name: row.patient_name },
  studyDate: row.study_date,
  studyTime: row.study_time,
  accession: row.accession,
  description: row.description,
  modalities: row.modalities === '' ? [] : row.modalities.split('\\'),
  series: Number(row.series_count),
  instances: Number(row.instance_count),
  bytes: Number(row.bytes),
  receivedLast: row.received_last,
})

const seriesSummary = (row: SeriesSummaryRow): SeriesSummary => ({
  series: uid(row.series_uid),
  modality: row.modality,
  number: row.series_number === null ? undefined : Number(row.series_number),
  description: row.description,
  bodyPart: row.body_part,
  instances: Number(row.instance_count),
  bytes: Number(row.bytes),
})

// The cursor says where the last page ended, so pages neither overlap nor skip when studies arrive in between.
const writeCursor = (row: SummaryRow): string =>
  Buffer.from(JSON.stringify([row.study_date, row.study_time, row.received_first, row.study_uid])).toString('base64url')

function readCursor(cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(place) && place.length === 4 && place.every((part) => typeof part === 'string')) {
      const [date, time, received, study] = place as [string, string, string, string]
      return { date, time, received, study }
    }
  } catch {
    // not JSON: answered below
  }
  throw new ArchiveError('BAD_REQUEST', { why: 'the cursor is not one of ours' })
}
