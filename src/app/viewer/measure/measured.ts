/**
 * What follows from a drawing, as numbers with their meaning: what stands beside it, and what is kept. Values are of the pixels
 * as they came.
 */
import type { FindingRow } from '../../../api/measurements.ts'
import { CONCEPTS, type Coded, DERIVATIONS, UNITS } from '../../../findings/codes.ts'
import { asWritten } from '../../../findings/write-report.ts'
import type { ShownFrame } from '../frames/frame-source.ts'
import { calibrationOf } from './calibration.ts'
import {
  angleOf,
  cobbOf,
  ellipseArea,
  ellipseStatistics,
  lengthOf,
  type Measurement,
  outlineOf,
  outlineStatistics,
  type Point,
  type Statistics,
  valueAt,
} from './measurement.ts'

export type MeasuredRow = FindingRow['measured'][number]

export const valuesOf = ({ image, pixels }: ShownFrame) => ({ columns: image.columns, rows: image.rows, pixels })

export function measuredOf({ kind, points }: Measurement, frame: ShownFrame): readonly MeasuredRow[] {
  const calibration = calibrationOf(frame.ref.object.json, frame.ref.frame, points)
  const isMm = calibration.unit === 'mm'
  const lengthUnit = isMm ? UNITS.mm : UNITS.pixels
  const areaUnit = isMm ? UNITS.mm2 : UNITS.pixels
  const [first = [0, 0], second = first, third = second, fourth = third] = points
  const of = (concept: Coded, value: number | undefined, unit: Coded, derivation: Coded | null = null, shape = 0) =>
    value === undefined ? [] : [{ concept, value: asWritten(value), unit, derivation, shape }]
  switch (kind) {
    case 'length':
      return of(CONCEPTS.length, lengthOf(first, second, calibration), lengthUnit)
    case 'bidirectional': {
      const axes = [lengthOf(first, second, calibration), lengthOf(third, fourth, calibration)] as const
      // Whichever is longer is the long one, whatever was drawn first.
      const turned = axes[1] > axes[0] ? 1 : 0
      return [
        ...of(CONCEPTS.longAxis, axes[turned], lengthUnit, null, turned),
        ...of(CONCEPTS.shortAxis, axes[1 - turned], lengthUnit, null, 1 - turned),
      ]
    }
    case 'angle':
      return of(CONCEPTS.angle, angleOf(first, second, third, calibration), UNITS.deg)
    case 'cobb':
      return of(CONCEPTS.cobb, cobbOf(points, calibration), UNITS.deg)
    case 'ellipse':
      return [
        ...statisticsRows(ellipseStatistics(first, second, valuesOf(frame)), frame),
        ...of(CONCEPTS.area, ellipseArea(first, second, calibration), areaUnit),
      ]
    case 'freehand': {
      const { area, around } = outlineOf(points, calibration)
      return [
        ...statisticsRows(outlineStatistics(points, valuesOf(frame)), frame),
        ...of(CONCEPTS.area, area, areaUnit),
        ...of(CONCEPTS.perimeter, around, lengthUnit),
      ]
    }
    case 'probe': {
      const found = valueAt(first, valuesOf(frame))
      return found?.length === 1 ? of(valueConcept(frame).concept, found[0], valueConcept(frame).unit) : []
    }
    case 'arrow':
      return []
  }
}

function statisticsRows(found: Statistics | undefined, frame: ShownFrame): readonly MeasuredRow[] {
  if (!found) return []
  const { concept, unit } = valueConcept(frame)
  const row = (derivation: Coded, value: number): MeasuredRow => ({
    concept,
    value: asWritten(value),
    unit,
    derivation,
    shape: 0,
  })
  return [
    row(DERIVATIONS.mean, found.mean),
    row(DERIVATIONS.deviation, found.deviation),
    row(DERIVATIONS.least, found.least),
    row(DERIVATIONS.greatest, found.greatest),
  ]
}

const valueConcept = ({ facts }: ShownFrame): { readonly concept: Coded; readonly unit: Coded } =>
  facts.rescale?.unit === 'HU'
    ? { concept: CONCEPTS.attenuation, unit: UNITS.hu }
    : { concept: CONCEPTS.pixelValue, unit: UNITS.one }

/** The places it is drawn at, as reports have them (PS3.3 C.18.6.1.2). */
export function graphicsOf({
  kind,
  points,
}: Measurement): readonly (readonly [graphic: FindingRow['shapes'][number]['graphic'], points: readonly Point[]])[] {
  const [first = [0, 0], second = first, third = second, fourth = third] = points
  switch (kind) {
    case 'bidirectional':
      return [
        ['POLYLINE', [first, second]],
        ['POLYLINE', [third, fourth]],
      ]
    case 'ellipse': {
      const [cx, cy] = [(first[0] + second[0]) / 2, (first[1] + second[1]) / 2]
      const [rx, ry] = [Math.abs(second[0] - first[0]) / 2, Math.abs(second[1] - first[1]) / 2]
      const level: readonly Point[] = [
        [cx - rx, cy],
        [cx + rx, cy],
      ]
      const upright: readonly Point[] = [
        [cx, cy - ry],
        [cx, cy + ry],
      ]
      return [['ELLIPSE', rx >= ry ? [...level, ...upright] : [...upright, ...level]]]
    }
    case 'freehand':
      return [['POLYLINE', [...points, first]]]
    case 'probe':
      return [['POINT', [first]]]
    default:
      return [['POLYLINE', points]]
  }
}
