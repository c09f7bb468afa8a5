/** Nothing matches: which filters are on, and one click to take each away. */
import { Button } from '@mantine/core'
import { EmptyState } from '../ui/states.tsx'
import { dateFilterInWords } from './date-filter.ts'
import styles from './NoMatch.module.css'
import type { Understood } from './search-words.ts'
import type { WorklistSearch } from './use-worklist.ts'

export interface NoMatchProps {
  readonly search: WorklistSearch
  readonly understood: Understood
  readonly onChange: (change: Partial<WorklistSearch>) => void
}

export function NoMatch({ search, understood, onChange }: NoMatchProps) {
  const ways: { readonly says: string; readonly change: Partial<WorklistSearch> }[] = []
  if (search.date) ways.push({ says: `any date (now ${dateFilterInWords(search.date)})`, change: { date: undefined } })
  if (search.modality) ways.push({ says: `any modality (now ${search.modality})`, change: { modality: undefined } })
  for (const meaning of [understood.dates, understood.modality])
    if (meaning) ways.push({ says: `without “${meaning.typed}”`, change: { q: without(search.q, meaning.typed) } })
  const words = understood.words.split(' ').filter(Boolean)
  if (words.length > 1)
    for (const word of words.slice(0, 4))
      ways.push({ says: `without “${word}”`, change: { q: without(search.q, word) } })

  return (
    <EmptyState icon="search" title="No study matches">
      <p className={styles.text}>
        Names may be written in any script, and a part of a word is enough from its start on.
      </p>
      <div className={styles.ways}>
        {ways.map(({ says, change }) => (
          <Button key={says} variant="default" onClick={() => onChange(change)}>
            Search {says}
          </Button>
        ))}
        <Button onClick={() => onChange({ q: undefined, modality: undefined, date: undefined })}>
          Show all studies
        </Button>
      </div>
    </EmptyState>
  )
}

function without(q: string | undefined, typed: string): string | undefined {
  const at = (q ?? '').indexOf(typed)
  const rest = at < 0 ? (q ?? '') : `${q?.slice(0, at)}${q?.slice(at + typed.length)}`
  return rest.replaceAll('""', '').replace(/\s+/g, ' ').trim() || undefined
}
