/**
 * The DICOM upper layer state machine (PS3.8 section 9.2), as a pure function.
 *
 * `step` takes the state an association is in and what happened, and gives the state it moves to and the effects to
 * carry out, in order. It opens no socket and starts no timer: `association.ts` does. So this file can be laid beside
 * Tables 9-6 to 9-10 and compared with them line for line.
 *
 * Change this file when the standard changes; change `association.ts` when the way we use sockets does.
 */
import { ArchiveError } from '../../base/errors.ts'

/** PS3.8 Tables 9-1 to 9-5. */
export const STATES = {
  Sta1: 'idle',
  Sta2: 'transport connection open, awaiting A-ASSOCIATE-RQ',
  Sta3: 'awaiting the local answer to an association request',
  Sta4: 'awaiting the transport connection',
  Sta5: 'awaiting A-ASSOCIATE-AC or A-ASSOCIATE-RJ',
  Sta6: 'association established',
  Sta7: 'awaiting A-RELEASE-RP',
  Sta8: 'awaiting the local answer to a release request',
  Sta9: 'release collision, requestor: awaiting the local answer',
  Sta10: 'release collision, acceptor: awaiting A-RELEASE-RP',
  Sta11: 'release collision, requestor: awaiting A-RELEASE-RP',
  Sta12: 'release collision, acceptor: awaiting the local answer',
  Sta13: 'association over, awaiting the end of the transport connection',
} as const

/** PS3.8 section 9.2.2 and the first column of Table 9-10. */
export const EVENTS = {
  Evt1: 'A-ASSOCIATE request of the local user',
  Evt2: 'transport connection confirmed',
  Evt3: 'A-ASSOCIATE-AC received',
  Evt4: 'A-ASSOCIATE-RJ received',
  Evt5: 'transport connection indicated',
  Evt6: 'A-ASSOCIATE-RQ received',
  Evt7: 'local user accepts the association',
  Evt8: 'local user rejects the association',
  Evt9: 'P-DATA request of the local user',
  Evt10: 'P-DATA-TF received',
  Evt11: 'A-RELEASE request of the local user',
  Evt12: 'A-RELEASE-RQ received',
  Evt13: 'A-RELEASE-RP received',
  Evt14: 'local user answers the release',
  Evt15: 'A-ABORT request of the local user',
  Evt16: 'A-ABORT received',
  Evt17: 'transport connection closed',
  Evt18: 'ARTIM timer expired',
  Evt19: 'unrecognized or invalid PDU received',
} as const

export type State = keyof typeof STATES
export type EventName = keyof typeof EVENTS

/** PS3.8 Table 9-10. Rows are events, columns states; a dot cannot happen. */
export const TABLE_9_10 = grid(`
          Sta1  Sta2  Sta3  Sta4  Sta5  Sta6  Sta7  Sta8  Sta9  Sta10 Sta11 Sta12 Sta13
  Evt1    AE-1  .     .     .     .     .     .     .     .     .     .     .     .
  Evt2    .     .     .     AE-2  .     .     .     .     .     .     .     .     .
  Evt3    .     AA-1  AA-8  .     AE-3  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
  Evt4    .     AA-1  AA-8  .     AE-4  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
  Evt5    AE-5  .     .     .     .     .     .     .     .     .     .     .     .
  Evt6    .     AE-6  AA-8  .     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
  Evt7    .     .     AE-7  .     .     .     .     .     .     .     .     .     .
  Evt8    .     .     AE-8  .     .     .     .     .     .     .     .     .     .
  Evt9    .     .     .     .     .     DT-1  .     AR-7  .     .     .     .     .
  Evt10   .     AA-1  AA-8  .     AA-8  DT-2  AR-6  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
  Evt11   .     .     .     .     .     AR-1  .     .     .     .     .     .     .
  Evt12   .     AA-1  AA-8  .     AA-8  AR-2  AR-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
  Evt13   .     AA-1  AA-8  .     AA-8  AA-8  AR-3  AA-8  AA-8  AR-10 AR-3  AA-8  AA-6
  Evt14   .     .     .     .     .     .     .     AR-4  AR-9  .     .     AR-4  .
  Evt15   .     .     AA-1  AA-2  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  .
  Evt16   .     AA-2  AA-3  .     AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-2
  Evt17   .     AA-5  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AR-5
  Evt18   .     AA-2  .     .     .     .     .     .     .     .     .     .     AA-2
  Evt19   .     AA-1  AA-8  .     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
`)

export type Effect =
  | 'open transport'
  | 'accept transport'
  | 'close transport'
  | 'start ARTIM'
  | 'stop ARTIM'
  | 'send A-ASSOCIATE-RQ'
  | 'send A-ASSOCIATE-AC'
  | 'send A-ASSOCIATE-RJ'
  | 'send P-DATA-TF'
  | 'send A-RELEASE-RQ'
  | 'send A-RELEASE-RP'
  | 'send A-ABORT of the user'
  | 'send A-ABORT of the provider'
  | 'indicate A-ASSOCIATE'
  | 'confirm A-ASSOCIATE accept'
  | 'confirm A-ASSOCIATE reject'
  | 'indicate P-DATA'
  | 'indicate A-RELEASE'
  | 'confirm A-RELEASE'
  | 'indicate A-ABORT'
  | 'indicate A-P-ABORT'

export interface Event {
  readonly name: EventName
  /** Evt6: can the service provider take this A-ASSOCIATE-RQ (PS3.8 section 9.3.2, protocol version)? */
  readonly acceptable?: boolean
  /** Evt12: did we request the association? */
  readonly requestor?: boolean
  /** Evt16: whose abort is it, the peer's user's or its service provider's? */
  readonly abortedBy?: 'user' | 'provider'
}

export interface Step {
  readonly state: State
  readonly effects: readonly Effect[]
}

type Action = Step | ((event: Event) => Step)

const to = (state: State, ...effects: Effect[]): Step => ({ state, effects })

/** PS3.8 Tables 9-6 to 9-9: what each action does and where it leads. */
const ACTIONS: Readonly<Record<string, Action>> = {
  // Table 9-6: association establishment
  'AE-1': to('Sta4', 'open transport'),
  'AE-2': to('Sta5', 'send A-ASSOCIATE-RQ'),
  'AE-3': to('Sta6', 'confirm A-ASSOCIATE accept'),
  'AE-4': to('Sta1', 'confirm A-ASSOCIATE reject', 'close transport'),
  'AE-5': to('Sta2', 'accept transport', 'start ARTIM'),
  'AE-6': (event) =>
    event.acceptable === true
      ? to('Sta3', 'stop ARTIM', 'indicate A-ASSOCIATE')
      : to('Sta13', 'stop ARTIM', 'send A-ASSOCIATE-RJ', 'start ARTIM'),
  'AE-7': to('Sta6', 'send A-ASSOCIATE-AC'),
  'AE-8': to('Sta13', 'send A-ASSOCIATE-RJ', 'start ARTIM'),
  // Table 9-7: data transfer
  'DT-1': to('Sta6', 'send P-DATA-TF'),
  'DT-2': to('Sta6', 'indicate P-DATA'),
  // Table 9-8: association release
  'AR-1': to('Sta7', 'send A-RELEASE-RQ'),
  'AR-2': to('Sta8', 'indicate A-RELEASE'),
  'AR-3': to('Sta1', 'confirm A-RELEASE', 'close transport'),
  'AR-4': to('Sta13', 'send A-RELEASE-RP', 'start ARTIM'),
  'AR-5': to('Sta1', 'stop ARTIM'),
  'AR-6': to('Sta7', 'indicate P-DATA'),
  'AR-7': to('Sta8', 'send P-DATA-TF'),
  'AR-8': (event) => to(event.requestor === true ? 'Sta9' : 'Sta10', 'indicate A-RELEASE'),
  'AR-9': to('Sta11', 'send A-RELEASE-RP'),
  'AR-10': to('Sta12', 'confirm A-RELEASE'),
  // Table 9-9: association abort
  'AA-1': to('Sta13', 'send A-ABORT of the user', 'start ARTIM'),
  'AA-2': to('Sta1', 'stop ARTIM', 'close transport'),
  'AA-3': (event) =>
    to('Sta1', event.abortedBy === 'user' ? 'indicate A-ABORT' : 'indicate A-P-ABORT', 'close transport'),
  'AA-4': to('Sta1', 'indicate A-P-ABORT'),
  'AA-5': to('Sta1', 'stop ARTIM'),
  'AA-6': to('Sta13'),
  'AA-7': to('Sta13', 'send A-ABORT of the provider'),
  'AA-8': to('Sta13', 'send A-ABORT of the provider', 'indicate A-P-ABORT', 'start ARTIM'),
}

/**
 * Moves the machine by one event.
 *
 * @throws {ArchiveError} `NET_IMPOSSIBLE_EVENT` when Table 9-10 has no action for the pair: a defect on our side, since
 *   peers can only cause events the table answers
 */
export function step(state: State, event: Event): Step {
  const action = ACTIONS[TABLE_9_10.at(event.name, state) ?? '']
  if (action === undefined) throw new ArchiveError('NET_IMPOSSIBLE_EVENT', { event: event.name, state })
  return typeof action === 'function' ? action(event) : action
}

/** Has Table 9-10 an action for this pair? */
export const isPossible = (state: State, event: EventName): boolean => TABLE_9_10.at(event, state) !== undefined

interface Grid {
  readonly events: readonly EventName[]
  readonly states: readonly State[]
  at(event: EventName, state: State): string | undefined
}

/** Reads a table printed as text: the first line names the columns, the first word of each other line its row. */
function grid(text: string): Grid {
  const [heading = [], ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  const cells = new Map<string, string>()
  for (const [event, ...actions] of rows)
    actions.forEach((action, column) => {
      if (action !== '.') cells.set(`${event} ${heading[column]}`, action)
    })
  return {
    events: rows.map(([event]) => event as EventName),
    states: heading as State[],
    at: (event, state) => cells.get(`${event} ${state}`),
  }
}
