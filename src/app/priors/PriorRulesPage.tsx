/** What the site wants of relevant priors: rules that add or take points, tried on a study before they count. */
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { PriorRuleRow, type PriorRulesPage as Shown } from '../../api/prior-rules.ts'
import { ask, request } from '../http/client.ts'
import { priorRulesQuery } from '../http/queries.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Page } from '../ui/page.tsx'
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import { TableFrame } from '../ui/TableFrame.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { PriorRuleForm } from './PriorRuleForm.tsx'
import styles from './PriorRules.module.css'
import { kindInWords, pointsInWords, yearsInWords } from './prior-rule-words.ts'

export function PriorRulesPage() {
  const rules = useQuery(priorRulesQuery)
  const [shown, setShown] = useState<PriorRuleRow | 'new'>()
  const { data } = rules
  const close = () => setShown(undefined)
  return (
    <Page
      title="Prior rules"
      about="Which earlier study is brought beside the one that is read is chosen by region, kind of examination, side, contrast and age. These rules add to that, or take away, for everybody."
      actions={data && <Button onClick={() => setShown('new')}>New rule</Button>}
    >
      {rules.error ? (
        <ErrorState error={rules.error} what="the rules" onRetry={() => void rules.refetch()} />
      ) : data === undefined ? (
        <SkeletonRows rows={4} height={56} />
      ) : data.rules.length === 0 ? (
        <EmptyState icon="star" title="No rules of your own">
          The archive’s own order holds. A rule is tried on a study of yours before it counts.
        </EmptyState>
      ) : (
        <Rules page={data} onChange={setShown} />
      )}
      <Dialog
        opened={shown !== undefined}
        onClose={close}
        title={shown === 'new' ? 'New rule' : `Rule “${shown?.name ?? ''}”`}
        size="lg"
      >
        {shown !== undefined && data && (
          <PriorRuleForm
            regions={data.regions}
            families={data.families}
            rule={shown === 'new' ? undefined : shown}
            onDone={close}
          />
        )}
      </Dialog>
    </Page>
  )
}

function Rules({ page, onChange }: { readonly page: Shown; readonly onChange: (rule: PriorRuleRow) => void }) {
  const queries = useQueryClient()
  const refresh = () => void queries.invalidateQueries({ queryKey: priorRulesQuery.queryKey })
  const change = useMutation({
    mutationFn: ({ id, changed: _, ...rule }: PriorRuleRow) =>
      ask(`/api/priors/rules/${id}`, PriorRuleRow, { method: 'POST', body: rule }),
    onSuccess: refresh,
  })
  const remove = useMutation({
    mutationFn: (id: number) => request(`/api/priors/rules/${id}`, { method: 'DELETE' }),
    onSuccess: refresh,
  })
  return (
    <>
      <InlineError error={change.error ?? remove.error} />
      <TableFrame label="Rules">
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col">Beside</th>
              <th scope="col">An earlier</th>
              <th scope="col">Points</th>
              <th scope="col">State</th>
              <th scope="col">
                <span className="hidden-visually">Change</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {page.rules.map((one) => (
              <tr key={one.id}>
                <td>
                  {one.name}
                  <span className={styles.dim}>
                    {one.changed.by}, {formatMoment(one.changed.at)}
                  </span>
                </td>
                <td>{kindInWords(one.current)}</td>
                <td>
                  {kindInWords(one.prior)}
                  <span className={styles.dim}>{yearsInWords(one.years)}</span>
                </td>
                <td className={styles.points}>{pointsInWords(one.points)}</td>
                <td>
                  <Mark tone={one.enabled ? 'good' : 'plain'}>{one.enabled ? 'Counts' : 'Off'}</Mark>
                </td>
                <td className={table.actions}>
                  <span className={styles.buttons}>
                    <Button
                      size="compact-md"
                      variant="default"
                      aria-label={`Change ${one.name}`}
                      onClick={() => onChange(one)}
                    >
                      Change
                    </Button>
                    <Button
                      size="compact-md"
                      variant="default"
                      aria-label={`Switch ${one.enabled ? 'off' : 'on'} ${one.name}`}
                      onClick={() => change.mutate({ ...one, enabled: !one.enabled })}
                    >
                      {one.enabled ? 'Switch off' : 'Switch on'}
                    </Button>
                    <Button
                      size="compact-md"
                      variant="default"
                      aria-label={`Remove ${one.name}`}
                      onClick={() => remove.mutate(one.id)}
                    >
                      Remove
                    </Button>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </>
  )
}
