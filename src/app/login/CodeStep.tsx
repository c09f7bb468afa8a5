/** The second step of a login: the code of an authenticator app, or a recovery code. */
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import type { Login } from '../../api/session.ts'
import { useLogIn } from '../http/session.ts'
import { InlineError } from '../ui/states.tsx'
import { LoginFrame } from './LoginFrame.tsx'
import styles from './LoginPage.module.css'

export interface CodeStepProps {
  /** Name and password, which were right. */
  readonly login: Login
  readonly onBack: () => void
}

export function CodeStep({ login, onBack }: CodeStepProps) {
  const logIn = useLogIn()
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const field = useRef<HTMLInputElement>(null)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code') ?? '').trim()
    if (code === '') return
    setBusy(true)
    setError(null)
    try {
      await logIn({ ...login, code })
    } catch (thrown) {
      setError(thrown)
      setBusy(false)
      field.current?.select()
    }
  }

  return (
    <LoginFrame title="One more step">
      <p className={styles.text}>Give the code that your authenticator app shows for {login.name} now.</p>
      <form className={styles.form} onSubmit={submit}>
        <TextInput
          ref={field}
          name="code"
          label="Code"
          description="Six digits. If the phone is lost: one of your recovery codes."
          autoComplete="one-time-code"
          required
          withAsterisk={false}
          autoFocus
        />
        <InlineError error={error} />
        <Button type="submit" loading={busy} fullWidth size="md">
          Log in
        </Button>
      </form>
      <p className={styles.hint}>
        <Button variant="subtle" size="compact-sm" onClick={onBack}>
          Another account
        </Button>
      </p>
    </LoginFrame>
  )
}
