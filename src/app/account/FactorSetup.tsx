/**
 * Sets up a second factor in three steps: the password again, the secret for the app and a code of it, and the recovery
 * codes to put away.
 */
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { RecoveryCodes, SecondFactorSecret } from '../../api/session.ts'
import { ask } from '../http/client.ts'
import { secondFactorQuery } from '../http/queries.ts'
import { SESSION_KEY } from '../http/session.ts'
import { QrCode } from '../ui/QrCode.tsx'
import { InlineError } from '../ui/states.tsx'
import styles from './Factor.module.css'
import { RecoveryCodesBox } from './RecoveryCodesBox.tsx'

export interface FactorSetupProps {
  readonly userName: string
  readonly onDone?: () => void
}

export function FactorSetup({ userName, onDone }: FactorSetupProps) {
  const queries = useQueryClient()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const begin = useMutation({
    mutationFn: () => ask('/api/account/second-factor', SecondFactorSecret, { method: 'POST', body: { password } }),
    onSettled: () => setPassword(''),
  })
  const confirm = useMutation({
    mutationFn: () =>
      ask('/api/account/second-factor/confirm', RecoveryCodes, { method: 'POST', body: { code: code.trim() } }),
    onSettled: () => setCode(''),
  })

  if (confirm.data)
    return (
      <RecoveryCodesBox
        codes={confirm.data.recoveryCodes}
        onDone={() => {
          void queries.invalidateQueries({ queryKey: secondFactorQuery.queryKey })
          void queries.invalidateQueries({ queryKey: SESSION_KEY })
          onDone?.()
        }}
      />
    )
  if (begin.data)
    return (
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          confirm.mutate()
        }}
      >
        <p className={styles.text}>Scan this with an authenticator app, then give the code it shows.</p>
        <QrCode text={begin.data.uri} label="QR code with the secret for your authenticator app" />
        <p className={styles.text}>
          Or type the secret: <code className={styles.secret}>{begin.data.secret.replace(/.{4}(?=.)/g, '$& ')}</code>
        </p>
        <TextInput
          label="Code"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          withAsterisk={false}
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <InlineError error={confirm.error} />
        <Button type="submit" loading={confirm.isPending}>
          Set it up
        </Button>
      </form>
    )
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        begin.mutate()
      }}
    >
      <input type="text" name="username" autoComplete="username" value={userName} readOnly hidden />
      <PasswordInput
        label="Your password, once more"
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
      />
      <InlineError error={begin.error} />
      <Button type="submit" loading={begin.isPending}>
        Go on
      </Button>
    </form>
  )
}
