import { useSession } from '../http/session.ts'
import { AppShell } from './AppShell.tsx'

/** The office screens' frame; the gate has made sure of the session. */
export function ShellLayout() {
  const session = useSession()
  return session ? <AppShell session={session} /> : null
}
