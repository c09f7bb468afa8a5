/** Reads a measurement report (PS3.16 TID 1500), ours or another maker's, as far as the template goes. */
import type { DataSet } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import { item, items, number, numbers, text } from '../dicom/values.ts'
import type { Coded } from './codes.ts'
import type { Finding, Measured, MeasurementReport, Point, Shape } from './report.ts'

/** Deeper content is not looked at. */
const DEEPEST = 12

/** Undefined for a document that is no measurement report. */
export function readMeasurementReport(dataSet: DataSet): MeasurementReport | undefined {
  const title = codeOf(item(dataSet, T.ConceptNameCodeSequence))
  const content = items(dataSet, T.ContentSequence)
  const measurements = content.filter((one) => isNamed(one, '126010'))
  if (title?.value !== '126000' && measurements.length === 0) return undefined
  const verified =
    text(dataSet, T.VerificationFlag) === 'VERIFIED' ? item(dataSet, T.VerifyingObserverSequence) : undefined
  return {
    study: text(dataSet, T.StudyInstanceUID),
    series: text(dataSet, T.SeriesInstanceUID),
    instance: text(dataSet, T.SOPInstanceUID),
    date: text(dataSet, T.ContentDate),
    time: text(dataSet, T.ContentTime),
    maker: text(dataSet, T.Manufacturer),
    observer: content.map((one) => (isNamed(one, '121008') ? text(one, T.PersonName) : '')).find(Boolean) ?? '',
    signed: verified && {
      name: text(verified, T.VerifyingObserverName),
      at: text(verified, T.VerificationDateTime),
    },
    conclusion: conclusionIn(content),
    predecessors: items(dataSet, T.PredecessorDocumentsSequence).flatMap((study) =>
      items(study, T.ReferencedSeriesSequence).flatMap((series) =>
        items(series, T.ReferencedSOPSequence).map((of) => text(of, T.ReferencedSOPInstanceUID)),
      ),
    ),
    findings: measurements.flatMap((one) => groupsIn(one, 0)),
  }
}

function conclusionIn(content: readonly DataSet[]): string {
  const evaluations = content.find((one) => isNamed(one, 'C0034375'))
  const said = evaluations && items(evaluations, T.ContentSequence).find((one) => isNamed(one, '121077'))
  return said ? text(said, T.TextValue) : ''
}

function groupsIn(of: DataSet, depth: number): readonly Finding[] {
  if (depth > DEEPEST) return []
  return items(of, T.ContentSequence).flatMap((one) =>
    isNamed(one, '125007') ? [readGroup(one)] : groupsIn(one, depth + 1),
  )
}

function readGroup(group: DataSet): Finding {
  const content = items(group, T.ContentSequence)
  const named = (...codes: readonly string[]) => content.find((one) => codes.some((code) => isNamed(one, code)))
  const textOf = (...codes: readonly string[]) => {
    const found = named(...codes)
    return found ? text(found, T.TextValue) : ''
  }
  const uid = named('112040')
  const shapes: Shape[] = []
  const add = (from: DataSet | undefined): number | undefined => {
    const shape = from && readShape(from)
    if (!shape) return undefined
    const known = shapes.findIndex((one) => sameShape(one, shape))
    return known >= 0 ? known : shapes.push(shape) - 1
  }
  const measured: Measured[] = []
  let comment = ''
  for (const one of content) {
    const type = text(one, T.ValueType)
    if (type === 'SCOORD') add(one)
    if (type === 'NUM') {
      const value = readNumber(one)
      if (value) measured.push({ ...value, shape: add(items(one, T.ContentSequence).find(isShape)) })
    }
    if (isNamed(one, '121106')) {
      comment = text(one, T.TextValue)
      add(items(one, T.ContentSequence).find(isShape))
    }
  }
  const trackingId = textOf('112039')
  const role = named('121071')
  const site = named('363698007', 'G-C0E3')
  // Where numbers name no place, they are of the one place there is.
  const [only] = shapes.length === 1 ? [0] : []
  return {
    trackingId,
    trackingUid: uid ? text(uid, T.UID) : '',
    timePoint: textOf('C2348792'),
    site: codeOf(site && item(site, T.ConceptCodeSequence)),
    role: codeOf(role && item(role, T.ConceptCodeSequence)),
    comment: comment === trackingId ? '' : comment,
    shapes,
    measured: measured.map((one) => ({ ...one, shape: one.shape ?? only })),
  }
}

function readNumber(content: DataSet): Omit<Measured, 'shape'> | undefined {
  const given = item(content, T.MeasuredValueSequence)
  const concept = codeOf(item(content, T.ConceptNameCodeSequence))
  const value = given && number(given, T.NumericValue)
  if (!given || !concept || value === undefined) return undefined
  const derivation = items(content, T.ContentSequence).find((one) => isNamed(one, '121401'))
  return {
    concept,
    value,
    unit: codeOf(item(given, T.MeasurementUnitsCodeSequence)) ?? { value: '1', scheme: 'UCUM', meaning: 'no units' },
    derivation: codeOf(derivation && item(derivation, T.ConceptCodeSequence)),
  }
}

const isShape = (content: DataSet): boolean => text(content, T.ValueType) === 'SCOORD'

const GRAPHICS = ['POINT', 'MULTIPOINT', 'POLYLINE', 'CIRCLE', 'ELLIPSE'] as const

function readShape(content: DataSet): Shape | undefined {
  const said = text(content, T.GraphicType)
  const graphic = GRAPHICS.find((one) => one === said)
  const flat = numbers(content, T.GraphicData)
  const image = items(content, T.ContentSequence).find((one) => text(one, T.ValueType) === 'IMAGE')
  const of = image && item(image, T.ReferencedSOPSequence)
  if (!graphic || !of || flat.length < 2 || flat.length % 2 !== 0) return undefined
  const points = Array.from({ length: flat.length / 2 }, (_, at): Point => [flat[at * 2] ?? 0, flat[at * 2 + 1] ?? 0])
  return {
    graphic,
    points,
    image: {
      sopClass: text(of, T.ReferencedSOPClassUID),
      instance: text(of, T.ReferencedSOPInstanceUID),
      frame: number(of, T.ReferencedFrameNumber),
    },
  }
}

const sameShape = (a: Shape, b: Shape): boolean =>
  a.graphic === b.graphic &&
  a.image.instance === b.image.instance &&
  a.image.frame === b.image.frame &&
  a.points.length === b.points.length &&
  a.points.every(([x, y], at) => x === b.points[at]?.[0] && y === b.points[at]?.[1])

const isNamed = (content: DataSet, value: string): boolean =>
  codeOf(item(content, T.ConceptNameCodeSequence))?.value === value

function codeOf(of: DataSet | undefined): Coded | undefined {
  if (!of) return undefined
  const value = text(of, T.CodeValue) || text(of, T.LongCodeValue)
  return value === ''
    ? undefined
    : { value, scheme: text(of, T.CodingSchemeDesignator), meaning: text(of, T.CodeMeaning) }
}

/** Reports that none of the others takes the place of. */
export function standing(reports: readonly MeasurementReport[]): readonly MeasurementReport[] {
  const replaced = new Set(reports.flatMap(({ predecessors }) => predecessors))
  return reports.filter(({ instance }) => !replaced.has(instance))
}
