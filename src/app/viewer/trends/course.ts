/** The reports of a patient as courses of lesions: what was measured of each at every examination. Pure. */
import type { FindingRow, Measurements } from '../../../api/measurements.ts'
import { CONCEPTS, type Coded, nameIn, ROLES, type RoleName, SITES, sameCode } from '../../../findings/codes.ts'
import { changeOf, daysBetween, doublingDays } from '../../../findings/growth.ts'
import { assess, type Found, type RecistLesion, type Course as Response } from '../../../findings/recist.ts'

export interface Visit {
  readonly study: string
  readonly date: string // YYYYMMDD or ''
  readonly description: string
}

export interface LesionCourse {
  readonly uid: string
  readonly name: string
  readonly site: Coded | undefined
  readonly role: RoleName | undefined
  /** Millimetres, one for each visit: longest diameter, of lymph nodes the short axis; undefined: not measured. */
  readonly sizes: readonly (number | undefined)[]
  /** The image it was measured on. */
  readonly images: readonly (string | undefined)[]
  /** Between the last two measurements. */
  readonly change: number | undefined
  readonly doubling: number | undefined
}

export interface Courses {
  readonly visits: readonly Visit[]
  readonly lesions: readonly LesionCourse[]
}

export function coursesOf({ reports }: Pick<Measurements, 'reports'>): Courses {
  const visits = [...Map.groupBy(reports, ({ study }) => study)].map(([study, of]): Visit => {
    const [first] = of
    return { study, date: first?.studyDate ?? '', description: first?.description ?? '' }
  })
  const found = new Map<string, { readonly finding: FindingRow; readonly visit: number }[]>()
  for (const report of reports)
    for (const finding of report.findings) {
      // Without a UID it cannot be followed; without a size there is no course.
      if (finding.trackingUid === '' || sizeOf(finding) === undefined) continue
      const visit = visits.findIndex(({ study }) => study === report.study)
      found.set(finding.trackingUid, [...(found.get(finding.trackingUid) ?? []), { finding, visit }])
    }
  const lesions = [...found].map(([uid, all]) => lesionOf(uid, all, visits))
  const measured = visits.map((_, at) => lesions.some(({ sizes }) => sizes[at] !== undefined))
  const kept = <Item>(items: readonly Item[]) => items.filter((_, at) => measured[at])
  return {
    visits: kept(visits),
    lesions: lesions
      .map((lesion) => ({ ...lesion, sizes: kept(lesion.sizes), images: kept(lesion.images) }))
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
  }
}

function lesionOf(
  uid: string,
  all: readonly { readonly finding: FindingRow; readonly visit: number }[],
  visits: readonly Visit[],
): LesionCourse {
  // As it was described last.
  const last = all.at(-1)?.finding
  const sizes = visits.map((_, at) => {
    const of = all.findLast(({ visit }) => visit === at)?.finding
    return of && sizeOf(of)
  })
  const images = visits.map((_, at) => all.findLast(({ visit }) => visit === at)?.finding.shapes[0]?.image.instance)
  const points = sizes.flatMap((size, at) => (size === undefined ? [] : [{ size, date: visits[at]?.date ?? '' }]))
  const [before, after] = points.slice(-2)
  const days = before && after ? daysBetween(before.date, after.date) : undefined
  return {
    uid,
    name: last?.trackingId ?? '',
    site: last?.site ?? undefined,
    role: nameIn(ROLES, last?.role ?? undefined),
    sizes,
    images,
    change: before && after ? changeOf(before.size, after.size) : undefined,
    doubling: before && after && days !== undefined ? doublingDays(before.size, after.size, days) : undefined,
  }
}

/** Millimetres: the long axis or the length; of lymph nodes the short axis (RECIST 1.1, 3.1). */
export function sizeOf({ measured, site }: FindingRow): number | undefined {
  const mm = (concept: Coded) =>
    measured.find((row) => sameCode(row.concept, concept) && row.unit.value === 'mm' && row.derivation === null)?.value
  const long = mm(CONCEPTS.longAxis) ?? mm(CONCEPTS.length)
  return sameCode(site ?? undefined, SITES.node) ? (mm(CONCEPTS.shortAxis) ?? long) : long
}

/** After RECIST 1.1, of what was said to be target, non-target or new; undefined while nothing was. */
export function responseOf({ visits, lesions }: Courses): Response | undefined {
  const followed = lesions.filter(({ role }) => role !== undefined)
  if (followed.length === 0 || visits.length === 0) return undefined
  return assess(
    followed.map(
      ({ name, site, role, sizes }): RecistLesion => ({
        name,
        role: role ?? 'nonTarget',
        node: sameCode(site, SITES.node),
        organ: site?.meaning ?? '',
        found: sizes.map((size): Found => (role === 'nonTarget' && size !== undefined && size > 0 ? 'present' : size)),
      }),
    ),
    visits.length,
  )
}
