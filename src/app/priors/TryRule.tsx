/** What a rule would do to the priors of a study somebody knows, before it counts. */
import { Button, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type PriorRule, TriedPriors } from '../../api/prior-rules.ts'
import { ask } from '../http/client.ts'
import { newestQuery } from '../http/queries.ts'
import { Mark } from '../ui/Mark.tsx'
import { InlineError } from '../ui/states.tsx'
import { formatDate } from '../words/dates.ts'
import { personNameText } from '../words/person-name.ts'
import styles from './PriorRules.module.css'
import { type Moved, movesOf, studyInWords } from './prior-rule-words.ts'

export function TryRule({ rule, id }: { readonly rule: PriorRule | undefined; readonly id: number | undefined }) {
  const [words, setWords] = useState('')
  const [study, setStudy] = useState<string | null>(null)
  const [asked] = useDebouncedValue(words, 300)
  const found = useQuery(newestQuery({ q: asked }, true))
  const trial = useMutation({
    mutationFn: (of: { readonly study: string; readonly rule: PriorRule }) =>
      ask('/api/priors/try', TriedPriors, { method: 'POST', body: { ...of, ...(id !== undefined && { id }) } }),
  })
  return (
    <fieldset className={styles.side}>
      <legend>Try it</legend>
      <Select
        label="On a study"
        description="By name, number or accession, as in the worklist."
        data={(found.data?.studies ?? []).map((one) => ({
          value: one.study,
          label: [personNameText(one.patientName), formatDate(one.studyDate), one.modalities.join(' '), one.description]
            .filter((part) => part !== '')
            .join(' · '),
        }))}
        value={study}
        onChange={(chosen) => {
          setStudy(chosen)
          trial.reset()
        }}
        searchValue={words}
        onSearchChange={setWords}
        // What was found is what the archive found: it is not looked through again here.
        filter={({ options }) => options}
        nothingFoundMessage={found.isPending ? 'Looking…' : 'No study matches'}
        searchable
        clearable
      />
      <Button
        variant="default"
        loading={trial.isPending}
        disabled={rule === undefined || study === null}
        onClick={() => rule && study !== null && trial.mutate({ study, rule })}
      >
        See what it would change
      </Button>
      <InlineError error={trial.error} />
      {trial.data && <Tried {...trial.data} />}
    </fieldset>
  )
}

function Tried({ now, tried }: TriedPriors) {
  const { order, out } = movesOf(now, tried)
  if (order.length + out.length === 0)
    return <p role="status">No earlier study of this patient is relevant, with it or without.</p>
  return (
    <div role="status">
      <p>The priors of this study would be:</p>
      <ol className={styles.order}>
        {order.map(({ row, up }) => (
          <li key={row.study.study}>
            {studyInWords(row.study)}
            <span className={styles.moved}>
              <Move up={up} />
            </span>
            <span className={styles.dim}>
              {row.score} points: {row.reasons.join(', ')}
            </span>
          </li>
        ))}
      </ol>
      {out.map((row) => (
        <p key={row.study.study}>
          <Mark tone="warn">Left out</Mark> {studyInWords(row.study)}
        </p>
      ))}
    </div>
  )
}

function Move({ up }: { readonly up: Moved['up'] }) {
  if (up === undefined) return <Mark tone="accent">comes in</Mark>
  if (up === 0) return null
  return <Mark tone={up > 0 ? 'good' : 'plain'}>{up > 0 ? `up ${up}` : `down ${-up}`}</Mark>
}
