/** Accounts, for administrators: who there is, a new one, a new one-time password, a lost second factor. */
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Account, CreatedAccount } from '../../api/session.ts'
import { ask } from '../http/client.ts'
import { accountsQuery } from '../http/queries.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Page } from '../ui/page.tsx'
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { NewAccountForm } from './NewAccountForm.tsx'
import { OneTimeSecret } from './OneTimeSecret.tsx'

const FACTOR: Readonly<Record<Account['secondFactor'], ReactNode>> = {
  on: <Mark tone="good">Set up</Mark>,
  due: <Mark tone="warn">Must be set up</Mark>,
  off: 'none',
}

export function AccountsPage() {
  const queries = useQueryClient()
  const accounts = useQuery(accountsQuery)
  const [adding, setAdding] = useState(false)
  const [resetting, setResetting] = useState<string>()
  const [made, setMade] = useState<CreatedAccount>()
  const renew = useMutation({
    mutationFn: (name: string) =>
      ask(`/api/accounts/${encodeURIComponent(name)}/password`, CreatedAccount, { method: 'POST' }),
    onSuccess: setMade,
  })
  const reset = useMutation({
    mutationFn: (name: string) =>
      ask(`/api/accounts/${encodeURIComponent(name)}/second-factor/reset`, Account, { method: 'POST' }),
    onSettled: () => queries.invalidateQueries({ queryKey: accountsQuery.queryKey }),
  })
  return (
    <Page
      title="Accounts"
      about="New accounts get a one-time password; the person chooses their own at first login."
      actions={<Button onClick={() => setAdding(true)}>New account</Button>}
    >
      {made && (
        <OneTimeSecret
          title={`One-time password of ${made.name}`}
          secret={made.password}
          onClose={() => setMade(undefined)}
        />
      )}
      <InlineError error={renew.error ?? reset.error} />
      {accounts.error ? (
        <ErrorState error={accounts.error} what="the accounts" onRetry={() => void accounts.refetch()} />
      ) : accounts.data === undefined ? (
        <SkeletonRows rows={4} />
      ) : accounts.data.accounts.length === 0 ? (
        <EmptyState icon="people" title="No accounts" />
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Roles</th>
                <th scope="col">Since</th>
                <th scope="col">State</th>
                <th scope="col">Second factor</th>
                <th scope="col">
                  <span className="hidden-visually">New password, reset</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {accounts.data.accounts.map((account) => (
                <tr key={account.name}>
                  <td>{account.name}</td>
                  <td>{account.roles.join(', ')}</td>
                  <td>{formatMoment(account.createdAt)}</td>
                  <td>{account.disabled ? <Mark tone="warn">Disabled</Mark> : <Mark tone="good">Active</Mark>}</td>
                  <td>
                    {account.provider === '' ? FACTOR[account.secondFactor] : `with ${new URL(account.provider).host}`}
                  </td>
                  <td className={table.actions}>
                    {account.secondFactor === 'on' && (
                      <Button
                        size="xs"
                        variant="default"
                        loading={reset.isPending && reset.variables === account.name}
                        onClick={() => setResetting(account.name)}
                        aria-label={`Reset second factor of ${account.name}`}
                      >
                        Reset second factor
                      </Button>
                    )}
                    {account.provider === '' && (
                      <Button
                        size="xs"
                        variant="default"
                        loading={renew.isPending && renew.variables === account.name}
                        onClick={() => renew.mutate(account.name)}
                        aria-label={`New password for ${account.name}`}
                      >
                        New password
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Dialog
        opened={resetting !== undefined}
        onClose={() => setResetting(undefined)}
        title={`Reset the second factor of ${resetting ?? ''}`}
      >
        <p>
          Do this when {resetting} lost the phone and the recovery codes, and you know that it is {resetting} who asks.
          The account’s sessions end; from then on the password alone lets in, until a new factor is set up.
        </p>
        <Button
          color="red"
          onClick={() => {
            if (resetting !== undefined) reset.mutate(resetting)
            setResetting(undefined)
          }}
        >
          Reset it
        </Button>
      </Dialog>
      <Dialog opened={adding} onClose={() => setAdding(false)} title="New account">
        <NewAccountForm
          onMade={(account) => {
            setAdding(false)
            setMade(account)
            void queries.invalidateQueries({ queryKey: accountsQuery.queryKey })
          }}
        />
      </Dialog>
    </Page>
  )
}
