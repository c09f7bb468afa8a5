/** One study: its facts, its series, its objects as they are kept. */
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import type { InstanceRow, StudyPage as StudyPageShape } from '../../api/studies.ts'
import { useArrivals, useReceiving } from '../http/events.ts'
import { rejectionsQuery, studyQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { RejectForm, type RejectFormProps } from '../rejections/RejectForm.tsx'
import { useShortcuts } from '../shell/keys.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Icon } from '../ui/icons.tsx'
import { Mark } from '../ui/Mark.tsx'
import { PatientName } from '../ui/PatientName.tsx'
import { Page, Section, useTitle } from '../ui/page.tsx'
import { ErrorState, SkeletonRows } from '../ui/states.tsx'
import { counted } from '../words/numbers.ts'
import { Evidence } from './Evidence.tsx'
import { ObjectsTable } from './ObjectsTable.tsx'
import { Rejected } from './Rejected.tsx'
import { Reports } from './Reports.tsx'
import { Retention } from './Retention.tsx'
import { SeriesList } from './SeriesList.tsx'
import { StudyFacts } from './StudyFacts.tsx'
import styles from './StudyPage.module.css'
import { Wholeness } from './Wholeness.tsx'

export function StudyPage() {
  const { study } = useParams({ from: '/shell/s/$study' })
  const page = useQuery(studyQuery(study))
  useStudyArrivals(study)
  useTitle('Study')
  if (page.data) return <Loaded key={study} page={page.data} />
  return (
    <div className={styles.waiting}>
      {page.error ? (
        <ErrorState error={page.error} what="this study" whole onRetry={() => void page.refetch()} />
      ) : (
        <SkeletonRows rows={10} height={52} heading="Study" />
      )}
    </div>
  )
}

/** What arrives for this study is asked for, at most every two seconds. */
function useStudyArrivals(study: string): void {
  const queries = useQueryClient()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  useArrivals((happened) => {
    if (happened !== 'anew' && !happened.more && !happened.studies.some((one) => one.study === study)) return
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      void queries.invalidateQueries({ queryKey: ['study', study] })
    }, SOON_MS)
  })
}

const SOON_MS = 1500

function Loaded({ page: { study, series } }: { readonly page: StudyPageShape }) {
  const navigate = useNavigate()
  const receiving = useReceiving().has(study.study)
  const session = useSession()
  const queries = useQueryClient()
  const [rejecting, setRejecting] = useState<{ readonly object?: InstanceRow }>()
  useShortcuts('Study', [
    {
      keys: ['v'],
      does: 'Open the viewer',
      run: () => void navigate({ to: '/v/$study', params: { study: study.study } }),
    },
    {
      keys: ['x'],
      does: 'Open the viewer with the relevant prior',
      run: () => void navigate({ to: '/v/$study', params: { study: study.study }, search: { prior: 'best' } }),
    },
    {
      keys: ['t'],
      does: 'Timeline of the patient',
      run: () =>
        study.patient !== '' &&
        void navigate({ to: '/p/$patient', params: { patient: study.patient }, search: { a: study.study } }),
    },
    { keys: ['u'], does: 'Back to the worklist', run: () => void navigate({ to: '/' }) },
  ])
  return (
    <Page
      title={study.description || 'Study without a description'}
      about={
        <div className={styles.patient}>
          <PatientName value={study.patientName} wrap />
          <span role="status">{receiving && <Mark tone="accent">Receiving…</Mark>}</span>
        </div>
      }
      actions={
        <>
          {study.patient !== '' && (
            <Button
              variant="default"
              renderRoot={(props) => (
                <Link to="/p/$patient" params={{ patient: study.patient }} search={{ a: study.study }} {...props} />
              )}
            >
              Patient timeline
            </Button>
          )}
          <Button
            renderRoot={(props) => <Link to="/v/$study" params={{ study: study.study }} {...props} />}
            leftSection={<Icon name="image" />}
          >
            Open viewer
          </Button>
        </>
      }
    >
      <StudyFacts study={study} />
      <Section title={counted(series.length, 'series', 'series')}>
        <SeriesList study={study.study} series={series} />
      </Section>
      {mayDo(session, 'read') && <Reports study={study.study} />}
      <Wholeness study={study.study} series={series} />
      <Section title="Kept until">
        <Retention study={study.study} patient={study.patient} />
      </Section>
      {mayDo(session, 'evidence') && (
        <Section title="Evidence">
          <Evidence study={study} />
        </Section>
      )}
      {mayDo(session, 'rejected.see') && <Rejected study={study.study} />}
      {series.length > 0 && (
        <Section
          title="Objects"
          actions={
            mayDo(session, 'reject') && (
              <Button size="compact-md" variant="default" onClick={() => setRejecting({})}>
                Reject…
              </Button>
            )
          }
        >
          <ObjectsTable
            study={study.study}
            series={series}
            {...(mayDo(session, 'reject') && { onReject: (object) => setRejecting({ object }) })}
          />
        </Section>
      )}
      <Dialog opened={rejecting !== undefined} onClose={() => setRejecting(undefined)} title="Reject images" size="lg">
        {rejecting && (
          <Reject
            study={study.study}
            series={series}
            object={rejecting.object}
            onRejected={() => {
              setRejecting(undefined)
              void queries.invalidateQueries({ queryKey: ['rejections'] })
              void queries.invalidateQueries({ queryKey: ['study', study.study] })
            }}
          />
        )}
      </Dialog>
    </Page>
  )
}

function Reject(props: Omit<RejectFormProps, 'may'>) {
  const { data, error, refetch } = useQuery(rejectionsQuery(props.study))
  if (error) return <ErrorState error={error} what="what you may reject" onRetry={() => void refetch()} />
  return data === undefined ? <SkeletonRows rows={4} /> : <RejectForm {...props} may={data.may} />
}
