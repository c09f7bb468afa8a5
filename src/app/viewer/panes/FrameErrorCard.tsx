import { Button } from '@mantine/core'
import { asRequestError } from '../../http/client.ts'
import { originalPath } from '../../http/queries.ts'
import { Icon } from '../../ui/icons.tsx'
import styles from './Pane.module.css'
import type { PaneState } from './pane-state.ts'

export interface FrameErrorCardProps {
  readonly error: unknown
  readonly state: PaneState
  readonly onRetry: () => void
}

/** In place of a frame that cannot be shown: why, and what one can do. The frames beside it go on. */
export function FrameErrorCard({ error, state, onRetry }: FrameErrorCardProps) {
  const { problem } = asRequestError(error)
  const object = state.set.frames[state.index]?.object
  return (
    <div className={styles.card} role="alert" onPointerDown={(event) => event.stopPropagation()}>
      <div className={styles.paper}>
        <h2 className={styles.heading}>
          <Icon name="conflict" size={22} />
          Image {state.index + 1} cannot be shown
        </h2>
        <p className={styles.text}>
          {problem.fact} {problem.remedy}
        </p>
        <p className={styles.code}>
          {problem.code}
          {problem.request && ` · request ${problem.request}`}
          {object && ` · object ${object.sop}`}
        </p>
        <div className={styles.ways}>
          <Button onClick={onRetry} leftSection={<Icon name="refresh" size={16} />}>
            Retry
          </Button>
          {object && (
            <Button
              component="a"
              variant="default"
              href={originalPath(object.study, object.series, object.sop)}
              download={`${object.sop}.dcm`}
              leftSection={<Icon name="download" size={16} />}
            >
              Download the original
            </Button>
          )}
        </div>
      </div>
    </div>
  )
}
