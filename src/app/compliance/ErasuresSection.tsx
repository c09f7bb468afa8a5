/** Requests of patients that their data be erased: recorded, answered with the rule cited, and what may then go. */
import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Erasure } from '../../api/erasure.ts'
import { ask } from '../http/client.ts'
import { erasuresQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { dayInWords } from '../study/known-words.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatDate, formatMoment } from '../words/dates.ts'
import styles from './Compliance.module.css'
import { deadlineInWords, findingInWords } from './erasure-words.ts'
import { NewErasureForm } from './NewErasureForm.tsx'

export function ErasuresSection() {
  const session = useSession()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { erase: patient } = useSearch({ from: '/shell/compliance' })
  const erasures = useQuery(erasuresQuery)
  const [recording, setRecording] = useState(patient !== undefined)
  const [answering, setAnswering] = useState<Erasure>()
  const changed = () => {
    setRecording(false)
    setAnswering(undefined)
    void navigate({ to: '/compliance', search: {}, replace: true })
    void queries.invalidateQueries({ queryKey: erasuresQuery.queryKey })
  }
  const may = mayDo(session, 'erasure.record')
  return (
    <Section
      title="Requests for erasure"
      actions={may && <Button onClick={() => setRecording(true)}>Record a request</Button>}
    >
      {erasures.error ? (
        <ErrorState error={erasures.error} what="the requests" onRetry={() => void erasures.refetch()} />
      ) : erasures.data === undefined ? (
        <SkeletonRows rows={2} height={64} />
      ) : erasures.data.erasures.length === 0 ? (
        <EmptyState icon="person" title="Nobody asked for erasure" small>
          A patient who asks (GDPR Art. 17) is answered within a month: refused with the rule that keeps a study, or the
          study is put forward for destruction.
        </EmptyState>
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">No.</th>
                <th scope="col">Asked</th>
                <th scope="col">Studies</th>
                <th scope="col">State</th>
                <th scope="col">
                  <span className="hidden-visually">What can be done</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {erasures.data.erasures.map((one) => (
                <Row
                  key={one.id}
                  erasure={one}
                  answerable={mayDo(session, 'erasure.answer') && one.state !== 'answered'}
                  onAnswer={() => setAnswering(one)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Dialog opened={recording} onClose={changed} title="Record a request for erasure" size="lg">
        <NewErasureForm patient={patient} onRecorded={changed} />
      </Dialog>
      <Dialog
        opened={answering !== undefined}
        onClose={() => setAnswering(undefined)}
        title="Answer the request"
        size="lg"
      >
        {answering && <AnswerForm erasure={answering} onAnswered={changed} />}
      </Dialog>
    </Section>
  )
}

function Row({
  erasure: { id, patient, askedOn, askedBy, identity, recorded, answerBy, state, answered, studies, named },
  answerable,
  onAnswer,
}: {
  readonly erasure: Erasure
  readonly answerable: boolean
  readonly onAnswer: () => void
}) {
  const deadline = deadlineInWords(answerBy, new Date().toISOString().slice(0, 10))
  return (
    <tr className={state === 'answered' ? styles.over : undefined}>
      <td className={styles.top}>{id}</td>
      <td className={styles.top}>
        {dayInWords(askedOn)}: {askedBy}
        <Link to="/p/$patient" params={{ patient: patient.key }} className={styles.dim}>
          Patient {patient.id}
        </Link>
        <span className={styles.dim}>Identity: {identity}</span>
        <span className={styles.dim}>
          recorded {formatMoment(recorded.at)} by {recorded.by}
        </span>
      </td>
      <td className={styles.top}>
        {studies.length === 0 ? 'No study of the patient is here.' : <Findings studies={studies} />}
        {named && <span className={styles.dim}>Only those that were named.</span>}
      </td>
      <td className={styles.top}>
        {state === 'answered' ? (
          <Mark>Answered</Mark>
        ) : (
          <Mark tone={deadline.late ? 'warn' : 'accent'}>
            {state === 'recorded' ? 'Waits for an answer' : 'Answered in part'}
          </Mark>
        )}
        {state !== 'answered' && <span className={styles.dim}>{deadline.words}</span>}
        {answered && (
          <span className={styles.dim}>
            {formatMoment(answered.at)} by {answered.by}
          </span>
        )}
      </td>
      <td className={`${styles.top} ${table.actions}`}>
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          {answered && (
            <a href={`/api/erasures/${id}/letter.pdf`} download aria-label={`Letter (PDF): request ${id}`}>
              Letter
            </a>
          )}
          {answerable && (
            <Button size="compact-sm" variant="default" onClick={onAnswer} aria-label={`Answer: request ${id}`}>
              Answer
            </Button>
          )}
        </Group>
      </td>
    </tr>
  )
}

function Findings({ studies }: { readonly studies: Erasure['studies'] }) {
  return (
    <ul>
      {studies.map((study) => (
        <li key={study.study}>
          {study.here ? (
            <Link to="/s/$study" params={{ study: study.study }}>
              {[formatDate(study.studyDate), study.modalities.join(' '), study.description]
                .filter(Boolean)
                .join(' · ') || study.study}
            </Link>
          ) : (
            study.study
          )}
          <span className={styles.dim}>{findingInWords(study)}</span>
        </li>
      ))}
    </ul>
  )
}

function AnswerForm({ erasure, onAnswered }: { readonly erasure: Erasure; readonly onAnswered: () => void }) {
  const [reason, setReason] = useState('')
  const answer = useMutation({
    mutationFn: () => ask(`/api/erasures/${erasure.id}/answer`, Erasure, { method: 'POST', body: { reason } }),
    onSuccess: onAnswered,
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        answer.mutate()
      }}
    >
      <Stack>
        <Text>
          Each study is answered by the rules as they are today. What may go is proposed for destruction from the
          calendar, by people, as any other.
        </Text>
        <div>
          {erasure.studies.length === 0 ? 'No study of the patient is here.' : <Findings studies={erasure.studies} />}
        </div>
        <Textarea
          label="To the patient"
          description="Stands in the letter; may be empty."
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          maxLength={2000}
          autosize
          minRows={2}
          data-autofocus
        />
        <InlineError error={answer.error} />
        <Button type="submit" loading={answer.isPending}>
          Answer the request
        </Button>
      </Stack>
    </form>
  )
}
