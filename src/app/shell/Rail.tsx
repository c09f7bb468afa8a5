/** The rail: the app's places, each an icon and a word. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Session } from '../../api/session.ts'
import { waitingWarningsQuery } from '../http/queries.ts'
import { mayDo } from '../http/session.ts'
import { Icon, type IconName } from '../ui/icons.tsx'
import styles from './Rail.module.css'

interface Place {
  readonly to:
    | '/'
    | '/upload'
    | '/admin/connections'
    | '/admin/conflicts'
    | '/orders'
    | '/admin/messages'
    | '/persons'
    | '/routing'
    | '/prior-rules'
    | '/rejected'
    | '/compliance'
    | '/storage'
    | '/questions'
    | '/audit'
    | '/admin/accounts'
    | '/restricted'
  readonly icon: IconName
  readonly label: string
  /** Shown to those who may. */
  readonly act: string
  /** Not where there are no accounts. */
  readonly closedOnly?: boolean
}

const PLACES: readonly Place[] = [
  { to: '/', icon: 'list', label: 'Worklist', act: 'find' },
  { to: '/upload', icon: 'upload', label: 'Add images', act: 'store' },
  { to: '/orders', icon: 'clock', label: 'Orders', act: 'find' },
  { to: '/admin/connections', icon: 'plug', label: 'Connections', act: 'associations.see' },
  { to: '/routing', icon: 'arrow', label: 'Routing', act: 'routing.see' },
  { to: '/prior-rules', icon: 'star', label: 'Prior rules', act: 'priors.rules' },
  { to: '/admin/messages', icon: 'message', label: 'Messages', act: 'messages.see' },
  { to: '/persons', icon: 'person', label: 'Persons', act: 'identity.see' },
  { to: '/admin/conflicts', icon: 'conflict', label: 'Conflicts', act: 'conflicts.see' },
  { to: '/rejected', icon: 'hidden', label: 'Rejected', act: 'rejected.see' },
  { to: '/compliance', icon: 'lock', label: 'Compliance', act: 'retention.see' },
  { to: '/restricted', icon: 'people', label: 'Restricted', act: 'restriction.see' },
  { to: '/storage', icon: 'layers', label: 'Storage', act: 'storage.see' },
  { to: '/questions', icon: 'help', label: 'Questions', act: 'audit.see' },
  { to: '/audit', icon: 'document', label: 'Audit', act: 'audit.see' },
  { to: '/admin/accounts', icon: 'people', label: 'Accounts', act: 'accounts.manage', closedOnly: true },
]

export interface RailProps {
  readonly session: Session
  readonly narrow: boolean
  readonly onNarrow: () => void
}

export function Rail({ session, narrow, onNarrow }: RailProps) {
  const places = PLACES.filter(({ act, closedOnly }) => mayDo(session, act) && !(closedOnly === true && session.open))
  const { data: warnings = 0 } = useQuery({ ...waitingWarningsQuery, enabled: mayDo(session, 'lookout.see') })
  return (
    <nav className={styles.rail} aria-label="Main" data-narrow={narrow}>
      <Link to="/" className={styles.brand} aria-label="Clearkeep, to the worklist">
        <img src={new URL('../ui/mark.svg', import.meta.url).href} alt="" width={26} height={26} />
        <span className={styles.word}>Clearkeep</span>
      </Link>
      <ul className={styles.places}>
        {places.map(({ to, icon, label }) => (
          <li key={to}>
            <Link
              to={to}
              className={styles.place}
              activeProps={{ className: styles.here ?? '', 'aria-current': 'page' }}
              activeOptions={{ exact: true, includeSearch: false }}
              title={narrow ? label : undefined}
            >
              <Icon name={icon} size={20} />
              <span className={styles.word}>{label}</span>
              {to === '/audit' && warnings > 0 && (
                <span className={styles.count}>
                  {warnings}
                  <span className="hidden-visually"> {warnings === 1 ? 'warning waits' : 'warnings wait'}</span>
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
      <div className={styles.foot}>
        <button
          type="button"
          className={styles.narrow}
          onClick={onNarrow}
          aria-expanded={!narrow}
          title={narrow ? 'Widen the rail' : 'Narrow the rail'}
        >
          <Icon name={narrow ? 'forward' : 'back'} size={18} />
          <span className={narrow ? 'hidden-visually' : styles.word}>{narrow ? 'Widen' : 'Narrow'}</span>
        </button>
      </div>
    </nav>
  )
}
