/**
 * What changed, for programs that keep up with the archive: objects that came, went out of sight, came back, or were
 * destroyed, in the order of the log. A change's number is its leaf's: numbers only grow, none is given out of order, and
 * what was given is never another thing later, so whoever asks again behind the last one misses nothing.
 */
import type { Context } from '../base/context.ts'
import type { EventType } from '../ledger/event.ts'
import { countLeaves, eventsBetween } from '../ledger/events.queries.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, Change, Changes } from './archive.ts'
import { rejectedOf } from './rejections.queries.ts'
import { openGuard } from './restrictions/guard.ts'

/** Leaves that are changes of what is kept. */
const KINDS: Readonly<Partial<Record<EventType, Change['kind']>>> = {
  'obj.ingest': 'stored',
  'obj.conflict': 'conflict',
  'obj.reject': 'rejected',
  'obj.restore': 'restored',
  tombstone: 'destroyed',
}
const TYPES = Object.keys(KINDS) as readonly EventType[]

export const MOST_CHANGES = 1000
/** Leaves looked through at once; most are of reading and no changes. */
const SPAN = 10_000
const MOST_SPANS = 20

export function openChanges({ db, acts }: { readonly db: Database; readonly acts: Acts }): Pick<Archive, 'changes'> {
  const guard = openGuard({ db, acts })
  const aboutOf = ({ study }: Change) => ({ studies: [study] })
  return {
    async changes(context: Context, { after, limit }) {
      await admit(acts, context, 'changes.see')
      const found = await changesAfter(db, after, Math.min(limit, MOST_CHANGES))
      const answer = { ...found, changes: await guard.rows(context, found.changes, aboutOf) }
      // Who asks every second and is told nothing has been told nothing of anybody.
      if (answer.changes.length > 0) {
        const detail = { changes: { after, next: answer.next }, results: answer.changes.length }
        await acts.event(context, { type: 'aud.110112', action: 'E', outcome: 0, detail }, 'soon')
      }
      return answer
    },
  }
}

async function changesAfter(db: Database, after: number, limit: number): Promise<Changes> {
  const last = (await countLeaves(db)) - 1
  const changes: Change[] = []
  let at = after
  for (let span = 0; at < last && span < MOST_SPANS; span += 1) {
    const to = Math.min(at + SPAN, last)
    const rows = await eventsBetween(db, at, to, TYPES, limit - changes.length + 1)
    for (const row of rows) {
      if (changes.length === limit) return { changes, next: changes.at(-1)?.n ?? at, more: true }
      changes.push(await changeOf(db, row))
    }
    at = to
  }
  return { changes, next: Math.max(at, after), more: at < last }
}

interface Row {
  readonly n: number
  readonly ts: string
  readonly type: string
  readonly study: string
  readonly body: string
}

interface Objects {
  /** Of a person's rejection, which is known by the number of its leaf, and of its end. */
  readonly rejection?: { readonly op: string; readonly rejection?: number }
  readonly objects?: readonly {
    readonly seriesUid?: string
    readonly sopClassUid?: readonly string[]
    readonly instanceUids?: readonly string[]
  }[]
}

/** Instances told of in one change: who is told of these knows that the study changed. */
const MOST_INSTANCES = 10_000

async function changeOf(db: Database, { n, ts, type, study, body }: Row): Promise<Change> {
  const { objects = [], rejection } = JSON.parse(body === '' ? '{}' : body) as Objects
  const named = objects.flatMap(({ seriesUid = '', sopClassUid = [], instanceUids = [] }) =>
    instanceUids.map((instance) => ({
      series: seriesUid,
      instance,
      ...(sopClassUid.length === 1 && { sopClass: sopClassUid[0] as string }),
    })),
  )
  const out = rejection === undefined ? [] : await rejectedOf(db, rejection.rejection ?? n, MOST_INSTANCES)
  // Every version is rejected, and the note with them.
  const rejected = new Map(
    out.map((row) => [row.sop_uid, { series: row.series_uid, instance: row.sop_uid, sopClass: row.sop_class_uid }]),
  )
  return { n, at: ts, kind: KINDS[type as EventType] ?? 'stored', study, instances: [...named, ...rejected.values()] }
}
