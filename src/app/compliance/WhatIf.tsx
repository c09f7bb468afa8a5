/** What other rules would change, before anybody adopts them. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { RetentionCalendar } from '../../api/retention.ts'
import { calendarQuery, type OtherRules } from '../http/queries.ts'
import { ErrorState } from '../ui/states.tsx'
import { counted } from '../words/numbers.ts'
import styles from './Compliance.module.css'
import { differences } from './calendar-words.ts'
import type { Choice } from './RuleChoice.tsx'

export function WhatIf({ choice }: { readonly choice: Choice }) {
  const [asked, setAsked] = useState<OtherRules>()
  const now = useQuery(calendarQuery({}))
  const then = useQuery({ ...calendarQuery(asked ?? {}), enabled: asked !== undefined })
  const other: OtherRules = {
    jurisdictions: choice.jurisdictions.join(','),
    institution: choice.institution,
    instead: String(choice.instead),
  }
  const current = asked !== undefined && JSON.stringify(asked) === JSON.stringify(other)
  return (
    <div>
      <Button variant="default" loading={then.isFetching} onClick={() => setAsked(other)}>
        See what it would change
      </Button>
      <div aria-live="polite">
        {current && then.error && (
          <ErrorState error={then.error} what="what it would change" onRetry={() => void then.refetch()} />
        )}
        {current && now.data && then.data && <Difference now={now.data} then={then.data} />}
      </div>
    </div>
  )
}

function Difference({ now, then }: { readonly now: RetentionCalendar; readonly then: RetentionCalendar }) {
  const says = differences(now, then)
  return (
    <>
      {says.length === 0 ? (
        <p>It would change no study’s status. Dates may be others.</p>
      ) : (
        <ul>
          {says.map((words) => (
            <li key={words} className={styles.changed}>
              {words}
            </li>
          ))}
        </ul>
      )}
      <p className={styles.note}>Of {counted(then.all.studies, 'study', 'studies')}. Nothing was changed.</p>
    </>
  )
}
