/**
 * Who is logged in, as one query every screen can read.
 *
 * A 401 from anywhere, logging out and locking all do the same: everything fetched is dropped from memory and the login
 * takes the place of the screen. The address stays, so that logging in again leads back to where one was.
 */
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect } from 'react'
import { Left, type Login, Session } from '../../api/session.ts'
import { ask, onLoggedOut, request, setCsrf } from './client.ts'

export const SESSION_KEY = ['session'] as const

async function fetchSession(signal?: AbortSignal): Promise<Session> {
  const session = await ask('/api/session', Session, { signal })
  setCsrf(session.csrf)
  return session
}

export const sessionQuery = queryOptions({
  queryKey: SESSION_KEY,
  queryFn: ({ signal }) => fetchSession(signal),
  staleTime: 60_000,
  refetchOnWindowFocus: 'always',
})

export function useSession(): Session | undefined {
  return useQuery(sessionQuery).data
}

/** May this person do it? The archive is asked again when it is done; this is for what a page offers. */
export const mayDo = (session: Session | undefined, act: string): boolean => session?.acts.includes(act) ?? false

/** Logs in; throws `RequestError` when the archive refuses. */
export function useLogIn(): (login: Login) => Promise<void> {
  const queries = useQueryClient()
  return useCallback(
    async (login) => {
      const session = await ask('/api/session', Session, { method: 'POST', body: login })
      setCsrf(session.csrf)
      queries.setQueryData(SESSION_KEY, session)
    },
    [queries],
  )
}

/** Locks: the screen is emptied at once, whether the archive answers or not, the session ends, the address stays. */
export function useLock(): () => Promise<void> {
  const queries = useQueryClient()
  return useCallback(async () => {
    forget(queries)
    try {
      await request('/api/session?why=idle', { method: 'DELETE' })
    } catch {
      // It is over already, or the archive is away, where it ends by itself.
    } finally {
      await queries.invalidateQueries({ queryKey: SESSION_KEY })
    }
  }, [queries])
}

/** Logs out, at the login provider too. The screen is emptied even when the archive cannot be reached. */
export function useLogOut(): () => Promise<void> {
  const queries = useQueryClient()
  return useCallback(async () => {
    let leave: string | undefined
    try {
      const answer = await request('/api/session', { method: 'DELETE' })
      if (answer.status === 200) leave = Left.parse(await answer.json()).leave
    } finally {
      forget(queries)
      if (leave === undefined) await queries.invalidateQueries({ queryKey: SESSION_KEY })
      else window.location.assign(leave)
    }
  }, [queries])
}

/** Watches for a session that ended; mounted once. */
export function useSessionWatch(onEnd: () => void): void {
  const queries = useQueryClient()
  useEffect(
    () =>
      onLoggedOut(() => {
        const known = queries.getQueryData<Session>(SESSION_KEY)
        if (!known?.user) return
        onEnd()
        forget(queries)
        void queries.invalidateQueries({ queryKey: SESSION_KEY })
      }),
    [queries, onEnd],
  )
}

/** Patients' data leaves memory together with the session. */
function forget(queries: ReturnType<typeof useQueryClient>): void {
  const session = queries.getQueryData<Session>(SESSION_KEY)
  queries.clear()
  if (session) queries.setQueryData(SESSION_KEY, { ...session, user: null })
}
