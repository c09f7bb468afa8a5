/** What there is in each section of the desk and what waits for the person who looks; a click or a key leads there. */
import { useQuery } from '@tanstack/react-query'
import {
  calendarQuery,
  dispositionsQuery,
  erasuresQuery,
  holdsQuery,
  redactionsQuery,
  reductionsQuery,
  rulesQuery,
} from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { useShortcuts } from '../shell/keys.ts'
import { Mark } from '../ui/Mark.tsx'
import styles from './DeskSummary.module.css'
import {
  type AtAGlance,
  calendarAtAGlance,
  dispositionsAtAGlance,
  erasuresAtAGlance,
  holdsAtAGlance,
  redactionsAtAGlance,
  reductionsAtAGlance,
  rulesAtAGlance,
} from './desk-words.ts'

const lead = (element: HTMLElement | null): void => {
  element?.focus({ preventScroll: true })
  element?.scrollIntoView({ block: 'center' })
}

export function DeskSummary({ parts }: { readonly parts: readonly { readonly id: string; readonly title: string }[] }) {
  const glances = useGlances()
  useShortcuts('Compliance', [
    ...parts.map(({ id, title }, at) => ({
      keys: [String(at + 1)],
      does: title.toLowerCase(),
      run: () => lead(document.getElementById(id)),
    })),
    {
      keys: ['a'],
      does: 'the first step that waits for you',
      run: () => lead(document.querySelector<HTMLElement>('[data-waits="me"]')),
    },
  ])
  return (
    <nav aria-label="Sections of this page">
      <ol className={styles.parts}>
        {parts.map(({ id, title }, at) => (
          <li key={id}>
            <a
              href={`#${id}`}
              className={styles.part}
              onClick={(event) => {
                event.preventDefault()
                lead(document.getElementById(id))
              }}
            >
              <span className={styles.title}>
                {title} <kbd aria-hidden>{at + 1}</kbd>
              </span>
              <Glance glance={glances[id]} />
            </a>
          </li>
        ))}
      </ol>
    </nav>
  )
}

function Glance({ glance }: { readonly glance: AtAGlance | undefined }) {
  if (glance === undefined) return <span className={styles.words}>…</span>
  return (
    <span className={styles.words}>
      {glance.warns === true ? <Mark tone="warn">{glance.words}</Mark> : glance.words}
      {glance.waits > 0 && (
        <Mark tone="accent">
          {glance.waits} {glance.waits === 1 ? 'waits' : 'wait'} for you
        </Mark>
      )}
    </span>
  )
}

/** By section; undefined while it loads, or where it could not be had: the section itself says why. */
function useGlances(): Readonly<Record<string, AtAGlance | undefined>> {
  const session = useSession()
  const me = session?.user?.name ?? ''
  const may = (act: string): boolean => mayDo(session, act)
  const holds = useQuery(holdsQuery).data
  const dispositions = useQuery({ ...dispositionsQuery, enabled: may('disposition.see') }).data
  const erasures = useQuery({ ...erasuresQuery, enabled: may('erasure.see') }).data
  const rules = useQuery(rulesQuery).data
  const reductions = useQuery(reductionsQuery).data
  const calendar = useQuery(calendarQuery({})).data
  const redactions = useQuery({ ...redactionsQuery, enabled: may('redaction.see') }).data
  return {
    holds: holds && holdsAtAGlance(holds, me, may),
    destruction: dispositions && dispositionsAtAGlance(dispositions, me, may),
    erasures: erasures && erasuresAtAGlance(erasures, new Date().toISOString().slice(0, 10), may),
    rules: rules && rulesAtAGlance(rules, me, may),
    dates: reductions && reductionsAtAGlance(reductions, me, may),
    calendar: calendar && calendarAtAGlance(calendar),
    entries: redactions && redactionsAtAGlance(redactions, me, may),
  }
}
