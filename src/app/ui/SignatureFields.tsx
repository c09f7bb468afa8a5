/** An approval is signed: with the password of who approves, and with a code once the archive asks for one. */
import { PasswordInput, TextInput } from '@mantine/core'
import type { Signed } from '../../api/signing.ts'
import { asRequestError } from '../http/client.ts'
import { useSession } from '../http/session.ts'

export interface Signature {
  readonly password: string
  readonly code: string
}

export const UNSIGNED: Signature = { password: '', code: '' }

/** For the body of a request. */
export const signed = ({ password, code }: Signature): Signed => ({
  ...(password !== '' && { password }),
  ...(code.trim() !== '' && { code: code.trim() }),
})

/** Is there a password to sign with? Not without a login, nor where a provider vouches for the person: that is signed by it. */
export function useMustSign(): boolean {
  const session = useSession()
  return session?.open === false && session.user?.byProvider !== true
}

const WANTS_CODE: readonly string[] = ['ACCESS_CODE_NEEDED', 'ACCESS_BAD_CODE']

export function SignatureFields({
  value,
  onChange,
  error,
}: {
  readonly value: Signature
  readonly onChange: (value: Signature) => void
  /** Of the request that was refused. */
  readonly error: unknown
}) {
  if (!useMustSign()) return null
  const wantsCode = value.code !== '' || (error !== null && WANTS_CODE.includes(asRequestError(error).problem.code))
  return (
    <>
      <PasswordInput
        label="Your password"
        description="An approval is signed: it takes your password again."
        value={value.password}
        onChange={({ currentTarget }) => onChange({ ...value, password: currentTarget.value })}
        autoComplete="current-password"
        required
        withAsterisk={false}
      />
      {wantsCode && (
        <TextInput
          label="Code"
          description="Six digits, as your authenticator app shows them now."
          value={value.code}
          onChange={({ currentTarget }) => onChange({ ...value, code: currentTarget.value })}
          autoComplete="one-time-code"
          required
          withAsterisk={false}
        />
      )}
    </>
  )
}
