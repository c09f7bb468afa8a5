/** A new rule of routing, tried on the studies that came last before it is made. */
import { Button, Checkbox, Stack, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type RouteEntry, RouteRow, TriedStudies } from '../../api/routing.ts'
import { ask } from '../http/client.ts'
import { InlineError } from '../ui/states.tsx'
import { TableFrame } from '../ui/TableFrame.tsx'
import table from '../ui/table.module.css'
import { formatDate, formatMoment } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import styles from './Routing.module.css'
import { DOORS, EMPTY_DRAFT, type RuleDraft, ruleOf, WEEK } from './routing-words.ts'

export interface RuleFormProps {
  readonly destinations: readonly string[]
  readonly onDone: () => void
}

export function RuleForm({ destinations, onDone }: RuleFormProps) {
  const queries = useQueryClient()
  const [draft, setDraft] = useState<RuleDraft>(EMPTY_DRAFT)
  const add = useMutation({
    mutationFn: (body: RouteEntry) => ask('/api/routing/routes', RouteRow, { method: 'POST', body }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['routing'] })
      onDone()
    },
  })
  const trial = useMutation({
    mutationFn: (body: RouteEntry['rule']) => ask('/api/routing/try', TriedStudies, { method: 'POST', body }),
  })
  const set = (change: Partial<RuleDraft>) => {
    setDraft((before) => ({ ...before, ...change }))
    trial.reset()
  }
  const read = ruleOf(draft)
  const entry = 'entry' in read ? read.entry : undefined
  const ready = entry !== undefined && draft.to.length > 0
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (entry) add.mutate(entry)
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          value={draft.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          maxLength={100}
          required
          withAsterisk={false}
          data-autofocus
        />
        <Textarea
          label="Attributes"
          description="A line each, by keyword, as in queries: Modality=CT\MR, StudyDescription=*KNEE*. All must match; none: everything."
          value={draft.attributes}
          onChange={(event) => set({ attributes: event.currentTarget.value })}
          error={'wrongLine' in read ? `Line ${read.wrongLine} is not KEYWORD=VALUE.` : undefined}
          autosize
          minRows={2}
        />
        <TextInput
          label="Sent by"
          description="AE titles, separated by commas, with wild cards; empty: anybody."
          value={draft.from}
          onChange={(event) => set({ from: event.currentTarget.value })}
        />
        <Checkbox.Group
          label="Came by"
          description="None chosen: any way."
          value={[...draft.doors]}
          onChange={(doors) => set({ doors: doors as RuleDraft['doors'] })}
        >
          <div className={styles.ways}>
            {Object.entries(DOORS).map(([door, label]) => (
              <Checkbox key={door} value={door} label={label} />
            ))}
          </div>
        </Checkbox.Group>
        <Checkbox.Group
          label="Came on"
          description="None chosen: any day. A night belongs to the day it began on."
          value={draft.days.map(String)}
          onChange={(days) => set({ days: days.map(Number) })}
        >
          <div className={styles.ways}>
            {WEEK.map((day, at) => (
              <Checkbox key={day} value={String(at)} label={day} />
            ))}
          </div>
        </Checkbox.Group>
        <div className={styles.fields}>
          <TextInput
            type="time"
            label="From"
            value={draft.begins}
            onChange={(event) => set({ begins: event.currentTarget.value })}
          />
          <TextInput
            type="time"
            label="Until"
            value={draft.ends}
            onChange={(event) => set({ ends: event.currentTarget.value })}
          />
        </div>
        <Checkbox.Group label="Send to" value={[...draft.to]} onChange={(to) => set({ to })}>
          <div className={styles.ways}>
            {destinations.map((name) => (
              <Checkbox key={name} value={name} label={name} />
            ))}
          </div>
        </Checkbox.Group>
        {trial.data && <Tried tried={trial.data} />}
        <InlineError error={trial.error ?? add.error} />
        <div className={styles.ways}>
          <Button
            variant="default"
            loading={trial.isPending}
            disabled={!ready}
            onClick={() => entry && trial.mutate(entry.rule)}
          >
            Try it on recent studies
          </Button>
          <Button type="submit" loading={add.isPending} disabled={!ready || draft.name.trim() === ''}>
            Make the rule
          </Button>
        </div>
      </Stack>
    </form>
  )
}

function Tried({ tried: { studies } }: { readonly tried: TriedStudies }) {
  const matching = studies.filter((one) => one.matching > 0)
  return (
    <div role="status">
      <p>
        Of the {counted(studies.length, 'study', 'studies')} that came last it would have sent something of{' '}
        {matching.length}.
      </p>
      {matching.length > 0 && (
        <TableFrame label="Studies it would have sent">
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">Study</th>
                <th scope="col">Came</th>
                <th scope="col">Series</th>
              </tr>
            </thead>
            <tbody>
              {matching.slice(0, 10).map((one) => (
                <tr key={one.study}>
                  <td>
                    {one.modalities.join(', ')} {one.studyDate === '' ? '' : formatDate(one.studyDate)}
                  </td>
                  <td>{formatMoment(one.receivedAt)}</td>
                  <td>
                    {one.matching} of {one.series}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
    </div>
  )
}
