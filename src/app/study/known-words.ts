/** What people said of retention, as sentences. */
import type { ToldAnswer, ToldFacts } from '../../api/known.ts'
import { formatDate } from '../words/dates.ts'

const FOREVER = '9999-12-31'

/** A day of the API in words; an end that never comes as such. */
export const dayInWords = (iso: string): string =>
  iso === FOREVER ? 'without end' : formatDate(iso.replaceAll('-', ''))

/** The same of a last day. */
export const throughInWords = (iso: string): string => (iso === FOREVER ? 'without end' : `through ${dayInWords(iso)}`)

const SUSPENSION = 'suspension.'
const TAG = 'tag.'

/** One thing that was said: `The day of death: 31 Jan 2020`. */
export function factInWords(
  { name, value }: { readonly name: string; readonly value: string },
  dates: ToldFacts['dates'],
): string {
  if (name.startsWith(SUSPENSION)) {
    const from = dayInWords(name.slice(SUSPENSION.length))
    return value === 'open' ? `A claim since ${from}, not ended` : `A claim from ${from} to ${dayInWords(value)}`
  }
  if (name.startsWith(TAG)) return `Tag: ${name.slice(TAG.length)}`
  if (name === 'trial') return `In the trial ${value}`
  if (name === 'inpatient') return 'Of an inpatient'
  const says = dates.find((date) => date.name === name)?.says ?? name
  return `${says.charAt(0).toUpperCase()}${says.slice(1)}: ${/^\d{4}-\d{2}-\d{2}$/.test(value) ? dayInWords(value) : value}`
}

type DateOf = ToldAnswer['dates'][number]['was']

const until = ({ status, through }: DateOf): string => {
  if (through !== null) return throughInWords(through)
  return status === 'UNDETERMINED' ? 'until more is known' : 'without end'
}

/** What saying it does to one study. */
export function changeInWords({ was, now, floor }: ToldAnswer['dates'][number]): string {
  if (floor !== null)
    return `It would be kept shorter than promised, ${until(was)}: that stands until three people let it go.`
  return `Kept ${until(was)}, it is now kept ${until(now)}.`
}
