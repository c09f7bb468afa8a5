/** Between what is drawn here and findings as reports hold them. */
import type { FindingRow } from '../../../api/measurements.ts'
import { CONCEPTS, type Coded, sameCode } from '../../../findings/codes.ts'
import type { ShownFrame } from '../frames/frame-source.ts'
import type { Place, Placed } from './drawing.ts'
import { graphicsOf, measuredOf } from './measured.ts'
import type { MeasureKind, Point } from './measurement.ts'

/** @param frame  needed for what is new or was changed; what was kept stays as it was */
export function findingOf(one: Placed, frame: ShownFrame | undefined, timePoint: string): FindingRow {
  const { lesion, place, kept } = one
  const described = {
    trackingId: lesion.name,
    trackingUid: lesion.uid,
    timePoint: kept?.timePoint || timePoint,
    site: lesion.site ?? null,
    role: lesion.role ?? null,
    comment: lesion.comment,
  }
  if (kept) return { ...described, shapes: kept.shapes, measured: kept.measured }
  const image = { sopClass: place.sopClass, instance: place.instance, frame: place.frame ?? null }
  return {
    ...described,
    shapes: graphicsOf(one).map(([graphic, points]) => ({
      graphic,
      points: points.map(([x, y]): [number, number] => [x, y]),
      image,
    })),
    measured: frame ? [...measuredOf(one, frame)] : [],
  }
}

/** As it is drawn again; undefined for what no tool of ours draws, and for what lies on no image. */
export function placedOf(finding: FindingRow, study: string): Omit<Placed, 'id'> | undefined {
  const [shape] = finding.shapes
  const drawn = shape && drawingOf(finding)
  if (!shape || !drawn) return undefined
  const [kind, points] = drawn
  const { sopClass, instance, frame } = shape.image
  const place: Place = { study, sopClass, instance, frame: frame ?? undefined }
  return {
    kind,
    points,
    place,
    lesion: {
      uid: finding.trackingUid,
      name: finding.trackingId,
      site: finding.site ?? undefined,
      role: finding.role ?? undefined,
      comment: finding.comment,
    },
    kept: { measured: finding.measured, shapes: finding.shapes, timePoint: finding.timePoint },
  }
}

function drawingOf({ shapes, measured, comment }: FindingRow): readonly [MeasureKind, readonly Point[]] | undefined {
  const [first, second] = shapes
  if (!first) return undefined
  const has = (concept: Coded) => measured.some((row) => sameCode(row.concept, concept))
  const { graphic, points } = first
  if (second) {
    const isAxes = has(CONCEPTS.longAxis) && shapes.every((shape) => shape.points.length === 2)
    return isAxes && shapes.length === 2 ? ['bidirectional', [...points, ...second.points]] : undefined
  }
  if (graphic === 'POINT') return ['probe', points]
  if (graphic === 'ELLIPSE') return ellipseOf(points)
  if (graphic !== 'POLYLINE') return undefined
  if (has(CONCEPTS.cobb) && points.length === 4) return ['cobb', points]
  if (has(CONCEPTS.angle) && points.length === 3) return ['angle', points]
  if (points.length === 2)
    return measured.length > 0 ? ['length', points] : comment === '' ? undefined : ['arrow', points]
  const last = points.at(-1)
  const closed = last?.[0] === points[0]?.[0] && last?.[1] === points[0]?.[1]
  return closed && points.length > 3 ? ['freehand', points.slice(0, -1)] : undefined
}

/** The box around an ellipse whose axes are level and upright; another one is no ellipse of ours. */
function ellipseOf(points: readonly Point[]): readonly [MeasureKind, readonly Point[]] | undefined {
  const [a, b] = points
  if (points.length !== 4 || !a || !b || (Math.abs(a[0] - b[0]) > 0.01 && Math.abs(a[1] - b[1]) > 0.01))
    return undefined
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  return [
    'ellipse',
    [
      [Math.min(...xs), Math.min(...ys)],
      [Math.max(...xs), Math.max(...ys)],
    ],
  ]
}

/** The next name nobody has: `L3`. */
export function nextName(names: readonly string[]): string {
  const numbers = names.map((name) => Number(/^L(\d+)$/.exec(name)?.[1] ?? 0))
  return `L${Math.max(0, ...numbers) + 1}`
}

/** A Tracking Unique Identifier: a random UUID as a number (PS3.5 B.2). */
export const newTrackingUid = (): string => `2.25.${BigInt(`0x${crypto.randomUUID().replaceAll('-', '')}`)}`
