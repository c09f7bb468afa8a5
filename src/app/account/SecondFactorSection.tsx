/** One's own second factor: whether there is one, setting it up, new recovery codes, removing it. */
import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { RecoveryCodes, type SecondFactor } from '../../api/session.ts'
import { ask, request } from '../http/client.ts'
import { secondFactorQuery } from '../http/queries.ts'
import { useSession } from '../http/session.ts'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import { formatMoment } from '../words/dates.ts'
import styles from './Factor.module.css'
import { FactorSetup } from './FactorSetup.tsx'
import { RecoveryCodesBox } from './RecoveryCodesBox.tsx'

export function SecondFactorSection() {
  const factor = useQuery(secondFactorQuery)
  const name = useSession()?.user?.name ?? ''
  const [setting, setSetting] = useState(false)
  return (
    <Section
      title="Second factor"
      actions={
        factor.data?.since === '' && !setting ? (
          <Button variant="default" size="xs" onClick={() => setSetting(true)}>
            Set one up
          </Button>
        ) : null
      }
    >
      {factor.error ? (
        <ErrorState error={factor.error} what="your second factor" onRetry={() => void factor.refetch()} />
      ) : factor.data === undefined ? (
        <SkeletonRows rows={1} />
      ) : setting ? (
        <FactorSetup userName={name} onDone={() => setSetting(false)} />
      ) : factor.data.since === '' ? (
        <p className={styles.text}>
          None: your password alone lets you in. With one, a code of an authenticator app on your phone is asked for
          too.
        </p>
      ) : (
        <OwnFactor factor={factor.data} />
      )}
    </Section>
  )
}

function OwnFactor({ factor }: { readonly factor: SecondFactor }) {
  const queries = useQueryClient()
  const [asked, setAsked] = useState<'codes' | 'remove'>()
  const [code, setCode] = useState('')
  const again = () => queries.invalidateQueries({ queryKey: secondFactorQuery.queryKey })
  const body = { code: code.trim() }
  const renew = useMutation({
    mutationFn: () => ask('/api/account/second-factor/recovery-codes', RecoveryCodes, { method: 'POST', body }),
    onSuccess: () => setAsked(undefined),
    onSettled: () => setCode(''),
  })
  const remove = useMutation({
    mutationFn: () => request('/api/account/second-factor/remove', { method: 'POST', body }),
    onSuccess: again,
    onSettled: () => setCode(''),
  })
  if (renew.data)
    return (
      <RecoveryCodesBox
        codes={renew.data.recoveryCodes}
        onDone={() => {
          renew.reset()
          void again()
        }}
      />
    )
  return (
    <div className={styles.form}>
      <div className={styles.line}>
        <Mark tone="good">Set up {formatMoment(factor.since)}</Mark>
        <Mark tone={factor.recoveryCodes < 3 ? 'warn' : 'good'}>
          {factor.recoveryCodes === 1 ? '1 recovery code left' : `${factor.recoveryCodes} recovery codes left`}
        </Mark>
      </div>
      {factor.required && <p className={styles.text}>One of your roles needs it: it cannot be removed.</p>}
      {asked === undefined ? (
        <div className={styles.line}>
          <Button variant="default" size="xs" onClick={() => setAsked('codes')}>
            New recovery codes
          </Button>
          {!factor.required && (
            <Button variant="default" size="xs" onClick={() => setAsked('remove')}>
              Remove it
            </Button>
          )}
        </div>
      ) : (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault()
            ;(asked === 'codes' ? renew : remove).mutate()
          }}
        >
          <TextInput
            label="Code of your app"
            description={
              asked === 'codes' ? 'Your old recovery codes end.' : 'From then on your password alone lets you in.'
            }
            autoComplete="one-time-code"
            required
            withAsterisk={false}
            autoFocus
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <InlineError error={renew.error ?? remove.error} />
          <div className={styles.line}>
            <Button type="submit" loading={renew.isPending || remove.isPending}>
              {asked === 'codes' ? 'Make new codes' : 'Remove the second factor'}
            </Button>
            <Button variant="subtle" onClick={() => setAsked(undefined)}>
              Cancel
            </Button>
          </div>
        </form>
      )}
    </div>
  )
}
