/** The four questions of an audit on one page: find the patient or the study, and ask. */
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import type { Subjects } from '../../api/answers.ts'
import { subjectsQuery } from '../http/queries.ts'
import { Mark } from '../ui/Mark.tsx'
import { Page, Section } from '../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatDate } from '../words/dates.ts'
import styles from './Questions.module.css'

export function QuestionsPage() {
  const { q } = useSearch({ from: '/shell/questions' })
  const navigate = useNavigate()
  const [draft, setDraft] = useState(q ?? '')
  useEffect(() => setDraft(q ?? ''), [q])
  const found = useQuery({ ...subjectsQuery(q ?? ''), enabled: q !== undefined && q !== '' })
  const send = (event: FormEvent) => {
    event.preventDefault()
    void navigate({ to: '/questions', search: { q: draft.trim() === '' ? undefined : draft.trim() } })
  }
  return (
    <Page title="Questions" about="What an auditor, a court or a patient asks, answered with proof.">
      <form className={styles.form} aria-label="Find a patient or a study" onSubmit={send}>
        <TextInput
          className={styles.wide ?? ''}
          label="About whom, or what?"
          placeholder="Patient ID, accession number or Study Instance UID"
          value={draft}
          onChange={({ currentTarget: { value } }) => setDraft(value)}
        />
        <Button type="submit">Find</Button>
      </form>
      {q === undefined || q === '' ? (
        <Section title="What can be asked">
          <ol className={styles.list}>
            <Question title="Who saw this patient’s images?">
              Person by person, and to whom they were given in the last six years.
            </Question>
            <Question title="Was this image altered?">
              Each object held against the entry of its arrival, and read again if you wish.
            </Question>
            <Question title="Was it destroyed lawfully?">
              Rules, approvals, cooling-off and holds, step by step; or that it was not destroyed.
            </Question>
            <Question title="Is the record complete?">
              Every arrival held against what is here and what was destroyed: of a patient, or of a time.
            </Question>
          </ol>
        </Section>
      ) : found.error ? (
        <ErrorState error={found.error} what="what it names" onRetry={() => void found.refetch()} />
      ) : found.data === undefined ? (
        <SkeletonRows rows={4} />
      ) : (
        <Found found={found.data} />
      )}
      <Period />
    </Page>
  )
}

const Question = ({ title, children }: { readonly title: string; readonly children: string }) => (
  <li>
    <p className={styles.question}>{title}</p>
    <span className={styles.dim}>{children}</span>
  </li>
)

function Found({ found: { patients, studies, truncated } }: { readonly found: Subjects }) {
  if (patients.length + studies.length === 0)
    return (
      <EmptyState icon="search" title="Nothing here has this name, and no act names it">
        A patient ID, an accession number or a Study Instance UID is looked for as a whole.
      </EmptyState>
    )
  return (
    <>
      {patients.length > 0 && (
        <Section title="Patients">
          <div className={table.frame}>
            <table className={`${table.table} ${styles.row}`}>
              <thead>
                <tr>
                  <th scope="col">Patient ID</th>
                  <th scope="col">Questions</th>
                </tr>
              </thead>
              <tbody>
                {patients.map(({ key, id, issuer }) => (
                  <tr key={key}>
                    <th scope="row">
                      {id}
                      {issuer !== '' && <span className={styles.dim}>issued by {issuer}</span>}
                    </th>
                    <td>
                      <Ask to="/access/$patient" params={{ patient: key }} label="Who saw the images?" />{' '}
                      <Ask to="/complete/$patient" params={{ patient: key }} label="Is the record complete?" />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Section>
      )}
      {studies.length > 0 && (
        <Section title="Studies">
          <div className={table.frame}>
            <table className={`${table.table} ${styles.row}`}>
              <thead>
                <tr>
                  <th scope="col">Study</th>
                  <th scope="col">Patient ID</th>
                  <th scope="col">Questions</th>
                </tr>
              </thead>
              <tbody>
                {studies.map(({ study, studyDate, modalities, patient, destroyed }) => (
                  <tr key={study}>
                    <th scope="row">
                      {studyDate === '' ? 'No date' : formatDate(studyDate)} {modalities.join(', ')}{' '}
                      {destroyed && <Mark tone="warn">destroyed</Mark>}
                      <span className={styles.dim}>{study}</span>
                    </th>
                    <td>{patient?.id ?? 'not given'}</td>
                    <td>
                      <Ask to="/integrity/$study" params={{ study }} label="Was it altered?" />{' '}
                      <Ask to="/destruction/$study" params={{ study }} label="Was it destroyed lawfully?" />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {truncated && <p className={styles.note}>There are more studies than are listed here.</p>}
        </Section>
      )}
    </>
  )
}

type AskProps =
  | {
      readonly to: '/access/$patient' | '/complete/$patient'
      readonly params: { readonly patient: string }
      readonly label: string
    }
  | {
      readonly to: '/integrity/$study' | '/destruction/$study'
      readonly params: { readonly study: string }
      readonly label: string
    }

/** Not asked before somebody means it: each question is an entry of the log. */
const Ask = ({ label, ...link }: AskProps) => (
  <Button size="compact-md" variant="default" renderRoot={(props) => <Link {...link} preload={false} {...props} />}>
    {label}
  </Button>
)

/** Completeness of a time. */
function Period() {
  const navigate = useNavigate()
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const send = (event: FormEvent) => {
    event.preventDefault()
    void navigate({ to: '/complete', search: { from, to } })
  }
  return (
    <Section title="Is everything there that came in a time?">
      <form className={styles.form} aria-label="Completeness of a time" onSubmit={send}>
        <TextInput type="date" label="From" required value={from} onChange={(e) => setFrom(e.currentTarget.value)} />
        <TextInput type="date" label="To" required value={to} onChange={(e) => setTo(e.currentTarget.value)} />
        <Button type="submit" variant="default">
          Ask
        </Button>
      </form>
    </Section>
  )
}
