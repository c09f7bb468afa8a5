/** Says one thing of a study, a patient or a trial, or takes it back; what it would change can be seen before. */
import { Button, Select, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type TellFacts, ToldAnswer, type ToldFacts } from '../../api/known.ts'
import { ask } from '../http/client.ts'
import type { About } from '../http/queries.ts'
import { ReasonField } from '../ui/ReasonField.tsx'
import { InlineError } from '../ui/states.tsx'
import { counted } from '../words/numbers.ts'
import { changeInWords, factInWords } from './known-words.ts'
import styles from './Retention.module.css'

export interface Saying {
  readonly about: About
  /** Of what is taken back. */
  readonly name?: string
}

type Kind = 'date' | 'tag' | 'trial' | 'inpatient' | 'claim'

export function TellFactsForm({
  saying: { about, name },
  known,
  onTold,
}: {
  readonly saying: Saying
  readonly known: ToldFacts | undefined
  readonly onTold: () => void
}) {
  const [what, setWhat] = useState('')
  const [day, setDay] = useState('')
  const [end, setEnd] = useState('')
  const [text, setText] = useState('')
  const [reason, setReason] = useState('')
  const tell = useMutation({
    mutationFn: (preview: boolean) =>
      ask('/api/retention/facts', ToldAnswer, {
        method: 'POST',
        body: { about, set: said, reason: reason.trim() === '' ? 'preview' : reason, preview } satisfies TellFacts,
      }),
    onSuccess: (_, preview) => {
      if (!preview) onTold()
    },
  })
  const change = (set: (value: string) => void) => (value: string) => {
    set(value)
    tell.reset()
  }
  const kind: Kind = KINDS.find((one) => one === what) ?? 'date'
  const said: Record<string, string> = name !== undefined ? { [name]: '' } : sayingOf(kind, what, { day, end, text })
  const ready = Object.keys(said).length > 0
  const taken = known?.facts.find((fact) => fact.name === name)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        tell.mutate(false)
      }}
    >
      <Stack>
        {taken && known ? (
          <p>{factInWords(taken, known.dates)}</p>
        ) : (
          <>
            <Select
              label="What"
              data={[
                { group: 'A day', items: (known?.dates ?? []).map((date) => ({ value: date.name, label: date.says })) },
                { group: 'Something else', items: OTHERS.filter(({ of }) => of === undefined || of in about) },
              ]}
              value={what === '' ? null : what}
              onChange={(value) => change(setWhat)(value ?? '')}
              searchable
              required
              withAsterisk={false}
              data-autofocus
            />
            {(kind === 'date' || kind === 'claim') && what !== '' && (
              <TextInput
                type="date"
                label={kind === 'claim' ? 'The claim began' : 'The day'}
                value={day}
                onChange={({ currentTarget }) => change(setDay)(currentTarget.value)}
                required
                withAsterisk={false}
              />
            )}
            {kind === 'claim' && (
              <TextInput
                type="date"
                label="It ended"
                description="Empty while it lasts: nothing is due then where the law suspends periods."
                value={end}
                onChange={({ currentTarget }) => change(setEnd)(currentTarget.value)}
              />
            )}
            {kind === 'tag' && (
              <Select
                label="Tag"
                description="Those that rules ask for."
                data={[...(known?.tags ?? [])]}
                value={text === '' ? null : text}
                onChange={(value) => change(setText)(value ?? '')}
                searchable
                required
                withAsterisk={false}
              />
            )}
            {kind === 'trial' && (
              <TextInput
                label="Name of the trial"
                description="As the sponsor has it. What is said of the trial then counts for everybody in it."
                value={text}
                maxLength={64}
                onChange={({ currentTarget }) => change(setText)(currentTarget.value)}
                required
                withAsterisk={false}
              />
            )}
          </>
        )}
        <ReasonField
          description="What it rests on. It is kept in the audit log."
          value={reason}
          onChange={setReason}
          most={250}
        />
        <Button variant="default" disabled={!ready} loading={tell.isPending} onClick={() => tell.mutate(true)}>
          See what it would change
        </Button>
        {tell.data && (
          <div role="status">
            {tell.data.dates.length === 0 ? (
              <p className={styles.source}>
                No date changes: {counted(tell.data.studies, 'study was', 'studies were')} decided anew.
              </p>
            ) : (
              <ul className={styles.rules}>
                {tell.data.dates.slice(0, MOST).map((date) => (
                  <li key={date.study}>
                    {changeInWords(date)} <span className={styles.source}>{date.study}</span>
                  </li>
                ))}
                {tell.data.dates.length > MOST && <li>and {tell.data.dates.length - MOST} more</li>}
              </ul>
            )}
          </div>
        )}
        <InlineError error={tell.error} />
        <Button type="submit" loading={tell.isPending} disabled={!ready || reason.trim() === ''}>
          {name === undefined ? 'Say it' : 'Take it back'}
        </Button>
      </Stack>
    </form>
  )
}

/** Dates shown of a preview. */
const MOST = 10
const KINDS: readonly Kind[] = ['tag', 'trial', 'inpatient', 'claim']
const OTHERS: readonly { readonly value: Kind; readonly label: string; readonly of?: 'study' | 'patient' }[] = [
  { value: 'tag', label: 'a tag, such as cancer or a kind of trial' },
  { value: 'trial', label: 'which trial it is in' },
  { value: 'inpatient', label: 'that it was of an inpatient', of: 'study' },
  { value: 'claim', label: 'a claim that suspends periods' },
]

function sayingOf(
  kind: Kind,
  what: string,
  { day, end, text }: { readonly day: string; readonly end: string; readonly text: string },
): Record<string, string> {
  switch (kind) {
    case 'tag':
      return text === '' ? {} : { [`tag.${text}`]: 'yes' }
    case 'trial':
      return text.trim() === '' ? {} : { trial: text.trim() }
    case 'inpatient':
      return { inpatient: 'yes' }
    case 'claim':
      return day === '' ? {} : { [`suspension.${day}`]: end === '' ? 'open' : end }
    default:
      return what === '' || day === '' ? {} : { [what]: day }
  }
}
