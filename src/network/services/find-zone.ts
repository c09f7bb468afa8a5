/**
 * Dates and times of C-FIND in the zone of the asker (timezone query adjustment, PS3.4 C.5.1.1 and C.4.1.1.3): where it was
 * negotiated and the identifier has Timezone Offset From UTC, keys are understood and answers given in that zone. Pure.
 *
 * An object's own dates are in the zone it states, else in that of this archive. Which it is shows only when it is found: the
 * archive is asked for two days more on each side, and what it gives is looked at again, to the microsecond.
 */
import type { Match } from '../../archive/archive.ts'
import { MOMENTS } from '../../archive/keys.ts'
import { type Tag, tagText } from '../../dicom/data-set.ts'
import {
  combinedRange,
  dateRange,
  formatOffset,
  normaliseDate,
  normaliseTime,
  parseOffset,
  type TextRange,
  timeRange,
} from '../../dicom/date-time.ts'
import { T } from '../../dicom/dictionary.ts'
import type { DicomJson, DicomJsonElement } from '../../dicom/json.ts'
import type { AskedFor } from './find-identifier.ts'

/** Minutes east of UTC here, on that day at that time. */
export type LocalZone = (date: string, time: string) => number

export interface Zoned {
  readonly asked: AskedFor
  keeps(found: DicomJson): boolean
  /** With its dates and times in the zone of the asker, and the zone. */
  turned(found: DicomJson): DicomJson
}

interface Moment {
  readonly date: string
  readonly time: string
}

interface Wanted {
  readonly tags: readonly [date: Tag, time: Tag]
  readonly dates: TextRange
  readonly times: TextRange | undefined
}

/** Undefined when the identifier states no zone: then everything is as it stands. */
export function inZoneOf(asked: AskedFor, local: LocalZone): Zoned | undefined {
  const offset = parseOffset(textIn(asked.keys.get(T.TimezoneOffsetFromUTC)))
  if (offset === undefined) return undefined
  const { query } = asked
  const wanted: Wanted[] = []
  const matches: Match[] = [...query.matches]
  for (const tags of MOMENTS) {
    const of = (tag: Tag) => matches.findIndex(({ path }) => path.length === 1 && path[0] === tag)
    const [dateAt, timeAt] = [of(tags[0]), of(tags[1])]
    // A time of no day, and what cannot be understood, is left to be matched, or refused, as it stands.
    const dates = dateAt < 0 ? undefined : dateRange(matches[dateAt]?.value ?? '')
    const times = timeAt < 0 ? undefined : timeRange(matches[timeAt]?.value ?? '')
    if (dates === undefined || (timeAt >= 0 && times === undefined)) continue
    wanted.push({ tags, dates, times })
    matches[dateAt] = { path: [tags[0]], value: `${daysOn(dates.from, -2)}-${daysOn(dates.to, 2)}` }
    if (timeAt >= 0) matches.splice(timeAt, 1)
  }
  const needed = [T.TimezoneOffsetFromUTC, ...wanted.flatMap(({ tags }) => tags)]
  const include = Array.isArray(query.include) ? [...new Set([...query.include, ...needed])] : query.include

  /** Of an answer, in the zone of the asker; the time is '' where only the day is known. */
  const momentOf = (found: DicomJson, [dateTag, timeTag]: readonly [Tag, Tag]): Moment | undefined => {
    const date = normaliseDate(textIn(found[tagText(dateTag)]))
    if (date === '') return undefined
    const time = normaliseTime(textIn(found[tagText(timeTag)]))
    if (time === '') return { date, time }
    const own = parseOffset(textIn(found[tagText(T.TimezoneOffsetFromUTC)])) ?? local(date, time)
    return shifted({ date, time }, offset - own)
  }

  return {
    asked: { ...asked, query: { ...query, matches, include } },
    keeps: (found) =>
      wanted.every(({ tags, dates, times }) => {
        const moment = momentOf(found, tags)
        if (moment === undefined) return false
        if (times === undefined) return within(dates, moment.date)
        if (moment.time === '') return false
        return query.combined === true
          ? within(combinedRange(dates, times), moment.date + moment.time)
          : within(dates, moment.date) && within(times, moment.time)
      }),
    turned: (found) => {
      const turned: Record<string, DicomJsonElement> = { ...found }
      for (const tags of MOMENTS) {
        const moment = momentOf(found, tags)
        if (moment === undefined || moment.time === '') continue
        turned[tagText(tags[0])] = { vr: 'DA', Value: [moment.date] }
        turned[tagText(tags[1])] = { vr: 'TM', Value: [asWritten(moment.time)] }
      }
      turned[tagText(T.TimezoneOffsetFromUTC)] = { vr: 'SH', Value: [formatOffset(offset)] }
      return turned
    },
  }
}

const within = ({ from, to }: TextRange, value: string): boolean =>
  (from === '' || value >= from) && (to === '' || value <= to)

function textIn(element: DicomJsonElement | undefined): string {
  const value = element?.Value?.[0]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** `HHMMSS`, and the fraction where there is one. */
function asWritten(time: string): string {
  const [whole = '', fraction = ''] = time.split('.')
  const kept = fraction.replace(/0+$/, '')
  return kept === '' ? whole : `${whole}.${kept}`
}

function daysOn(date: string, days: number): string {
  return date === '' ? '' : shifted({ date, time: '120000.000000' }, days * 24 * 60).date
}

/** @param time  `HHMMSS.FFFFFF` */
function shifted({ date, time }: Moment, minutes: number): Moment {
  const part = (text: string, from: number, to: number) => Number(text.slice(from, to))
  const day = new Date(0)
  day.setUTCFullYear(part(date, 0, 4), part(date, 4, 6) - 1, part(date, 6, 8))
  day.setUTCHours(part(time, 0, 2), part(time, 2, 4) + minutes, 0)
  const iso = day.toISOString()
  return {
    date: iso.slice(0, 10).replaceAll('-', ''),
    // Seconds and what is below them are the same in every zone; the sixtieth second stays one.
    time: iso.slice(11, 13) + iso.slice(14, 16) + time.slice(4),
  }
}
