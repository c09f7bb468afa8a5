/**
 * The login, in place of whatever screen was asked for; the address stays, so that one lands where one wanted to be.
 * Plain form fields with their autocomplete names: password managers fill them, pasting works. An account with a second
 * factor is asked for its code in a second step.
 */
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import type { Login } from '../../api/session.ts'
import { RequestError } from '../http/client.ts'
import { useLogIn, useSession } from '../http/session.ts'
import { useTitle } from '../ui/page.tsx'
import { InlineError } from '../ui/states.tsx'
import { CodeStep } from './CodeStep.tsx'
import { LoginFrame } from './LoginFrame.tsx'
import styles from './LoginPage.module.css'

/** What was before this login: whose session ended, and why. */
export interface Ended {
  readonly name: string | undefined
  readonly why: 'ended' | 'idle'
}

/** Back to where one is now, when the provider has said who it is. */
const providerAddress = () =>
  `/api/session/provider?${new URLSearchParams({ to: window.location.pathname + window.location.search })}`

export function LoginPage({ ended }: { readonly ended: Ended | undefined }) {
  useTitle('Log in')
  const logIn = useLogIn()
  const { provider = null, refusal = null } = useSession() ?? {}
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  /** Name and password that were right, while the code is asked for. */
  const [proved, setProved] = useState<Login>()
  const password = useRef<HTMLInputElement>(null)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    // Read from the form: password managers may fill fields without telling the page.
    const fields = new FormData(event.currentTarget)
    const login = { name: String(fields.get('username') ?? '').trim(), password: String(fields.get('password') ?? '') }
    setBusy(true)
    setError(null)
    try {
      await logIn(login)
    } catch (thrown) {
      setBusy(false)
      if (thrown instanceof RequestError && thrown.problem.code === 'ACCESS_CODE_NEEDED') return setProved(login)
      setError(thrown)
      if (thrown instanceof RequestError && thrown.status === 401) password.current?.select()
    }
  }

  if (proved !== undefined) return <CodeStep login={proved} onBack={() => setProved(undefined)} />
  return (
    <LoginFrame title="Log in">
      {ended && (
        <p className={styles.ended} role="status">
          {ended.why === 'idle'
            ? 'Locked, as nobody used this page. Log in to go on where you were.'
            : 'Your session ended. Log in to go on where you were.'}
        </p>
      )}
      {provider !== null && (
        <div className={styles.provider}>
          {refusal && <InlineError error={new RequestError(401, refusal)} />}
          <Button component="a" href={providerAddress()} fullWidth size="md" autoFocus={ended === undefined}>
            Log in with {provider}
          </Button>
          <p className={styles.or}>or with an account of this archive</p>
        </div>
      )}
      <form className={styles.form} onSubmit={submit}>
        <TextInput
          name="username"
          label="Name"
          autoComplete="username"
          required
          withAsterisk={false}
          defaultValue={ended?.name ?? ''}
          autoFocus={ended?.name === undefined && provider === null}
        />
        <PasswordInput
          ref={password}
          autoFocus={ended?.name !== undefined}
          name="password"
          label="Password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
        />
        <InlineError error={error} />
        <Button type="submit" loading={busy} fullWidth size="md" variant={provider === null ? 'filled' : 'default'}>
          Log in
        </Button>
      </form>
      {ended === undefined && provider === null && (
        <p className={styles.hint}>
          First start? The administrator’s one-time password stands in the window the archive was started in.
        </p>
      )}
    </LoginFrame>
  )
}
