/**
 * The frame around every office screen: rail on the left, search and the person on top. The viewer has a frame of its
 * own, since there every pixel belongs to the image.
 */
import { ActionIcon, Tooltip } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { Outlet, useNavigate } from '@tanstack/react-router'
import type { Session } from '../../api/session.ts'
import { mayDo } from '../http/session.ts'
import { Icon } from '../ui/icons.tsx'
import styles from './AppShell.module.css'
import { openHelp } from './help-state.ts'
import { useShortcuts } from './keys.ts'
import { Rail } from './Rail.tsx'
import { SearchBox } from './SearchBox.tsx'
import { UploadPill } from './UploadPill.tsx'
import { UserMenu } from './UserMenu.tsx'

export function AppShell({ session }: { readonly session: Session }) {
  const [narrow, setNarrow] = useLocalStorage({ key: 'clearkeep.rail-narrow', defaultValue: false })
  const navigate = useNavigate()
  useShortcuts('Everywhere', [
    { keys: ['/'], does: 'Search', run: () => document.getElementById('search')?.focus() },
    { keys: ['?'], does: 'Keys of this screen', run: openHelp },
    { keys: ['g w'], does: 'Go to the worklist', run: () => void navigate({ to: '/' }) },
    { keys: ['g u'], does: 'Go to Add images', run: () => void navigate({ to: '/upload' }) },
    { keys: ['g a'], does: 'Go to Connections', run: () => void navigate({ to: '/admin/connections' }) },
    { keys: ['['], does: 'Narrow or widen the rail', run: () => setNarrow(!narrow) },
  ])

  return (
    <div className={styles.shell} data-narrow={narrow}>
      <a className={styles.skip} href="#main">
        Skip to content
      </a>
      <Rail session={session} narrow={narrow} onNarrow={() => setNarrow(!narrow)} />
      <header className={styles.bar}>
        {mayDo(session, 'find') ? <SearchBox /> : <span />}
        <div className={styles.right}>
          <UploadPill />
          {session.open && (
            <span className={styles.open} title="Started with --open: everyone on this machine is let in.">
              Open · no login
            </span>
          )}
          <Tooltip label="Keys of this screen (?)">
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label="Help: keys of this screen"
              onClick={openHelp}
            >
              <Icon name="help" />
            </ActionIcon>
          </Tooltip>
          <UserMenu session={session} />
        </div>
      </header>
      <main id="main" className={styles.main} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  )
}
