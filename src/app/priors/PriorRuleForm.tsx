/** A rule for priors, made or changed; and what it would do to the priors of a study. */
import { Button, MultiSelect, NumberInput, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type PriorRule, PriorRuleRow } from '../../api/prior-rules.ts'
import { ask } from '../http/client.ts'
import { priorRulesQuery } from '../http/queries.ts'
import { InlineError } from '../ui/states.tsx'
import styles from './PriorRules.module.css'
import { EMPTY_RULE, type KindDraft, type PriorRuleDraft, pointsInWords, priorRuleOf } from './prior-rule-words.ts'
import { TryRule } from './TryRule.tsx'

export interface PriorRuleFormProps {
  readonly regions: readonly string[]
  readonly families: readonly string[]
  /** The one that is changed; none: a new one. */
  readonly rule: PriorRuleRow | undefined
  readonly onDone: () => void
}

const draftOf = ({ name, current, prior, years, points }: PriorRuleRow): PriorRuleDraft => ({
  name,
  current,
  prior,
  years: years === undefined ? '' : String(years),
  points,
})

export function PriorRuleForm({ regions, families, rule, onDone }: PriorRuleFormProps) {
  const queries = useQueryClient()
  const [draft, setDraft] = useState(rule === undefined ? EMPTY_RULE : draftOf(rule))
  const set = (change: Partial<PriorRuleDraft>) => setDraft((before) => ({ ...before, ...change }))
  const save = useMutation({
    mutationFn: (body: PriorRule) =>
      ask(rule === undefined ? '/api/priors/rules' : `/api/priors/rules/${rule.id}`, PriorRuleRow, {
        method: 'POST',
        body: { ...body, enabled: rule?.enabled ?? true },
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: priorRulesQuery.queryKey })
      void queries.invalidateQueries({ queryKey: ['study'] })
      onDone()
    },
  })
  const made = priorRuleOf(draft)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (made) save.mutate(made)
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="It stands among the reasons beside each prior it moved."
          value={draft.name}
          onChange={({ currentTarget }) => set({ name: currentTarget.value })}
          maxLength={100}
          required
          withAsterisk={false}
          data-autofocus
        />
        <div className={styles.sides}>
          <Kind
            legend="Beside a study that is read"
            value={draft.current}
            onChange={(current) => set({ current })}
            regions={regions}
            families={families}
          />
          <Kind
            legend="an earlier one"
            value={draft.prior}
            onChange={(prior) => set({ prior })}
            regions={regions}
            families={families}
          />
        </div>
        <div className={styles.fields}>
          <NumberInput
            label="Points"
            description={`Of a hundred, 40 is relevant. ${draft.points === 0 ? 'It adds nothing.' : `This gives: ${pointsInWords(draft.points)}.`}`}
            min={-100}
            max={100}
            allowDecimal={false}
            value={draft.points}
            onChange={(points) => set({ points: Number(points) || 0 })}
          />
          <TextInput
            label="At most so many years before"
            description="Empty: however old."
            inputMode="decimal"
            value={draft.years}
            onChange={({ currentTarget }) => set({ years: currentTarget.value })}
          />
        </div>
        <TryRule rule={made} id={rule?.id} />
        <InlineError error={save.error} />
        <Button type="submit" loading={save.isPending} disabled={made === undefined}>
          {rule === undefined ? 'Make the rule' : 'Change the rule'}
        </Button>
      </Stack>
    </form>
  )
}

function Kind({
  legend,
  value,
  onChange,
  regions,
  families,
}: {
  readonly legend: string
  readonly value: KindDraft
  readonly onChange: (kind: KindDraft) => void
  readonly regions: readonly string[]
  readonly families: readonly string[]
}) {
  return (
    <fieldset className={styles.side}>
      <legend>{legend}</legend>
      <MultiSelect
        label="Region"
        placeholder={value.regions.length === 0 ? 'Any' : ''}
        data={[...regions]}
        value={[...value.regions]}
        onChange={(chosen) => onChange({ ...value, regions: chosen })}
        searchable
        clearable
      />
      <MultiSelect
        label="Kind of examination"
        placeholder={value.families.length === 0 ? 'Any' : ''}
        data={[...families]}
        value={[...value.families]}
        onChange={(chosen) => onChange({ ...value, families: chosen })}
        searchable
        clearable
      />
      <TextInput
        label="Words of its description"
        value={value.words}
        onChange={({ currentTarget }) => onChange({ ...value, words: currentTarget.value })}
        maxLength={200}
      />
    </fieldset>
  )
}
