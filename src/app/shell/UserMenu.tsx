/** The person's menu: account, light or dark, lock. */
import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { Session } from '../../api/session.ts'
import { mayDo, useLogOut } from '../http/session.ts'
import { Icon } from '../ui/icons.tsx'

export function UserMenu({ session }: { readonly session: Session }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const navigate = useNavigate()
  const logOut = useLogOut()
  const dark = colorScheme !== 'light'
  const name = session.user?.name ?? 'Open archive'
  return (
    <Menu position="bottom-end" width={240} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={`Menu of ${name}`}>
          <Icon name="person" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name}
          {session.user && session.user.roles.length > 0 && ` · ${session.user.roles.join(', ')}`}
        </Menu.Label>
        {session.user && !session.open && (
          <Menu.Item leftSection={<Icon name="person" />} onClick={() => void navigate({ to: '/account' })}>
            Password and tokens
          </Menu.Item>
        )}
        {mayDo(session, 'emergency') && (
          <Menu.Item leftSection={<Icon name="conflict" />} onClick={() => void navigate({ to: '/emergency' })}>
            Emergency access
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<Icon name={dark ? 'sun' : 'moon'} />}
          onClick={() => setColorScheme(dark ? 'light' : 'dark')}
        >
          {dark ? 'Light screens' : 'Dark screens'}
        </Menu.Item>
        {session.user && !session.open && (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<Icon name="lock" />} onClick={() => void logOut().catch(() => undefined)}>
              Lock and log out
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
