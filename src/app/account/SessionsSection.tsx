/** Where one is logged in: each session, and logging out there or everywhere. */
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from '../http/client.ts'
import { ownSessionsQuery } from '../http/queries.ts'
import { SESSION_KEY } from '../http/session.ts'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'

export function SessionsSection() {
  const queries = useQueryClient()
  const sessions = useQuery(ownSessionsQuery)
  const end = useMutation({
    mutationFn: (id: string) => request(`/api/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ownSessionsQuery.queryKey }),
  })
  const endAll = useMutation({
    mutationFn: () => request('/api/sessions', { method: 'DELETE' }),
    onSettled: () => queries.invalidateQueries({ queryKey: SESSION_KEY }),
  })
  return (
    <Section
      title="Where you are logged in"
      actions={
        <Button variant="default" size="xs" loading={endAll.isPending} onClick={() => endAll.mutate()}>
          Log out everywhere
        </Button>
      }
    >
      <InlineError error={end.error ?? endAll.error} />
      {sessions.error ? (
        <ErrorState error={sessions.error} what="your sessions" onRetry={() => void sessions.refetch()} />
      ) : sessions.data === undefined ? (
        <SkeletonRows rows={2} />
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">From</th>
                <th scope="col">Browser</th>
                <th scope="col">Since</th>
                <th scope="col">Last used</th>
                <th scope="col">
                  <span className="hidden-visually">Log out</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {sessions.data.sessions.map(({ id, address, userAgent, begunAt, usedAt, current }) => (
                <tr key={id}>
                  <td>
                    {address} {current && <Mark tone="good">This one</Mark>}
                  </td>
                  <td title={userAgent}>{browserOf(userAgent)}</td>
                  <td>{formatMoment(begunAt)}</td>
                  <td>{formatMoment(usedAt)}</td>
                  <td className={table.actions}>
                    <Button
                      size="xs"
                      variant="default"
                      loading={end.isPending && end.variables === id}
                      onClick={() => end.mutate(id)}
                      aria-label={
                        current
                          ? 'Log out here'
                          : `Log out of the session from ${address} since ${formatMoment(begunAt)}`
                      }
                    >
                      Log out
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}

/** `Firefox on Linux`: enough for a person to know it again; all of it stands in the title. */
function browserOf(userAgent: string): string {
  const browser = /(Firefox|Edg|Chrome|Safari)\//.exec(userAgent)?.[1]?.replace('Edg', 'Edge') ?? 'A program'
  const system = /Windows|Android|iPhone|iPad|Mac OS X|Linux/.exec(userAgent)?.[0]
  return system === undefined ? browser : `${browser} on ${system}`
}
