/** Opens the record over the index: reads what one patient has, hands it to the pure part, and says that it was asked. */
import { setImmediate } from 'node:timers/promises'
import { zstdDecompressSync } from 'node:zlib'
import { admit } from '../archive/admit.ts'
import type { Archive } from '../archive/archive.ts'
import { heldAmong } from '../archive/holds.ts'
import { keysOf, personOf } from '../archive/persons/persons.queries.ts'
import type { Context } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import type { DicomJson } from '../dicom/json.ts'
import { type Uid, uid } from '../dicom/uid.ts'
import type { Database } from '../storage/sql/database.ts'
import { hasImages, leavesOpen, studyWords } from './facts.ts'
import {
  firstImages,
  type HistoryRow,
  type HistorySeriesRow,
  rejectedOfPatient,
  seriesOfOne,
  seriesOfPatient,
  studiesOfPatient,
  studyOf,
} from './history.queries.ts'
import { contradictionOf, contradictionsAmong } from './identity.ts'
import { type MeasurementsAnswer, measuredStudies } from './measurements.ts'
import { normalise } from './normalise.ts'
import { relevantPriors } from './priors.ts'
import type { PatientRecord, PriorsAnswer, RecordStudy, TimelineAnswer } from './record.ts'

export interface RecordParts {
  readonly db: Database
  readonly archive: Pick<Archive, 'record' | 'inSight'>
}

/** Images looked at for one answer, at most: beyond it rows alone tell. */
const MOST_LOOKS = 200

export function openRecord({ db, archive }: RecordParts): PatientRecord {
  const acts = { event: archive.record }
  /** Without what the asker may not see. */
  const seen: Seen = async (context, studies) => {
    const visible = await archive.inSight(
      context,
      studies.map(({ study }) => study),
    )
    return studies.filter(({ study }) => visible.has(study))
  }
  return {
    priors: async (context, study) => {
      await admit(acts, context, 'find')
      const answer = await priorsOf(db, study, (studies) => seen(context, studies))
      await asked(archive, context, answer?.current, {
        priors: study,
        results: answer?.priors.length ?? 0,
      })
      if (answer === undefined) throw new ArchiveError('NOT_FOUND', { what: `study ${study}` })
      return answer
    },
    timeline: async (context, key) => {
      await admit(acts, context, 'find')
      const patientKey = await personOf(db, key)
      const studies = patientKey === '' ? [] : await seen(context, await historyOf(db, patientKey))
      await asked(archive, context, studies[0], { timeline: patientKey, results: studies.length })
      if (studies.length === 0) throw new ArchiveError('NOT_FOUND', { what: 'such patient' })
      const held = await heldAmong(
        db,
        patientKey,
        studies.map(({ study }) => study),
        context.now(),
      )
      const hidden = await rejectedOfPatient(db, patientKey)
      return {
        patientKey,
        keys: await keysOf(db, patientKey),
        studies,
        contradictions: contradictionsAmong(studies),
        held,
        rejected: (
          await archive.inSight(
            context,
            hidden.filter(({ instance_count }) => instance_count === 0).map(({ study_uid }) => study_uid),
          )
        ).size,
      } satisfies TimelineAnswer
    },
    measurements: async (context, study) => {
      await admit(acts, context, 'read')
      const answer = await measurementsOf(db, study, (studies) => seen(context, studies))
      await asked(archive, context, answer?.current, {
        measurements: study,
        results: answer?.studies.length ?? 0,
      })
      if (answer === undefined) throw new ArchiveError('NOT_FOUND', { what: `study ${study}` })
      return answer
    },
  }
}

function asked(
  archive: Pick<Archive, 'record'>,
  context: Context,
  of: RecordStudy | undefined,
  detail: Readonly<Record<string, string | number>>,
): Promise<void> {
  const study = detail['priors'] ?? detail['measurements']
  return archive.record(
    context,
    {
      type: 'aud.110112',
      action: 'E',
      outcome: 0,
      ...(typeof study === 'string' && { study }),
      ...(of !== undefined && of.patientKey !== '' && { patient: of.patientKey }),
      detail,
    },
    'soon',
  )
}

type Seen = (context: Context, studies: readonly RecordStudy[]) => Promise<readonly RecordStudy[]>
type SeenBy = (studies: readonly RecordStudy[]) => Promise<readonly RecordStudy[]>

async function priorsOf(db: Database, study: Uid, seen: SeenBy): Promise<PriorsAnswer | undefined> {
  const row = await studyOf(db, study)
  if (row === undefined) return undefined
  const history = await seen(
    row.person_key === ''
      ? await recordStudies(db, [row], await seriesOfOne(db, study))
      : await historyOf(db, row.person_key),
  )
  const current = history.find((one) => one.study === study)
  if (current === undefined) return undefined
  const others = history.filter((one) => one.study !== study)
  const contradicted = others.flatMap((one) => {
    const why = contradictionOf(current, one)
    return why === undefined ? [] : [{ study: one.study, why }]
  })
  const same = others.filter((one) => !contradicted.some((other) => other.study === one.study))
  const dated = (one: RecordStudy) => ({ ...one, date: one.studyDate, time: one.studyTime })
  const chosen = relevantPriors(dated(current), same.map(dated))
  const priors = chosen.flatMap((prior) => {
    const of = same.find((one) => one.study === prior.study)
    return of === undefined ? [] : [{ ...prior, of }]
  })
  const earlier = same.filter((one) => one.studyDate !== '' && one.studyDate <= current.studyDate)
  return { current, priors, others: Math.max(0, earlier.length - priors.length), contradicted }
}

async function measurementsOf(db: Database, study: Uid, seen: SeenBy): Promise<MeasurementsAnswer | undefined> {
  const row = await studyOf(db, study)
  if (row === undefined) return undefined
  const history = await seen(
    row.person_key === ''
      ? await recordStudies(db, [row], await seriesOfOne(db, study))
      : await historyOf(db, row.person_key),
  )
  const current = history.find((one) => one.study === study)
  return current && measuredStudies(db, current, history)
}

async function historyOf(db: Database, patientKey: string): Promise<readonly RecordStudy[]> {
  const [studies, series, hidden] = await Promise.all([
    studiesOfPatient(db, patientKey),
    seriesOfPatient(db, patientKey),
    rejectedOfPatient(db, patientKey),
  ])
  return recordStudies(db, studies, series, new Map(hidden.map((row) => [row.study_uid, row.rejected])))
}

async function recordStudies(
  db: Database,
  studies: readonly HistoryRow[],
  series: readonly HistorySeriesRow[],
  rejected: ReadonlyMap<string, number> = new Map(),
): Promise<readonly RecordStudy[]> {
  const byStudy = Map.groupBy(series, ({ study_uid }) => study_uid)
  const found: RecordStudy[] = []
  let looks = 0
  for (const row of studies) {
    const own = byStudy.get(row.study_uid) ?? []
    let facts = normalise(studyWords(row, own))
    if (leavesOpen(facts) && looks < MOST_LOOKS) {
      looks += own.length
      const images = await firstImages(db, row.study_uid)
      facts = normalise(studyWords(row, own, new Map(images.map((one) => [one.series_uid, read(one.metadata)]))))
      await setImmediate() // sockets are served meanwhile
    }
    found.push({
      ...facts,
      study: uid(row.study_uid),
      patientKey: row.person_key,
      patientName: row.patient_name,
      patientId: row.patient_id,
      issuer: row.issuer,
      birthDate: row.birth_date,
      sex: row.sex,
      studyDate: row.study_date,
      studyTime: row.study_time,
      accession: row.accession,
      description: row.description,
      modalities: row.modalities === '' ? [] : row.modalities.split('\\'),
      seriesCount: Number(row.series_count),
      instances: Number(row.instance_count),
      bytes: Number(row.bytes),
      receivedLast: row.received_last,
      images: hasImages(own),
      rejected: rejected.get(row.study_uid) ?? 0,
    })
  }
  return found
}

const read = (metadata: Uint8Array): DicomJson => JSON.parse(zstdDecompressSync(metadata).toString()) as DicomJson
