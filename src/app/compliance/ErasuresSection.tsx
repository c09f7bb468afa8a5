/** Requests of patients that their data be erased: recorded, answered with the rule cited, and what may then go. */
import { Button, Stack, Text, Textarea } from '@mantine/core'
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
import { EmptyState, InlineError } from '../ui/states.tsx'
import { formatDate } from '../words/dates.ts'
import styles from './Compliance.module.css'
import { Deed } from './Deed.tsx'
import { AskedFor, DeskTable } from './DeskTable.tsx'
import { deadlineInWords, findingInWords } from './erasure-words.ts'
import { NewErasureForm } from './NewErasureForm.tsx'
import { StepCell, type StepChoice } from './steps.tsx'

export function ErasuresSection({ id }: { readonly id: string }) {
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
  const answers = mayDo(session, 'erasure.answer')
  const stepsOf = (one: Erasure): readonly StepChoice[] =>
    answers && one.state !== 'answered' ? [{ label: 'Answer', waits: true, onTake: () => setAnswering(one) }] : []
  return (
    <Section
      id={id}
      title="Requests for erasure"
      actions={may && <Button onClick={() => setRecording(true)}>Record a request</Button>}
    >
      <AskedFor query={erasures} what="the requests">
        {(data) =>
          data.erasures.length === 0 ? (
            <EmptyState icon="person" title="Nobody asked for erasure" small>
              A patient who asks (GDPR Art. 17) is answered within a month: refused with the rule that keeps a study, or
              the study is put forward for destruction.
            </EmptyState>
          ) : (
            <DeskTable
              label="Requests for erasure"
              columns={['No.', 'Asked', 'Studies', 'State']}
              rows={data.erasures}
              row={(one) => (
                <tr key={one.id} className={one.state === 'answered' ? styles.over : undefined}>
                  <td className={styles.top}>{one.id}</td>
                  <td className={styles.top}>
                    <Asked erasure={one} />
                  </td>
                  <td className={styles.top}>
                    <Findings studies={one.studies} />
                    {one.named && <span className={styles.dim}>Only those that were named.</span>}
                  </td>
                  <td className={styles.top}>
                    <State erasure={one} />
                  </td>
                  <StepCell of={`request ${one.id}`} steps={stepsOf(one)}>
                    {one.answered && (
                      <a
                        href={`/api/erasures/${one.id}/letter.pdf`}
                        download
                        aria-label={`Letter (PDF): request ${one.id}`}
                      >
                        Letter
                      </a>
                    )}
                  </StepCell>
                </tr>
              )}
            />
          )
        }
      </AskedFor>
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

function Asked({ erasure: { patient, askedOn, askedBy, identity, recorded } }: { readonly erasure: Erasure }) {
  return (
    <>
      {dayInWords(askedOn)}: {askedBy}
      <Link to="/p/$patient" params={{ patient: patient.key }} className={styles.dim}>
        Patient {patient.id}
      </Link>
      <span className={styles.dim}>Identity: {identity}</span>
      <Deed deed={recorded} what="recorded" />
    </>
  )
}

function State({ erasure: { state, answerBy, answered } }: { readonly erasure: Erasure }) {
  const deadline = deadlineInWords(answerBy, new Date().toISOString().slice(0, 10))
  return (
    <>
      {state === 'answered' ? (
        <Mark>Answered</Mark>
      ) : (
        <>
          <Mark tone={deadline.late ? 'warn' : 'accent'}>
            {state === 'recorded' ? 'Waits for an answer' : 'Answered in part'}
          </Mark>
          <span className={styles.dim}>{deadline.words}</span>
        </>
      )}
      <Deed deed={answered} />
    </>
  )
}

function Findings({ studies }: { readonly studies: Erasure['studies'] }) {
  if (studies.length === 0) return 'No study of the patient is here.'
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
          <Findings studies={erasure.studies} />
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
