/** SQL of notices that wait for their destination (`control.db`). Read and written only by `notices.ts`. */
import type { ControlStore } from '../storage/sql/control-store.ts'

export interface NoticeRow {
  readonly notice_id: number
  readonly destination: string
  readonly kind: string
  readonly sop: string
  readonly attributes: string
  readonly queued_at: string
  readonly attempts: number
  readonly next_at: string
  readonly why: string
}

export const insertNotice = (store: ControlStore, row: Omit<NoticeRow, 'notice_id' | 'attempts' | 'why'>) =>
  store.run(
    `insert into notices (destination, kind, sop, attributes, queued_at, attempts, next_at, why)
     values (?, ?, ?, ?, ?, 0, ?, '')`,
    row.destination,
    row.kind,
    row.sop,
    row.attributes,
    row.queued_at,
    row.next_at,
  )

export const noticeDestinations = (store: ControlStore) =>
  store.all<{ destination: string }>('select distinct destination from notices order by destination')

/** What tells of one step goes in the order it was told in: of each step the oldest, and of these the one due first. */
export const nextNotice = (store: ControlStore, destination: string) =>
  store.one<NoticeRow>(
    `select n.* from notices n
      where n.destination = ?
        and n.notice_id = (select min(o.notice_id) from notices o where o.destination = n.destination and o.sop = n.sop)
      order by n.next_at, n.notice_id limit 1`,
    destination,
  )

export const noticeFailed = (store: ControlStore, id: number, attempts: number, next: string, why: string) =>
  store.run('update notices set attempts = ?, next_at = ?, why = ? where notice_id = ?', attempts, next, why, id)

export const deleteNotice = (store: ControlStore, id: number) =>
  store.run('delete from notices where notice_id = ?', id)
