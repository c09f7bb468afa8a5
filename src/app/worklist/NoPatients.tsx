/** The worklist of an account that sees no patients: says why, and where its own work is. */
import { Link } from '@tanstack/react-router'
import type { Session } from '../../api/session.ts'
import { mayDo } from '../http/session.ts'
import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'

export function NoPatients({ session }: { readonly session: Session }) {
  const administers = mayDo(session, 'accounts.manage')
  return (
    <Page title="Worklist">
      <EmptyState icon="people" title="This account sees no patients">
        {administers ? (
          <>
            <p>
              Whoever lets others in does not look at images: an administrator looks after accounts, devices and
              storage.
            </p>
            <p>
              For everybody who works with images, yourself too,{' '}
              <Link to="/admin/accounts">make an account of its own</Link>. Devices that call are allowed under{' '}
              <Link to="/admin/connections">Connections</Link>.
            </p>
          </>
        ) : mayDo(session, 'audit.see') ? (
          <p>
            Its work is the <Link to="/audit">audit log</Link>, <Link to="/compliance">retention and legal holds</Link>.
          </p>
        ) : (
          <p>Ask an administrator for the role your work needs.</p>
        )}
      </EmptyState>
    </Page>
  )
}
