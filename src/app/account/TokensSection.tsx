/** Tokens with which programs act as oneself: made, listed, withdrawn. */
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { CreatedToken, Scope } from '../../api/session.ts'
import { OneTimeSecret } from '../admin/OneTimeSecret.tsx'
import { ask, request } from '../http/client.ts'
import { tokensQuery } from '../http/queries.ts'
import { Section } from '../ui/page.tsx'
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import styles from './AccountPage.module.css'

const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  read: 'Find and read images',
  store: 'Store images',
  reject: 'Reject and restore images',
  records: 'Holds, retention, destruction, evidence',
  audit: 'Read the audit log',
  state: 'Read the archive’s state',
  admin: 'Manage accounts, devices, storage',
}

export function TokensSection() {
  const queries = useQueryClient()
  const tokens = useQuery(tokensQuery)
  const [label, setLabel] = useState('')
  const [days, setDays] = useState('90')
  const [scopes, setScopes] = useState<Scope[]>([])
  const [addresses, setAddresses] = useState('')
  const again = () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
  const make = useMutation({
    mutationFn: () =>
      ask('/api/tokens', CreatedToken, {
        method: 'POST',
        body: {
          label: label.trim(),
          days: Number(days),
          scopes,
          addresses: addresses.split(/[\s,]+/).filter((one) => one !== ''),
        },
      }),
    onSuccess: () => {
      setLabel('')
      setScopes([])
      setAddresses('')
      void again()
    },
  })
  const withdraw = useMutation({
    mutationFn: (id: string) => request(`/api/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSettled: again,
  })
  return (
    <Section title="Tokens for programs">
      {make.data && (
        <OneTimeSecret title={`Token “${make.data.label}”`} secret={make.data.secret} onClose={() => make.reset()} />
      )}
      <form
        className={styles.token}
        onSubmit={(event) => {
          event.preventDefault()
          make.mutate()
        }}
      >
        <div className={styles.line}>
          <TextInput
            label="What it is for"
            placeholder="Import script"
            value={label}
            onChange={(event) => setLabel(event.currentTarget.value)}
            maxLength={100}
            autoComplete="off"
          />
          <NativeSelect
            label="Valid for"
            value={days}
            onChange={(event) => setDays(event.currentTarget.value)}
            data={[
              { value: '7', label: '7 days' },
              { value: '90', label: '90 days' },
              { value: '365', label: '1 year' },
            ]}
          />
          <TextInput
            label="Only from (optional)"
            placeholder="10.1.0.0/16, 10.2.3.4"
            value={addresses}
            onChange={(event) => setAddresses(event.currentTarget.value)}
            autoComplete="off"
          />
        </div>
        <Checkbox.Group
          label="What it may do"
          description="None chosen: whatever you may. A token never may more than you may now."
          value={scopes}
          onChange={(chosen) => setScopes(chosen as Scope[])}
        >
          <div className={styles.scopes}>
            {Scope.options.map((scope) => (
              <Checkbox key={scope} value={scope} label={SCOPE_WORDS[scope]} />
            ))}
          </div>
        </Checkbox.Group>
        <div>
          <Button type="submit" loading={make.isPending} disabled={label.trim() === ''}>
            Make a token
          </Button>
        </div>
      </form>
      <InlineError error={make.error ?? withdraw.error} />
      {tokens.error ? (
        <ErrorState error={tokens.error} what="the tokens" onRetry={() => void tokens.refetch()} />
      ) : tokens.data === undefined ? (
        <SkeletonRows rows={2} />
      ) : tokens.data.tokens.length === 0 ? (
        <EmptyState small icon="lock" title="No tokens">
          A token goes with each request as <code>Authorization: Bearer …</code>
        </EmptyState>
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">For</th>
                <th scope="col">May</th>
                <th scope="col">From</th>
                <th scope="col">Made</th>
                <th scope="col">Ends</th>
                <th scope="col">Last used</th>
                <th scope="col">
                  <span className="hidden-visually">Withdraw</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {tokens.data.tokens.map((token) => (
                <tr key={token.id}>
                  <td>{token.label}</td>
                  <td>{token.scopes.map((scope) => SCOPE_WORDS[scope]).join(', ') || 'all you may'}</td>
                  <td>{token.addresses.join(', ') || 'anywhere'}</td>
                  <td>{formatMoment(token.createdAt)}</td>
                  <td>{formatMoment(token.expiresAt)}</td>
                  <td>{token.lastUsedAt ? formatMoment(token.lastUsedAt) : 'never'}</td>
                  <td className={table.actions}>
                    <Button
                      size="xs"
                      variant="default"
                      loading={withdraw.isPending && withdraw.variables === token.id}
                      onClick={() => withdraw.mutate(token.id)}
                      aria-label={`Withdraw the token ${token.label}`}
                    >
                      Withdraw
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}
