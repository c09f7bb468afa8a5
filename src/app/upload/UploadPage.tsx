/** Adding images from the browser: the drop zone, the progress, and what became of each file. */
import { Button, Progress } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Page, Section } from '../ui/page.tsx'
import { counted, formatBytes } from '../words/numbers.ts'
import { DropZone } from './DropZone.tsx'
import styles from './UploadPage.module.css'
import { UploadResults } from './UploadResults.tsx'
import { clearUploads, sendFailedAgain, stopUploads, useUploads } from './uploads.ts'

export function UploadPage() {
  const uploads = useUploads()
  const queries = useQueryClient()
  const { items, totals, active } = uploads
  useEffect(() => {
    if (!active && items.length > 0) void queries.invalidateQueries({ queryKey: ['studies'] })
  }, [active, items.length, queries])

  const finished = items.length - totals.waiting - totals.sending
  const studies = [...new Set(items.flatMap(({ study }) => (study === undefined ? [] : [study])))]
  return (
    <Page
      title="Add images"
      about="Files go to the archive one by one; a file it cannot take does not stop the others."
    >
      <DropZone>
        <p className={styles.hint}>Single files, whole folders, a CD. Sending a file twice does no harm.</p>
      </DropZone>
      {items.length > 0 && (
        <Section
          title={active ? 'Sending' : 'Sent'}
          actions={
            <div className={styles.ways}>
              {active && (
                <Button variant="default" size="xs" onClick={stopUploads}>
                  Stop
                </Button>
              )}
              {totals.failed > 0 && !active && (
                <Button size="xs" onClick={sendFailedAgain}>
                  Send {counted(totals.failed, 'file')} again
                </Button>
              )}
              {!active && (
                <Button variant="default" size="xs" onClick={clearUploads}>
                  Clear the list
                </Button>
              )}
            </div>
          }
        >
          <Progress
            value={uploads.bytes === 0 ? 0 : (100 * uploads.sentBytes) / uploads.bytes}
            aria-label="Bytes sent"
            color="cyan"
            size="lg"
            animated={active}
          />
          <p className={styles.sums} aria-live="polite">
            {finished} of {counted(items.length, 'file')} · {formatBytes(uploads.sentBytes)} of{' '}
            {formatBytes(uploads.bytes)} · {totals.stored + totals.warned} stored
            {totals.refused > 0 && ` · ${totals.refused} refused`}
            {totals.failed > 0 && ` · ${totals.failed} did not arrive`}
          </p>
          {!active && studies.length > 0 && (
            <p className={styles.sums}>
              {studies.length === 1 && studies[0] ? (
                <Link to="/s/$study" params={{ study: studies[0] }}>
                  Open the study
                </Link>
              ) : (
                <Link to="/">See {counted(studies.length, 'study', 'studies')} on the worklist</Link>
              )}
            </p>
          )}
          <UploadResults items={items} />
        </Section>
      )}
    </Page>
  )
}
