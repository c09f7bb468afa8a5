/** Looks for another patient among the studies here, as the worklist does. */
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { StudyRow } from '../../api/studies.ts'
import { patientsQuery } from '../http/queries.ts'
import { PatientName } from '../ui/PatientName.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import { TableFrame } from '../ui/TableFrame.tsx'
import table from '../ui/table.module.css'
import { formatDate } from '../words/dates.ts'
import styles from './Persons.module.css'
import { patientNumber } from './person-words.ts'

export interface FindPatientProps {
  /** Keys that are not offered. */
  readonly without: readonly string[]
  readonly onChoose: (patient: string) => void
}

export function FindPatient({ without, onChoose }: FindPatientProps) {
  const [typed, setTyped] = useState('')
  const [words, setWords] = useState('')
  const found = useQuery({ ...patientsQuery(words), enabled: words !== '' })
  const patients = distinct(found.data?.studies ?? []).filter(({ patient }) => !without.includes(patient))
  return (
    <>
      <form
        className={styles.find}
        onSubmit={(event) => {
          event.preventDefault()
          setWords(typed.trim())
        }}
      >
        <TextInput
          label="Name, patient number or accession number"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          maxLength={256}
        />
        <Button type="submit" variant="default" disabled={typed.trim() === ''}>
          Look for the patient
        </Button>
      </form>
      {found.error ? (
        <ErrorState error={found.error} what="patients" onRetry={() => void found.refetch()} />
      ) : words === '' ? null : found.data === undefined ? (
        <SkeletonRows rows={3} height={44} />
      ) : patients.length === 0 ? (
        <EmptyState small icon="people" title="No other patient">
          Nothing here is of another patient with these words.
        </EmptyState>
      ) : (
        <TableFrame label="Patients found">
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">Patient</th>
                <th scope="col">Number</th>
                <th scope="col">Birth date</th>
                <th scope="col">
                  <span className="hidden-visually">Compare</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {patients.map((row) => (
                <tr key={row.patient}>
                  <td>
                    <PatientName value={row.patientName} />
                  </td>
                  <td>{patientNumber({ id: row.patientId, issuer: row.issuer })}</td>
                  <td>{row.birthDate === '' ? '–' : formatDate(row.birthDate)}</td>
                  <td className={table.actions}>
                    <Button
                      size="compact-md"
                      variant="default"
                      aria-label={`Compare with ${row.patientId}`}
                      onClick={() => onChoose(row.patient)}
                    >
                      Compare
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
    </>
  )
}

const distinct = (studies: readonly StudyRow[]): readonly StudyRow[] => [
  ...new Map(studies.filter(({ patient }) => patient !== '').map((row) => [row.patient, row])).values(),
]
