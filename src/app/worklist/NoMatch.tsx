/** Nothing matches: which filters are on, and one click to take each away. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { mayDo, useSession } from '../http/session.ts'
import { EmptyState } from '../ui/states.tsx'
import { dateFilterInWords } from './date-filter.ts'
import styles from './NoMatch.module.css'
import type { WorklistSearch } from './use-worklist.ts'

export interface NoMatchProps {
  readonly search: WorklistSearch
  readonly onChange: (change: Partial<WorklistSearch>) => void
}

export function NoMatch({ search, onChange }: NoMatchProps) {
  const ways: { readonly says: string; readonly change: Partial<WorklistSearch> }[] = []
  if (search.date) ways.push({ says: `any date (now ${dateFilterInWords(search.date)})`, change: { date: undefined } })
  if (search.modality) ways.push({ says: `any modality (now ${search.modality})`, change: { modality: undefined } })
  const words = (search.q ?? '').split(/\s+/).filter(Boolean)
  if (words.length > 1)
    for (const [at, word] of words.slice(0, 4).entries())
      ways.push({ says: `without “${word}”`, change: { q: words.toSpliced(at, 1).join(' ') } })

  const session = useSession()
  return (
    <EmptyState icon="search" title="No study matches">
      <p className={styles.text}>
        Each word may begin a name (in any script), a number or a description, or be a modality or a date: 2023,
        2023-03, 2020-2022, today.
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
      {mayDo(session, 'emergency') && !session?.open && (
        <p className={styles.text}>
          A patient may be restricted. In an emergency: <Link to="/emergency">emergency access</Link>.
        </p>
      )}
    </EmptyState>
  )
}
