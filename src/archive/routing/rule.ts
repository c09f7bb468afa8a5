/**
 * Does a rule of routing hold for an arrival? Attributes are matched as in queries (PS3.4 C.2.2.2), so whoever can search can
 * write a rule. Pure.
 */
import { ArchiveError } from '../../base/errors.ts'
import type { RouteRule } from '../../compliance/routes.ts'
import { tagText } from '../../dicom/data-set.ts'
import { lookUp, T, tagOf } from '../../dicom/dictionary.ts'
import type { DicomJson } from '../../dicom/json.ts'
import { readWanted, satisfiesPath, type Wanted } from '../matching.ts'

export interface Arrived {
  /** Of the object's `obj.ingest` leaf. */
  readonly n: number
  readonly study: string
  readonly series: string
  readonly instance: string
  readonly receivedAt: string
  readonly door: string
  /** AE title of who sent it; '' by other doors. */
  readonly from: string
  readonly attributes: DicomJson
}

export type Rule = (arrived: Arrived) => boolean

/** @throws {ArchiveError} `ROUTE_INVALID` for an attribute there is not, or a value it cannot have */
export function readRule({ attributes, from, doors, hours }: RouteRule): Rule {
  const tests = attributes.map(({ keyword, value }) => {
    const tag = tagOf(keyword)
    const vr = tag === undefined ? undefined : lookUp(tag)?.vr
    if (tag === undefined || vr === undefined)
      throw new ArchiveError('ROUTE_INVALID', { why: `there is no attribute ${keyword.slice(0, 64)}` })
    return { tag, wanted: wantedOf(vr, value, keyword) }
  })
  const senders = from.map((title) => wantedOf('AE', title, 'calling AE title'))
  return (arrived) =>
    tests.every(({ tag, wanted }) => satisfiesPath(wanted, [tag], arrived.attributes)) &&
    (senders.length === 0 || senders.some((wanted) => satisfiesPath(wanted, [AET], textAt(arrived.from)))) &&
    (doors.length === 0 || doors.some((door) => door === arrived.door)) &&
    (hours === undefined || within(hours, new Date(arrived.receivedAt)))
}

function wantedOf(vr: Parameters<typeof readWanted>[0], value: string, keyword: string): Wanted {
  try {
    return readWanted(vr, value, false, keyword)
  } catch (thrown) {
    if (thrown instanceof ArchiveError) throw new ArchiveError('ROUTE_INVALID', { why: thrown.fact }, { cause: thrown })
    throw thrown
  }
}

/** Any attribute does: an AE title is matched as one of its value representation is. */
const AET = T.RetrieveAETitle
const textAt = (value: string): DicomJson => ({ [tagText(AET)]: { vr: 'AE', Value: value === '' ? [] : [value] } })

/** Over midnight when it ends before it begins; the day is the one it began on. */
function within({ days, from, until }: NonNullable<RouteRule['hours']>, at: Date): boolean {
  const time = `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`
  const on = (day: number) => days.length === 0 || days.includes((day + 7) % 7)
  if (from === until) return on(at.getDay())
  if (from < until) return on(at.getDay()) && time >= from && time < until
  return time >= from ? on(at.getDay()) : time < until && on(at.getDay() - 1)
}
