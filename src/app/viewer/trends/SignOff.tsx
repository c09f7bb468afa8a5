/** A named person signs the assessment: it becomes the signed report of the study it was opened from. */
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Measurements, SavedMeasurements, type SaveMeasurements } from '../../../api/measurements.ts'
import { ask, asRequestError } from '../../http/client.ts'
import { formatDate, formatTime } from '../../words/dates.ts'
import { ownReport } from '../measure/book.ts'
import styles from './Trends.module.css'

export interface SignOffProps {
  readonly study: string
  readonly conclusion: string
  readonly measurements: Measurements
}

export function SignOff({ study, conclusion, measurements }: SignOffProps) {
  const client = useQueryClient()
  const [state, setState] = useState<'rest' | 'signing'>('rest')
  const [failure, setFailure] = useState<unknown>()
  const own = ownReport(measurements, study)
  const problem = failure ? asRequestError(failure).problem : undefined
  const isSigned = own?.signed && own.conclusion === conclusion

  async function sign() {
    setState('signing')
    setFailure(undefined)
    const body: SaveMeasurements = {
      findings: own?.findings ?? [],
      basedOn: own?.instance ?? null,
      sign: true,
      conclusion,
    }
    try {
      await ask(`/api/studies/${study}/measurements`, SavedMeasurements, { method: 'POST', body })
      await client.invalidateQueries({ queryKey: ['study', study, 'measurements'] })
    } catch (error) {
      setFailure(error)
    }
    setState('rest')
  }

  return (
    <div className={styles.sign}>
      {isSigned ? (
        <p role="status" data-signed={own?.signed?.name}>
          Signed by {own?.signed?.name}, {formatDate(own?.signed?.at.slice(0, 8) ?? '')}{' '}
          {formatTime(own?.signed?.at.slice(8, 14) ?? '')} UTC.
        </p>
      ) : (
        <>
          <p className={styles.dim} role="status">
            {own?.signed ? 'Sizes changed since it was signed.' : 'Nobody has signed this assessment.'}
          </p>
          <Button disabled={!measurements.maySave || state === 'signing'} onClick={() => void sign()}>
            Sign this assessment
          </Button>
        </>
      )}
      {problem && (
        <p className={styles.bad} role="alert">
          {problem.fact} {problem.remedy}
        </p>
      )}
    </div>
  )
}
