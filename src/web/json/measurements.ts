/** `/api/studies/{study}/measurements`: what was measured in a patient over time, and what is measured in a study now. */
import {
  type FindingRow,
  type MeasurementReportRow,
  Measurements,
  SavedMeasurements,
  SaveMeasurements,
} from '../../api/measurements.ts'
import type { Archive } from '../../archive/archive.ts'
import { isOwnReport } from '../../archive/measurements.ts'
import { may } from '../../compliance/access.ts'
import type { Finding, MeasurementReport } from '../../findings/report.ts'
import type { PatientRecord } from '../../record/record.ts'
import { type Route, route, uidParam } from '../routes.ts'
import { patientAddress } from './record.ts'

export function measurementRoutes(
  archive: Pick<Archive, 'measure'>,
  record: Pick<PatientRecord, 'measurements'>,
): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/studies/:study/measurements',
      act: 'read',
      says: 'Measurement reports (SR, TID 1500) of the patient, those that stand, in every study of the same person.',
      answers: [
        { status: 200, says: 'The reports, oldest study first.', shape: Measurements },
        { status: 404, says: 'There is no such study.' },
      ],
      handle: async (ask): Promise<Measurements> => {
        const { current, studies, contradicted } = await record.measurements(ask.context, uidParam(ask, 'study'))
        return {
          patient: current.patientKey === '' ? '' : patientAddress(current.patientKey),
          patientName: current.patientName,
          reports: studies.flatMap(({ of, reports }) =>
            reports.map((report) => reportRow(report, of.study, of.studyDate, of.description)),
          ),
          contradicted,
          maySave: may(ask.context.principal, 'measure').allowed,
        }
      },
    }),
    route({
      method: 'POST',
      url: '/api/studies/:study/measurements',
      act: 'measure',
      says: 'Keeps what is measured in a study as a structured report. It takes the place of the report it was made from.',
      body: SaveMeasurements,
      answers: [
        { status: 200, says: 'The report.', shape: SavedMeasurements },
        { status: 403, says: 'Not with this role.' },
        { status: 404, says: 'There is no such study, or no such image in it.' },
        { status: 409, says: 'Somebody saved in the meantime: nothing was kept.' },
      ],
      handle: async (ask): Promise<{ instance: string; series: string }> => {
        const { findings, basedOn, sign, conclusion } = ask.body
        const { key } = await archive.measure(ask.context, {
          study: uidParam(ask, 'study'),
          findings: findings.map(findingOf),
          basedOn: basedOn ?? undefined,
          sign,
          conclusion,
        })
        return { instance: key.instance, series: key.series }
      },
    }),
  ]
}

function reportRow(
  report: MeasurementReport,
  study: string,
  studyDate: string,
  description: string,
): MeasurementReportRow {
  const { series, instance, date, time, maker, observer, signed, conclusion, findings } = report
  return {
    study,
    studyDate,
    description,
    series,
    instance,
    date,
    time,
    maker,
    observer,
    signed: signed ?? null,
    conclusion,
    own: isOwnReport(report),
    findings: findings.map(rowOf),
  }
}

const rowOf = (finding: Finding): FindingRow => ({
  ...finding,
  trackingId: finding.trackingId || 'Unnamed',
  site: finding.site ?? null,
  role: finding.role ?? null,
  shapes: finding.shapes.map(({ graphic, points, image }) => ({
    graphic,
    points: points.map(([x, y]): [number, number] => [x, y]),
    image: { ...image, frame: image.frame ?? null },
  })),
  measured: finding.measured.map((one) => ({
    ...one,
    derivation: one.derivation ?? null,
    shape: one.shape ?? null,
  })),
})

const findingOf = (row: FindingRow): Finding => ({
  ...row,
  site: row.site ?? undefined,
  role: row.role ?? undefined,
  shapes: row.shapes.map((shape) => ({
    ...shape,
    // Graphic Data are single floats (PS3.3 C.18.6.1.2).
    points: shape.points.map(([x, y]): readonly [number, number] => [Math.fround(x), Math.fround(y)]),
    image: { ...shape.image, frame: shape.image.frame ?? undefined },
  })),
  measured: row.measured.map((one) => ({
    ...one,
    derivation: one.derivation ?? undefined,
    shape: one.shape ?? undefined,
  })),
})
