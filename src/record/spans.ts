/** How long before, as one says it: `14 months before`, `6 years before`. */

/** Two dates, YYYYMMDD, the earlier one first. */
export function spanInWords(from: string, to: string): string {
  const [a, b] = [parts(from), parts(to)]
  if (!a || !b) return ''
  const days = Math.round((Date.UTC(...b) - Date.UTC(...a)) / 86_400_000)
  if (days === 0) return 'the same day'
  const months = (b[0] - a[0]) * 12 + (b[1] - a[1]) - (b[2] < a[2] ? 1 : 0)
  if (days < 21) return `${counted(days, 'day')} before`
  if (months < 2) return `${counted(Math.round(days / 7), 'week')} before`
  if (months < 24) return `${counted(months, 'month')} before`
  return `${counted(Math.floor(months / 12), 'year')} before`
}

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

function parts(date: string): [year: number, month: number, day: number] | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)$/.exec(date)
  return found ? [Number(found[1]), Number(found[2]) - 1, Number(found[3])] : undefined
}
