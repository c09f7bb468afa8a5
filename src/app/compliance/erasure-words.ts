/** Requests for erasure as sentences. */
import type { Erasure } from '../../api/erasure.ts'
import { dayInWords } from '../study/known-words.ts'

type AskedStudy = Erasure['studies'][number]

/** What is, or was, answered of one study. */
export function findingInWords({ outcome, until, articles, rules, why, here }: AskedStudy): string {
  if (!here && outcome === 'candidate') return 'Put forward for destruction; not here any more.'
  if (outcome === 'candidate') return `May be proposed for destruction: ${why}.`
  if (outcome === 'open') return `Cannot be decided yet: ${why}.`
  const through = until === '' ? '' : ` through ${dayInWords(until)}`
  const by = rules.map(({ title, source }) => `${title} (${source})`).join('; ')
  return `Refused: kept${through}, ${by === '' ? why : by}. GDPR Art. ${articles.join(', ')}.`
}

/** How many days are left to answer; negative once the month is over. */
export const daysLeft = (answerBy: string, today: string): number =>
  Math.round((Date.parse(`${answerBy}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000)

export function deadlineInWords(answerBy: string, today: string): { readonly words: string; readonly late: boolean } {
  const days = daysLeft(answerBy, today)
  if (days < 0) return { words: `The month ended on ${dayInWords(answerBy)}`, late: true }
  return { words: `To be answered by ${dayInWords(answerBy)}${days <= 7 ? ` (${days} days)` : ''}`, late: false }
}
