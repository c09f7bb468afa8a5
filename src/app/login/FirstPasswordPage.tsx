import { Button } from '@mantine/core'
import { useLogOut } from '../http/session.ts'
import { useTitle } from '../ui/page.tsx'
import { LoginFrame } from './LoginFrame.tsx'
import styles from './LoginPage.module.css'
import { PasswordForm } from './PasswordForm.tsx'

/** After a login with a one-time password: nothing else opens until the person has a password of their own. */
export function FirstPasswordPage({ userName }: { readonly userName: string }) {
  useTitle('Choose a password')
  const logOut = useLogOut()
  return (
    <LoginFrame title="Choose a password of your own">
      <p className={styles.text}>You logged in as {userName} with a one-time password; it ends here.</p>
      <PasswordForm userName={userName} />
      <p className={styles.hint}>
        <Button variant="subtle" size="compact-sm" onClick={() => void logOut().catch(() => undefined)}>
          Log out instead
        </Button>
      </p>
    </LoginFrame>
  )
}
