/** One person: the patient IDs that are theirs, who merged or linked them, and the way to do either or take it back. */
import { Button, Stack } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { Person, type PersonKey, type Relate } from '../../api/identity.ts'
import { ask } from '../http/client.ts'
import { identityQuery } from '../http/queries.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { PatientName } from '../ui/PatientName.tsx'
import { Page, Section } from '../ui/page.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import { TableFrame } from '../ui/TableFrame.tsx'
import table from '../ui/table.module.css'
import { formatDate, formatMoment, formatSex } from '../words/dates.ts'
import { FindPatient } from './FindPatient.tsx'
import styles from './Persons.module.css'
import { BACK, factsInWords, patientNumber, relationInWords, TOLD } from './person-words.ts'
import { RelateForm } from './RelateForm.tsx'

type Relation = Person['relations'][number]

export function PersonPage() {
  const { patient } = useParams({ from: '/shell/persons/$patient' })
  const { data, error, refetch } = useQuery(identityQuery(patient))
  if (error) return <ErrorState whole error={error} what="this patient" onRetry={() => void refetch()} />
  return (
    <Page
      title="Patient identity"
      about="The patient numbers that are one person. Merging and linking change no object: images keep the number they came under."
      actions={
        <Button variant="default" renderRoot={(props) => <Link to="/p/$patient" params={{ patient }} {...props} />}>
          Timeline
        </Button>
      }
    >
      {data === undefined ? <SkeletonRows rows={6} height={56} /> : <Identity person={data} />}
    </Page>
  )
}

function Identity({ person }: { readonly person: Person }) {
  const queries = useQueryClient()
  const [other, setOther] = useState<string>()
  const [back, setBack] = useState<Relation>()
  const here = person.keys.find(({ key }) => key === person.person)
  const done = () => {
    setOther(undefined)
    setBack(undefined)
    // Whose studies are whose is another everywhere.
    void queries.invalidateQueries()
  }
  return (
    <>
      {person.contradictions.length > 0 && (
        <p role="status">
          <Mark tone="warn">What is known differs</Mark> The {factsInWords(person.contradictions)} of these numbers
          contradict each other: perhaps they are not one person.
        </p>
      )}
      <Section title="Patient numbers">
        <KeyTable person={person} />
      </Section>
      <Section title="Merged and linked">
        {person.relations.length === 0 ? (
          <EmptyState small icon="people" title="One number, one person">
            Nothing was merged or linked with this patient.
          </EmptyState>
        ) : (
          <RelationTable person={person} onBack={setBack} />
        )}
      </Section>
      {person.mayChange && here && (
        <Section title="Another number of the same person">
          <FindPatient without={person.keys.map(({ key }) => key)} onChoose={setOther} />
        </Section>
      )}
      <Dialog opened={other !== undefined} onClose={() => setOther(undefined)} title="One person?" size="lg">
        {other !== undefined && here && <RelateForm here={here} other={other} onDone={done} />}
      </Dialog>
      <Dialog opened={back !== undefined} onClose={() => setBack(undefined)} title="Take it back">
        {back && <TakeBack relation={back} says={relationInWords(back)} onDone={done} />}
      </Dialog>
    </>
  )
}

function KeyTable({ person }: { readonly person: Person }) {
  return (
    <TableFrame label="Patient numbers">
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Number</th>
            <th scope="col">Name</th>
            <th scope="col">Birth date, sex</th>
            <th scope="col">Studies</th>
          </tr>
        </thead>
        <tbody>
          {person.keys.map((one: PersonKey) => (
            <tr key={one.key}>
              <td>
                {patientNumber(one)}
                {person.keys.length > 1 && one.key === person.person && (
                  <span className={styles.dim}>Stands for the person</span>
                )}
              </td>
              <td>
                <PatientName value={one.name} />
                <span className={styles.dim}>{TOLD[one.told]}</span>
              </td>
              <td>
                {[one.birthDate === '' ? '' : formatDate(one.birthDate), formatSex(one.sex)]
                  .filter(Boolean)
                  .join(', ') || '–'}
              </td>
              <td>{one.studies}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

function RelationTable({ person, onBack }: { readonly person: Person; readonly onBack: (relation: Relation) => void }) {
  return (
    <TableFrame label="Merged and linked">
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">By</th>
            <th scope="col">
              <span className="hidden-visually">Take back</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {person.relations.map((one) => (
            <tr key={`${one.kind} ${one.from.key} ${one.into.key}`} className={one.active ? undefined : styles.back}>
              <td className={styles.when}>{formatMoment(one.at)}</td>
              <td>
                {relationInWords(one)}
                {!one.active && <span className={styles.dim}>Taken back</span>}
              </td>
              <td>
                {one.by}
                <span className={styles.dim}>{one.reason}</span>
              </td>
              <td className={table.actions}>
                {person.mayChange && one.active && (
                  <Button
                    size="compact-md"
                    variant="default"
                    aria-label={`Take back: ${relationInWords(one)}`}
                    onClick={() => onBack(one)}
                  >
                    Take back
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

function TakeBack({
  relation,
  says,
  onDone,
}: {
  readonly relation: Relation
  readonly says: string
  readonly onDone: () => void
}) {
  const [reason, setReason] = useState('')
  const send = useMutation({
    mutationFn: (body: Relate) => ask('/api/identity/relations', Person, { method: 'POST', body }),
    onSuccess: onDone,
  })
  const { kind, from, into } = relation
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate({ op: BACK[kind], from: from.key, into: into.key, reason })
      }}
    >
      <Stack>
        <p>{says}. Taken back, each study belongs again to the patient it came under.</p>
        <ReasonField value={reason} onChange={setReason} most={2000} />
        <InlineError error={send.error} />
        <Button type="submit" loading={send.isPending} disabled={reason.trim() === ''}>
          Take it back
        </Button>
      </Stack>
    </form>
  )
}
