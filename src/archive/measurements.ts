/**
 * Measurements that last: what a person measured becomes a structured report of the study (PS3.16 TID 1500), taken in by the
 * same way as everything else. Patient and study are copied from what the study is; the person who saves is its observer.
 */
import { zstdDecompressSync } from 'node:zlib'
import type { Context } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import { UIDS } from '../dicom/dictionary.ts'
import { fromDicomJson } from '../dicom/from-json.ts'
import type { Uid } from '../dicom/uid.ts'
import { readMeasurementReport, standing } from '../findings/read-report.ts'
import type { Finding, MeasurementReport } from '../findings/report.ts'
import { type Evidence, measurementReport } from '../findings/write-report.ts'
import type { Database } from '../storage/sql/database.ts'
import { oneAtATime } from '../storage/sql/one-at-a-time.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, Receipt } from './archive.ts'
import type { Intake } from './intake.ts'
import { makerIn, momentIn, newUid, takeIn } from './made-here.ts'
import { reportsOfStudy } from './measurements.queries.ts'
import { currentInstances } from './read.queries.ts'
import { studyAttributes } from './rejections.queries.ts'
import { openGuard } from './restrictions/guard.ts'

export interface MeasureAsk {
  readonly study: Uid
  readonly findings: readonly Finding[]
  /** SOP Instance UID of the report they were made from; undefined when there was none. */
  readonly basedOn: string | undefined
  readonly sign: boolean
  readonly conclusion: string
}

/** Structured reports that may hold measurements. */
const REPORT_CLASSES = [
  UIDS.EnhancedSRStorage,
  UIDS.ComprehensiveSRStorage,
  UIDS.Comprehensive3DSRStorage,
  UIDS.ExtensibleSRStorage,
] as const

/** Written here, and so ours to take the place of. */
export const isOwnReport = ({ maker }: Pick<MeasurementReport, 'maker'>): boolean => maker === 'Clearkeep'

/** The measurement reports of a study that stand, as they were taken in. */
export async function measurementReportsOf(db: Database, study: string): Promise<readonly MeasurementReport[]> {
  const rows = await reportsOfStudy(db, study, REPORT_CLASSES)
  const read = rows.flatMap(({ metadata }) => {
    const json: unknown = JSON.parse(zstdDecompressSync(metadata).toString())
    // Values too long for the index stay in the file; a report has none that matter here.
    const report = readMeasurementReport(fromDicomJson(json, { bulkData: () => NOTHING }))
    return report ? [report] : []
  })
  return standing(read)
}

const NOTHING = { kind: 'bytes', bytes: new Uint8Array(0) } as const

export function openMeasuring(
  { db, acts }: { readonly db: Database; readonly acts: Acts },
  intake: Pick<Intake, 'receive'>,
  random: (bytes: number) => Uint8Array,
): Pick<Archive, 'measure'> {
  // One after the other: of two that save at once the second is told.
  const inTurn = oneAtATime()
  return {
    measure: async (context, ask) => {
      await admit(acts, context, 'measure')
      await openGuard({ db, acts }).study(context, ask.study)
      return inTurn(() => save(context, ask))
    },
  }

  async function save(context: Context, { study, findings, basedOn, sign, conclusion }: MeasureAsk): Promise<Receipt> {
    const rows = await currentInstances(db, { study })
    if (rows.length === 0) throw new ArchiveError('NOT_FOUND', { what: `study ${study}` })
    const known = new Map(
      rows.map((row): [string, Evidence] => [
        row.sop_uid,
        { series: row.series_uid, instance: row.sop_uid, sopClass: row.sop_class_uid },
      ]),
    )
    const named = new Set(findings.flatMap(({ shapes }) => shapes.map(({ image }) => image.instance)))
    const evidence = [...named].map((instance) => {
      const found = known.get(instance)
      if (!found) throw new ArchiveError('NOT_FOUND', { what: `image ${instance} in study ${study}` })
      return found
    })
    const before = (await measurementReportsOf(db, study)).filter(isOwnReport).at(-1)
    if (before?.instance !== basedOn) throw new ArchiveError('MEASUREMENTS_CHANGED', { study })
    const { date, time } = momentIn(context.now())
    const observer = makerIn(context)
    const instance = newUid(random)
    const made = measurementReport({
      of: fromDicomJson(JSON.parse((await studyAttributes(db, study)) ?? '{}')),
      study,
      series: before?.series ?? newUid(random),
      instance,
      instanceNumber: rows.filter(({ series_uid }) => series_uid === before?.series).length + 1,
      date,
      time,
      observer,
      signed: sign ? { name: observer, at: date + time } : undefined,
      conclusion,
      // The images are named as they are here.
      findings: findings.map((finding) => ({
        ...finding,
        shapes: finding.shapes.map((shape) => ({
          ...shape,
          image: { ...shape.image, sopClass: known.get(shape.image.instance)?.sopClass ?? shape.image.sopClass },
        })),
      })),
      evidence,
      predecessors: before
        ? [{ series: before.series, instance: before.instance, sopClass: UIDS.ComprehensiveSRStorage }]
        : [],
    })
    const sopClass = UIDS.ComprehensiveSRStorage
    return takeIn(intake, context, { study, sopClass, instance, made })
  }
}
