/** The worklist: find the right study in seconds. It arranges; `useWorklist` fetches, `WorklistTable` shows. */
import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type DragEvent, useEffect, useState } from 'react'
import { mayDo, useSession } from '../http/session.ts'
import { useShortcuts } from '../shell/keys.ts'
import { Icon } from '../ui/icons.tsx'
import { useTitle } from '../ui/page.tsx'
import { ErrorState, SkeletonRows } from '../ui/states.tsx'
import { filesOfDrop } from '../upload/dropped.ts'
import { enqueue } from '../upload/uploads.ts'
import { counted, formatCount } from '../words/numbers.ts'
import { FilterBar } from './FilterBar.tsx'
import { FirstRun } from './FirstRun.tsx'
import { NoMatch } from './NoMatch.tsx'
import { NoPatients } from './NoPatients.tsx'
import { useWorklist } from './use-worklist.ts'
import styles from './WorklistPage.module.css'
import { WorklistTable } from './WorklistTable.tsx'

export function WorklistPage() {
  const session = useSession()
  return session && !mayDo(session, 'find') ? <NoPatients session={session} /> : <Worklist />
}

function Worklist() {
  useTitle('Worklist')
  useViewerReady()
  const navigate = useNavigate()
  const list = useWorklist()
  const [dropping, setDropping] = useState(false)
  useShortcuts('Worklist', [
    { keys: ['r'], does: 'Refresh the list', run: list.refresh },
    { keys: ['x'], does: 'Take all filters away', run: () => list.change(NOTHING) },
  ])

  async function drop(event: DragEvent) {
    event.preventDefault()
    setDropping(false)
    const files = await filesOfDrop(event.dataTransfer)
    if (files.length === 0) return
    enqueue(files)
    void navigate({ to: '/upload' })
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping here is a shortcut; Add images is the way without a pointer
    <div
      className={styles.page}
      onDragOver={(event) => {
        event.preventDefault()
        setDropping(event.dataTransfer.types.includes('Files'))
      }}
      onDragLeave={(event) => event.currentTarget === event.target && setDropping(false)}
      onDrop={(event) => void drop(event)}
    >
      <h1 className="hidden-visually">Worklist</h1>
      <FilterBar list={list} />
      <div className={styles.line}>
        <span role="status">
          {summary(list)}
          {list.waiting > 0 && (
            <span className="hidden-visually">, {counted(list.waiting, 'new study', 'new studies')} arrived</span>
          )}
        </span>
        {list.asOf > 0 && <span className={styles.asOf}>as of {new Date(list.asOf).toLocaleTimeString()}</span>}
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<Icon name="refresh" size={14} />}
          loading={list.fetching && list.asOf > 0}
          onClick={list.refresh}
        >
          Refresh
        </Button>
        {list.waiting > 0 && (
          <Button
            size="compact-sm"
            onClick={() => {
              list.refresh()
              document.getElementById('worklist')?.scrollTo({ top: 0 })
            }}
          >
            {counted(list.waiting, 'new study', 'new studies')} – show
          </Button>
        )}
      </div>
      <Content list={list} />
      {dropping && (
        <div className={styles.drop} aria-hidden="true">
          <Icon name="upload" size={40} />
          Drop to add to the archive
        </div>
      )}
    </div>
  )
}

/** Fetches the viewer while nothing else goes on, so that the first image need not wait for it. */
function useViewerReady(): void {
  useEffect(() => {
    const timer = setTimeout(() => void import('../viewer/ViewerPage.tsx').catch(() => undefined), 1500)
    return () => clearTimeout(timer)
  }, [])
}

const NOTHING = { q: undefined, modality: undefined, date: undefined }

function Content({ list }: { readonly list: ReturnType<typeof useWorklist> }) {
  if (list.studies === undefined) {
    if (list.error)
      return (
        <div className={styles.body}>
          <ErrorState error={list.error} what="the worklist" onRetry={list.refresh} />
        </div>
      )
    return (
      <div className={styles.body}>
        <SkeletonRows rows={12} />
      </div>
    )
  }
  if (list.studies.length > 0) return <WorklistTable studies={list.studies} onEnd={list.more} />
  // An empty list that nothing narrows is an empty archive, as of that list; what came since waits above it.
  return list.filtered ? <NoMatch search={list.search} onChange={list.change} /> : <FirstRun />
}

function summary({ studies, more, fetching, error }: ReturnType<typeof useWorklist>): string {
  if (studies === undefined) return error ? 'No answer' : fetching ? 'Looking…' : ''
  if (studies.length === 0) return 'No studies'
  return more ? `${formatCount(studies.length)}+ studies` : counted(studies.length, 'study', 'studies')
}
