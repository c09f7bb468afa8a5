/** Changes one's own password: at first login, and on the account page. */
import { Button, PasswordInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { request } from '../http/client.ts'
import { SESSION_KEY } from '../http/session.ts'
import { InlineError } from '../ui/states.tsx'
import styles from './LoginPage.module.css'

const SHORTEST = 12

export interface PasswordFormProps {
  readonly userName: string
  readonly onDone?: () => void
}

export function PasswordForm({ userName, onDone }: PasswordFormProps) {
  const queries = useQueryClient()
  const [error, setError] = useState<unknown>(null)
  const [fault, setFault] = useState<{ next?: string; again?: string }>({})
  const [busy, setBusy] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    const [current, next, again] = ['current', 'next', 'again'].map((name) => String(fields.get(name) ?? '')) as [
      string,
      string,
      string,
    ]
    const found = faultsOf(current, next, again)
    setFault(found)
    setError(null)
    if (found.next || found.again) return
    setBusy(true)
    try {
      await request('/api/account/password', { method: 'POST', body: { current, next } })
      form.reset()
      await queries.invalidateQueries({ queryKey: SESSION_KEY })
      onDone?.()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {/* Lets a password manager know whose password it saves. */}
      <input type="text" name="username" autoComplete="username" value={userName} readOnly hidden />
      <PasswordInput
        name="current"
        label="Present password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the present password' }}
      />
      <PasswordInput
        name="next"
        label="New password"
        description={`At least ${SHORTEST} characters. Length is what counts: a sentence is good.`}
        autoComplete="new-password"
        required
        withAsterisk={false}
        error={fault.next}
        visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the new password' }}
      />
      <PasswordInput
        name="again"
        label="New password again"
        autoComplete="new-password"
        required
        withAsterisk={false}
        error={fault.again}
        visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the repeated password' }}
      />
      <InlineError error={error} />
      <Button type="submit" loading={busy}>
        Change password
      </Button>
    </form>
  )
}

function faultsOf(current: string, next: string, again: string): { next?: string; again?: string } {
  if (next.length < SHORTEST) return { next: `It has ${next.length} characters; ${SHORTEST} are needed.` }
  if (next === current) return { next: 'It is the present password; choose another one.' }
  return next === again ? {} : { again: 'The two differ.' }
}
