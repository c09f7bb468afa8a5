/** One's own account: the password, the second factor, sessions, and tokens for programs. */
import { useState } from 'react'
import { mayDo, useSession } from '../http/session.ts'
import { PasswordForm } from '../login/PasswordForm.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Page, Section } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'
import styles from './AccountPage.module.css'
import { SecondFactorSection } from './SecondFactorSection.tsx'
import { SessionsSection } from './SessionsSection.tsx'
import { TokensSection } from './TokensSection.tsx'

export function AccountPage() {
  const session = useSession()
  const [changed, setChanged] = useState(false)
  if (!session?.user || session.open)
    return (
      <Page title="Account">
        <EmptyState icon="person" title="This archive runs without accounts">
          It was started with --open: everyone on this machine is let in.
        </EmptyState>
      </Page>
    )
  return (
    <Page title="Account" about={`${session.user.name} · ${session.user.roles.join(', ')}`}>
      {session.user.byProvider ? (
        <Section title="Password">
          <p>{session.provider ?? 'A login provider'} says who you are: password and second factor are kept there.</p>
        </Section>
      ) : (
        <>
          <Section title="Password">
            <div className={styles.form}>
              {changed && (
                <p role="status">
                  <Mark tone="good">The password was changed</Mark>
                </p>
              )}
              <PasswordForm userName={session.user.name} onDone={() => setChanged(true)} />
            </div>
          </Section>
          <SecondFactorSection />
        </>
      )}
      <SessionsSection />
      {mayDo(session, 'tokens.own') && <TokensSection />}
    </Page>
  )
}
