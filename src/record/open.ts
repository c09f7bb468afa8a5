/** Opens the record over the index: reads what one patient has, hands it to the pure part, and says that it was asked. */
import { setImmediate } from 'node:timers/promises'
import { zstdDecompressSync } from 'node:zlib'
import { admit } from '../archive/admit.ts'
import type { Archive } from '../archive/archive.ts'
import { heldAmong } from '../archive/holds.ts'
import { keysOf, personOf } from '../archive/persons/persons.queries.ts'
import type { Json } from '../base/canonical-json.ts'
import { type Context, nameOf } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import type { PriorWishes, StoredPriorRule } from '../compliance/prior-wishes.ts'
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
import { checkPriorRule, kindOf } from './prior-rules.ts'
import { relevantPriors, type Wanted } from './priors.ts'
import type { PatientRecord, PriorsAnswer, RecordStudy, TimelineAnswer } from './record.ts'

export interface RecordParts {
  readonly db: Database
  readonly archive: Pick<Archive, 'record' | 'inSight'>
  readonly wishes: PriorWishes
}

/** Images looked at for one answer, at most: beyond it rows alone tell. */
const MOST_LOOKS = 200

export function openRecord({ db, archive, wishes }: RecordParts): PatientRecord {
  const acts = { event: archive.record }
  /** Without what the asker may not see. */
  const seen: Seen = async (context, studies) => {
    const visible = await archive.inSight(
      context,
      studies.map(({ study }) => study),
    )
    return studies.filter(({ study }) => visible.has(study))
  }
  const priorsBy = (context: Context, study: Uid, rules: Wanted['rules']) =>
    priorsOf(
      db,
      study,
      (studies) => seen(context, studies),
      (current) => ({
        rules,
        preference: isPerson(context) ? wishes.preference(context.principal.id, study, kindOf(current)) : undefined,
      }),
    )
  const priors = async (context: Context, study: Uid, rules: Wanted['rules']): Promise<PriorsAnswer> => {
    const answer = await priorsBy(context, study, rules)
    await asked(archive, context, answer?.current, { priors: study, results: answer?.priors.length ?? 0 })
    if (answer === undefined) throw new ArchiveError('NOT_FOUND', { what: `study ${study}` })
    return answer
  }
  const changed = (context: Context, action: 'C' | 'U' | 'D', what: string, rule: StoredPriorRule) =>
    archive.record(
      context,
      { type: 'cfg.change', action, outcome: 0, detail: { what, rule: JSON.parse(JSON.stringify(rule)) as Json } },
      'now',
    )
  return {
    priors: async (context, study) => {
      await admit(acts, context, 'find')
      return priors(context, study, wishes.rules())
    },
    choosePrior: async (context, study, prior) => {
      await admit(acts, context, 'read')
      if (!isPerson(context)) throw new ArchiveError('BAD_REQUEST', { why: 'only a person has a choice' })
      const answer = await priors(context, study, wishes.rules())
      const person = context.principal.id
      if (prior === undefined) wishes.forget(person, study)
      else {
        const chosen = answer.earlier.find((one) => one.study === prior)
        if (chosen === undefined)
          throw new ArchiveError('BAD_REQUEST', { why: 'it is no earlier study of the same patient' })
        wishes.choose(person, { study, kind: kindOf(answer.current) }, { study: prior, kind: kindOf(chosen) })
      }
      return priors(context, study, wishes.rules())
    },
    priorRules: async (context) => {
      await admit(acts, context, 'priors.rules')
      return wishes.rules()
    },
    addPriorRule: async (context, rule) => {
      await admit(acts, context, 'priors.rules')
      checkPriorRule(rule)
      const added = wishes.add(rule, nameOf(context.principal))
      await changed(context, 'C', 'rule for priors added', added)
      return added
    },
    changePriorRule: async (context, id, rule) => {
      await admit(acts, context, 'priors.rules')
      checkPriorRule(rule)
      const now = wishes.change(id, rule, nameOf(context.principal))
      await changed(context, 'U', 'rule for priors changed', now)
      return now
    },
    removePriorRule: async (context, id) => {
      await admit(acts, context, 'priors.rules')
      await changed(context, 'D', 'rule for priors removed', wishes.remove(id))
    },
    tryPriorRule: async (context, study, rule) => {
      await admit(acts, context, 'priors.rules')
      await admit(acts, context, 'find')
      checkPriorRule(rule)
      const rules = wishes.rules()
      const others = rules.filter(({ id }) => id !== rule.id)
      return { now: await priors(context, study, rules), tried: await priors(context, study, [...others, rule]) }
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

/** Somebody with an account: devices and the archive itself have no choices of their own. */
const isPerson = (context: Context): context is Context & { readonly principal: { readonly kind: 'user' } } =>
  context.principal.kind === 'user'

async function priorsOf(
  db: Database,
  study: Uid,
  seen: SeenBy,
  wantedOf: (current: RecordStudy) => Wanted,
): Promise<PriorsAnswer | undefined> {
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
  const wanted = wantedOf(current)
  const sorted = relevantPriors(dated(current), same.map(dated), wanted)
  const priors = sorted.flatMap((prior) => {
    const of = same.find((one) => one.study === prior.study)
    return of === undefined ? [] : [{ ...prior, of }]
  })
  const earlier = same.filter((one) => one.studyDate !== '' && one.studyDate <= current.studyDate)
  const chosen = priors.find((one) => one.study === wanted.preference?.study)?.of.study
  return { current, priors, chosen, earlier, others: Math.max(0, earlier.length - priors.length), contradicted }
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
