/**
 * `/api/changes`: the change feed. Whoever asks behind the last number they were given misses nothing and gets nothing
 * twice, across restarts of either side; with `wait` they hear of it when it happens.
 */
import { ChangesQuery, Changes as Shape } from '../../api/changes.ts'
import type { Archive, Changes } from '../../archive/archive.ts'
import type { Context } from '../../base/context.ts'
import { type Route, route } from '../routes.ts'

/** Changes that this process does not make, and those that are no arrivals, are looked for so often while somebody waits. */
const LOOK_MS = 1000

export function changeRoutes(archive: Pick<Archive, 'changes' | 'onReceived'>): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/changes',
      act: 'changes.see',
      says: 'What changed behind `after`, in the order of the log: objects stored, in conflict, rejected, restored, destroyed. `wait` holds the answer until there is something.',
      query: ChangesQuery,
      answers: [{ status: 200, says: 'The changes, and where to go on.', shape: Shape }],
      handle: async ({ context, query }): Promise<Changes> => {
        const until = performance.now() + query.wait * 1000
        for (let after = query.after; ; ) {
          const answer = await archive.changes(context, { after, limit: query.limit })
          const over = context.signal.aborted || (performance.now() >= until && !answer.more)
          if (answer.changes.length > 0 || over) return answer
          after = answer.next
          if (!answer.more) await somethingOr(archive, context, Math.min(LOOK_MS, until - performance.now()))
        }
      },
    }),
  ]
}

/** Resolves when an object arrives, when the asker goes away, or after so long. */
function somethingOr(archive: Pick<Archive, 'onReceived'>, { signal }: Context, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      forget()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.max(0, ms))
    const forget = archive.onReceived(done)
    signal.addEventListener('abort', done)
  })
}
