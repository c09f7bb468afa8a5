/**
 * What other systems are to be told of performed procedure steps, and have not heard yet: steps as they were told here, and which
 * instances of them are here. Synced before the modality is answered, gone when it was heard or given up.
 */
import type { ControlStore } from '../storage/sql/control-store.ts'
import {
  deleteNotice,
  insertNotice,
  type NoticeRow,
  nextNotice,
  noticeDestinations,
  noticeFailed,
} from './notices.queries.ts'

/** An N-CREATE or N-SET of a step to be told on; or that its instances are available. */
export type NoticeKind = 'create' | 'set' | 'availability'

export interface NewNotice {
  /** AE title. */
  readonly destination: string
  readonly kind: NoticeKind
  /** SOP Instance UID of the step. */
  readonly sop: string
  /** DICOM JSON of what was told; '' where it is looked up when it is sent. */
  readonly attributes: string
}

export interface Notice extends NewNotice {
  readonly id: number
  readonly queuedAt: Date
  readonly attempts: number
  readonly nextAt: Date
  readonly why: string
}

export interface Notices {
  /** All of them, with one sync. */
  add(notices: readonly NewNotice[], at: Date): void
  destinations(): readonly string[]
  /** The one due first. */
  next(destination: string): Notice | undefined
  failed(notice: Notice, next: Date, why: string): void
  done(notice: Notice): void
}

export function openNotices(store: ControlStore): Notices {
  return {
    add(notices, at) {
      const moment = at.toISOString()
      if (notices.length > 0)
        store.together(() => {
          for (const notice of notices) insertNotice(store, { ...notice, queued_at: moment, next_at: moment })
        })
    },
    destinations: () => noticeDestinations(store).map(({ destination }) => destination),
    next(destination) {
      const row = nextNotice(store, destination)
      return row && noticeOf(row)
    },
    failed: ({ id, attempts }, next, why) => void noticeFailed(store, id, attempts + 1, next.toISOString(), why),
    done: ({ id }) => void deleteNotice(store, id),
  }
}

const noticeOf = (row: NoticeRow): Notice => ({
  id: row.notice_id,
  destination: row.destination,
  kind: row.kind as NoticeKind,
  sop: row.sop,
  attributes: row.attributes,
  queuedAt: new Date(row.queued_at),
  attempts: row.attempts,
  nextAt: new Date(row.next_at),
  why: row.why,
})
