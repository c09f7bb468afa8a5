/** A place objects are sent to by routing: how it is called, and one connection to it for some of them. */
import type { InstanceRecord } from '../../archive/archive.ts'
import type { Context } from '../../base/context.ts'

/** What a destination said of one object. */
export type Sent = { readonly outcome: 'kept' } | { readonly outcome: 'refused'; readonly why: string }

export interface Delivery {
  /**
   * @throws {ArchiveError} `NET_*` when the destination is not there, or takes nothing: of no object in particular;
   *   another code when the object cannot be read
   */
  send(context: Context, record: InstanceRecord): Promise<Sent>
  close(): Promise<void>
}

export interface Outlet {
  readonly name: string
  readonly kind: 'dicom' | 'dicomweb'
  /** For a person: `WS@10.0.0.7:104`, or an address. */
  readonly where: string
  /** @param records  what is to be sent, in order, so that the right contexts are asked for */
  open(records: readonly InstanceRecord[], signal: AbortSignal): Delivery
}
