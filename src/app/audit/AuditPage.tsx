/** Who did what: the audit log in sentences. What is asked for lives in the address; asking is itself journaled. */
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import type { AuditEntry } from '../../api/audit.ts'
import { auditPath, auditQuery, waitingWarningsQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Page } from '../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import styles from './AuditPage.module.css'
import { type AuditFilter, KINDS, momentOf } from './audit-filter.ts'

export function AuditPage() {
  const session = useSession()
  const filter: AuditFilter = useSearch({ from: '/shell/audit' })
  const { data: warnings = 0 } = useQuery({ ...waitingWarningsQuery, enabled: mayDo(session, 'lookout.see') })
  const { from, to, ...asked } = filter
  const question = { ...asked, from: momentOf(from, 0), until: momentOf(to, 1) }
  const found = useInfiniteQuery(auditQuery(question))
  const events = found.data?.pages.flatMap((page) => page.events)
  return (
    <Page
      title="Audit"
      about="Who did what, newest first. Looking here is itself an entry of the log."
      actions={
        <>
          <Button component="a" variant="default" href={auditPath('/api/audit.csv', question)} download="audit.csv">
            Download as CSV
          </Button>
          <Link className={styles.link} to="/audit/lookouts">
            {warnings === 0 ? 'Lookouts' : `Lookouts: ${counted(warnings, 'warning')}`}
          </Link>
        </>
      }
    >
      <Filters filter={filter} />
      {events === undefined ? (
        found.error ? (
          <ErrorState error={found.error} what="the audit log" onRetry={() => void found.refetch()} />
        ) : (
          <SkeletonRows rows={10} />
        )
      ) : events.length === 0 ? (
        <EmptyState icon="search" title={found.hasNextPage ? 'Nothing that fits so far' : 'Nothing was done that fits'}>
          {found.hasNextPage ? (
            <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              Look further back
            </Button>
          ) : (
            'Another spelling of the name, or a longer time, may find more.'
          )}
        </EmptyState>
      ) : (
        <>
          <Events events={events} />
          {found.hasNextPage && (
            <Button
              className={styles.more}
              variant="default"
              loading={found.isFetchingNextPage}
              onClick={() => void found.fetchNextPage()}
            >
              Show older
            </Button>
          )}
        </>
      )}
    </Page>
  )
}

/** Asked for when sent, not with every letter: each question is an entry of the log. */
function Filters({ filter }: { readonly filter: AuditFilter }) {
  const navigate = useNavigate()
  const session = useSession()
  const [draft, setDraft] = useState(filter)
  useEffect(() => setDraft(filter), [filter])
  const field = (name: keyof AuditFilter) => ({
    value: draft[name] ?? '',
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setDraft((before) => ({ ...before, [name]: value === '' ? undefined : value })),
  })
  const send = (event: FormEvent) => {
    event.preventDefault()
    void navigate({ to: '/audit', search: draft })
  }
  return (
    <form className={styles.filters} aria-label="Search the audit log" onSubmit={send}>
      <TextInput label="Who" placeholder="Login name or AE title" {...field('who')} />
      <TextInput label="Patient ID" {...field('patient')} />
      <NativeSelect
        label="What"
        data={[{ value: '', label: 'Anything' }, ...Object.entries(KINDS).map(([value, label]) => ({ value, label }))]}
        {...field('type')}
      />
      <NativeSelect
        label="Purpose"
        data={[
          { value: '', label: 'Any' },
          { value: 'BTG', label: 'Emergency' },
        ]}
        {...field('purpose')}
      />
      <TextInput type="date" label="From" {...field('from')} />
      <TextInput type="date" label="To" {...field('to')} />
      <div className={styles.buttons}>
        <Button type="submit">Search</Button>
        <Button variant="subtle" onClick={() => void navigate({ to: '/audit', search: {} })}>
          Clear
        </Button>
        {mayDo(session, 'lookout.manage') && (
          <Button
            variant="subtle"
            onClick={() => {
              const { from: _, to: __, ...asked } = draft
              void navigate({ to: '/audit/lookouts', search: { ...asked, save: 'yes' } })
            }}
          >
            Be warned…
          </Button>
        )}
      </div>
    </form>
  )
}

function Events({ events }: { readonly events: readonly AuditEntry[] }) {
  return (
    <div className={table.frame}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What happened</th>
            <th scope="col">Patient</th>
            <th scope="col">Study</th>
            <th scope="col">Entry</th>
          </tr>
        </thead>
        <tbody>
          {events.map(({ n, ts, sentence, outcome, patientId, study }) => (
            <tr key={n}>
              <td className={styles.when}>
                <time dateTime={ts} title={ts}>
                  {formatMoment(ts)}
                </time>
              </td>
              <td className={styles.sentence}>
                {outcome !== 0 && <strong className={styles.failed}>Failed or refused: </strong>}
                {sentence}
              </td>
              <td className={styles.patient}>{patientId}</td>
              <td>
                {study !== '' && (
                  <Link className={styles.link} to="/s/$study" params={{ study }} title={study}>
                    Open
                  </Link>
                )}
              </td>
              <td>
                <a className={styles.link} href={`/api/log/proof/${n}`} title="Its proof, as a file">
                  {n}
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
