/**
 * Storage commitments that were asked for and are not answered yet. A device that asked waits for our word before it
 * deletes: what is in here survives whatever happens to the process, and goes only when the device has heard, or when
 * we gave up.
 */
import { ArchiveError } from '../base/errors.ts'
import type { ControlStore } from '../storage/sql/control-store.ts'
import {
  type CommitmentRow,
  commitment,
  commitmentFailed,
  commitmentsByTime,
  commitmentsWaiting,
  deleteCommitment,
  insertCommitment,
} from './control.queries.ts'

export interface CommitmentAsked {
  /** AE title. */
  readonly device: string
  readonly transaction: string
  readonly address: string
  /** SOP class and SOP instance each. */
  readonly asked: readonly (readonly [string, string])[]
}

export interface Commitment extends CommitmentAsked {
  readonly askedAt: Date
  /** Reports that did not get through. */
  readonly attempts: number
  readonly nextAt: Date
  readonly why: string
}

export interface Commitments {
  /**
   * Synced when it returns. The same request again changes nothing.
   *
   * @throws {ArchiveError} `COMMIT_INVALID` when the device uses a transaction UID again for something else, `COMMIT_BUSY`
   */
  add(asked: CommitmentAsked, at: Date): void
  /** Those due first come first. */
  next(most: number): readonly Commitment[]
  failed(one: CommitmentAsked, attempts: number, next: Date, why: string): void
  done(one: CommitmentAsked): void
}

/** Requests that wait, of all devices. */
const MOST = 10_000

export function openCommitments(store: ControlStore): Commitments {
  return {
    add({ device, transaction, address, asked }, at) {
      const text = JSON.stringify(asked)
      const known = commitment(store, device, transaction)
      if (known !== undefined) {
        if (known.asked === text) return
        throw new ArchiveError('COMMIT_INVALID', { why: 'its TransactionUID is in use for other instances' })
      }
      const waiting = commitmentsWaiting(store)
      if (waiting >= MOST) throw new ArchiveError('COMMIT_BUSY', { count: waiting })
      const moment = at.toISOString()
      insertCommitment(store, {
        device,
        transaction_uid: transaction,
        address,
        asked: text,
        asked_at: moment,
        attempts: 0,
        next_at: moment,
        why: '',
      })
    },
    next: (most) => commitmentsByTime(store, most).map(commitmentOf),
    failed: ({ device, transaction }, attempts, next, why) =>
      void commitmentFailed(store, device, transaction, attempts, next.toISOString(), why),
    done: ({ device, transaction }) => void deleteCommitment(store, device, transaction),
  }
}

const commitmentOf = (row: CommitmentRow): Commitment => ({
  device: row.device,
  transaction: row.transaction_uid,
  address: row.address,
  asked: JSON.parse(row.asked) as [string, string][],
  askedAt: new Date(row.asked_at),
  attempts: row.attempts,
  nextAt: new Date(row.next_at),
  why: row.why,
})
