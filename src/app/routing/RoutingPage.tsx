/** What is sent where by itself: destinations with what waits for each, and the rules that queue it. */
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type DestinationRow, RouteRow, type RoutingPage as Shown } from '../../api/routing.ts'
import { ask } from '../http/client.ts'
import { routingQuery } from '../http/queries.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Page, Section } from '../ui/page.tsx'
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import { TableFrame } from '../ui/TableFrame.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { counted, formatCount } from '../words/numbers.ts'
import { QueueView } from './QueueView.tsx'
import styles from './Routing.module.css'
import { RuleForm } from './RuleForm.tsx'
import { ruleInWords, stateInWords } from './routing-words.ts'

export function RoutingPage() {
  const routing = useQuery(routingQuery)
  const [adding, setAdding] = useState(false)
  const { data } = routing
  const names = data?.destinations.map(({ name }) => name) ?? []
  return (
    <Page
      title="Routing"
      about="What arrives is held against these rules and sent on. Each object is sent once to each destination, and waits here until it is kept there."
      actions={
        data?.mayManage === true && names.length > 0 && <Button onClick={() => setAdding(true)}>New rule</Button>
      }
    >
      {routing.error ? (
        <ErrorState error={routing.error} what="the routing" onRetry={() => void routing.refetch()} />
      ) : data === undefined ? (
        <SkeletonRows rows={6} height={56} />
      ) : (
        <>
          <Section title="Destinations">
            <Destinations page={data} />
          </Section>
          {names.length + data.routes.length > 0 && (
            <Section title="Rules">
              <Rules page={data} />
            </Section>
          )}
        </>
      )}
      <Dialog opened={adding} onClose={() => setAdding(false)} title="New rule" size="lg">
        <RuleForm destinations={names} onDone={() => setAdding(false)} />
      </Dialog>
    </Page>
  )
}

function Destinations({ page }: { readonly page: Shown }) {
  const [shown, setShown] = useState<DestinationRow>()
  if (page.destinations.length === 0)
    return (
      <EmptyState small icon="plug" title="No destinations">
        Name some in the configuration: dicom.destinations for DICOM nodes{' '}
        <CopyButton compact text="dicom.destinations" /> and dicomweb.destinations for DICOMweb services{' '}
        <CopyButton compact text="dicomweb.destinations" />.
      </EmptyState>
    )
  return (
    <TableFrame label="Destinations">
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Destination</th>
            <th scope="col">Waiting</th>
            <th scope="col">State</th>
            <th scope="col">
              <span className="hidden-visually">Queue</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {page.destinations.map((one) => (
            <tr key={one.name}>
              <td>
                {one.name}
                <span className={styles.dim}>
                  {one.kind === 'dicom' ? 'DICOM' : 'DICOMweb'} · {one.where}
                </span>
              </td>
              <td>
                {formatCount(one.waiting)}
                {one.studies > 0 && <span className={styles.dim}>of {counted(one.studies, 'study', 'studies')}</span>}
              </td>
              <td>
                <Mark tone={one.away !== null ? 'bad' : one.stuck > 0 ? 'warn' : 'good'}>
                  {one.away !== null ? 'Away' : one.stuck > 0 ? `${formatCount(one.stuck)} refused` : 'There'}
                </Mark>
                <span className={styles.dim}>{stateInWords(one)}</span>
              </td>
              <td className={table.actions}>
                <Button
                  size="compact-md"
                  variant="default"
                  aria-label={`Queue of ${one.name}`}
                  disabled={one.waiting + one.stuck === 0}
                  onClick={() => setShown(one)}
                >
                  Queue
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Dialog
        opened={shown !== undefined}
        onClose={() => setShown(undefined)}
        title={`Queue of ${shown?.name ?? ''}`}
        size="lg"
      >
        {shown && <QueueView destination={shown} mayManage={page.mayManage} onDone={() => setShown(undefined)} />}
      </Dialog>
    </TableFrame>
  )
}

function Rules({ page }: { readonly page: Shown }) {
  const queries = useQueryClient()
  const refresh = () => void queries.invalidateQueries({ queryKey: ['routing'] })
  const change = useMutation({
    mutationFn: ({ id, name, rule, enabled }: RouteRow) =>
      ask(`/api/routing/routes/${id}`, RouteRow, { method: 'POST', body: { name, rule, enabled } }),
    onSuccess: refresh,
  })
  const remove = useMutation({
    mutationFn: (id: number) => ask(`/api/routing/routes/${id}`, RouteRow, { method: 'DELETE' }),
    onSuccess: refresh,
  })
  if (page.routes.length === 0)
    return (
      <EmptyState small icon="forward" title="No rules">
        Nothing is sent by itself. A rule is about what arrives after it was made.
      </EmptyState>
    )
  return (
    <>
      <InlineError error={change.error ?? remove.error} />
      <TableFrame label="Rules">
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col">Sends</th>
              <th scope="col">To</th>
              <th scope="col">State</th>
              <th scope="col">
                <span className="hidden-visually">Change</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {page.routes.map((one) => (
              <tr key={one.id}>
                <td>
                  {one.name}
                  <span className={styles.dim}>
                    {one.changed.by}, {formatMoment(one.changed.at)}
                  </span>
                </td>
                <td>{ruleInWords(one.rule)}</td>
                <td>{one.rule.to.join(', ')}</td>
                <td>
                  <Mark tone={one.enabled ? 'good' : 'plain'}>{one.enabled ? 'On' : 'Off'}</Mark>
                </td>
                <td className={table.actions}>
                  {page.mayManage && (
                    <>
                      <Button
                        size="compact-md"
                        variant="default"
                        aria-label={`Switch ${one.enabled ? 'off' : 'on'} ${one.name}`}
                        onClick={() => change.mutate({ ...one, enabled: !one.enabled })}
                      >
                        {one.enabled ? 'Switch off' : 'Switch on'}
                      </Button>{' '}
                      <Button
                        size="compact-md"
                        variant="default"
                        aria-label={`Remove ${one.name}`}
                        onClick={() => remove.mutate(one.id)}
                      >
                        Remove
                      </Button>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </>
  )
}
