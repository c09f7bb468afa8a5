/** The studies of a disposition: what they are, why they may go, what holds them up, and the certificate afterwards. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Disposition } from '../../api/dispositions.ts'
import { assumptions } from '../study/retention-words.ts'
import { formatDate, formatMoment } from '../words/dates.ts'
import { counted, formatBytes } from '../words/numbers.ts'
import styles from './Compliance.module.css'

const SHOWN = 5

export function DispositionStudies({ of: { studies } }: { readonly of: Disposition }) {
  const [all, setAll] = useState(false)
  return (
    <>
      {studies.length > 1 && <span>{counted(studies.length, 'study', 'studies')}</span>}
      {studies
        .slice(0, all ? studies.length : SHOWN)
        .map(({ study, eligibleOn, governing, acknowledged, stopped, tombstone }) => (
          <div key={study} className={styles.part}>
            {tombstone === null ? (
              <Link to="/s/$study" params={{ study }}>
                Due since {formatDate(eligibleOn.replaceAll('-', ''))}
              </Link>
            ) : (
              <>
                {[formatDate(tombstone.studyDate), tombstone.modalities.join(' ')].filter(Boolean).join(' · ')} ·{' '}
                {counted(tombstone.instances, 'object')}, {formatBytes(tombstone.bytes)}
                <span className={styles.dim}>
                  Destroyed {formatMoment(tombstone.at)}.{' '}
                  <a href={`/api/tombstones/${tombstone.id}/certificate.pdf`} download>
                    Certificate
                  </a>{' '}
                  <a href={`/api/tombstones/${tombstone.id}/certificate`} download>
                    with proofs (JSON)
                  </a>
                </span>
              </>
            )}
            <span className={styles.dim}>
              by {governing.join(', ')}
              {acknowledged.length > 0 && `. Assumed, and looked at: ${assumptions({ flags: acknowledged }).join(' ')}`}
            </span>
            {stopped !== '' && <span className={styles.changed}>Not destroyed: {stopped}.</span>}
          </div>
        ))}
      {studies.length > SHOWN && (
        <Button size="compact-sm" variant="subtle" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Fewer' : `All ${studies.length} studies`}
        </Button>
      )}
    </>
  )
}
