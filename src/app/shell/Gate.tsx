/** Who may pass: waits for the session, shows the login, the first password or the second factor to set up, and lets everyone else through. */
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useCallback, useState } from 'react'
import type { Session } from '../../api/session.ts'
import { useIdle } from '../http/idle.ts'
import { sessionQuery, useLock, useSessionWatch } from '../http/session.ts'
import { FirstFactorPage } from '../login/FirstFactorPage.tsx'
import { FirstPasswordPage } from '../login/FirstPasswordPage.tsx'
import { type Ended, LoginPage } from '../login/LoginPage.tsx'
import { ErrorState } from '../ui/states.tsx'

export function Gate({ children }: { readonly children: (session: Session) => ReactNode }) {
  const session = useQuery(sessionQuery)
  const [ended, setEnded] = useState<Ended>()
  const lock = useLock()
  const known = session.data?.user?.name
  useSessionWatch(useCallback(() => setEnded({ name: known, why: 'ended' }), [known]))
  useIdle(
    known === undefined || session.data?.open ? undefined : session.data?.idleSeconds,
    useCallback(() => {
      void lock()
      // After it: what the lock took out of memory is seen to be gone when this is drawn again.
      setEnded({ name: known, why: 'idle' })
    }, [known, lock]),
  )

  if (session.data) {
    const { user, open } = session.data
    if (open) return children(session.data)
    if (user === null) return <LoginPage ended={ended} />
    if (user.mustChangePassword) return <FirstPasswordPage userName={user.name} />
    if (user.mustEnrol) return <FirstFactorPage userName={user.name} />
    return children(session.data)
  }
  if (session.error) return <ErrorState error={session.error} what="Clearkeep" onRetry={() => void session.refetch()} />
  return (
    <div role="status" aria-busy="true">
      <span className="hidden-visually">Loading Clearkeep</span>
    </div>
  )
}
