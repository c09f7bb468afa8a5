/** Who called and was not let in; one click lets them in. */
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Callers } from '../../api/admin.ts'
import { request } from '../http/client.ts'
import { callersQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { EmptyState, InlineError } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { formatCount } from '../words/numbers.ts'

type Caller = Callers['refused'][number]

export function RefusedCallers({ refused }: { readonly refused: readonly Caller[] }) {
  const queries = useQueryClient()
  const session = useSession()
  const mayAllow = mayDo(session, 'devices.manage')
  const allow = useMutation({
    mutationFn: ({ aet, host }: Caller) => request('/api/callers/allow', { method: 'POST', body: { aet, host } }),
    onSettled: () => queries.invalidateQueries({ queryKey: callersQuery.queryKey }),
  })
  if (refused.length === 0) return <EmptyState small icon="check" title="Nobody was refused" />
  return (
    <>
      <InlineError error={allow.error} />
      <div className={table.frame}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">AE title</th>
              <th scope="col">Host</th>
              <th scope="col">Last call</th>
              <th scope="col">Calls</th>
              <th scope="col">
                <span className="hidden-visually">Allow</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {refused.map((caller) => (
              <tr key={`${caller.aet} ${caller.host}`}>
                <td>
                  <code>{caller.aet}</code>
                </td>
                <td>
                  <code>{caller.host}</code>
                </td>
                <td>{formatMoment(caller.lastSeen)}</td>
                <td>{formatCount(caller.times)}</td>
                <td className={table.actions}>
                  {mayAllow && (
                    <Button
                      size="xs"
                      loading={allow.isPending && allow.variables === caller}
                      onClick={() => allow.mutate(caller)}
                      aria-label={`Allow ${caller.aet} at ${caller.host}`}
                    >
                      Allow
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
