import { Button } from '@mantine/core'
import { FactorSetup } from '../account/FactorSetup.tsx'
import { useLogOut } from '../http/session.ts'
import { useTitle } from '../ui/page.tsx'
import { LoginFrame } from './LoginFrame.tsx'
import styles from './LoginPage.module.css'

/** For accounts whose role needs a second factor: nothing else opens until it is set up. */
export function FirstFactorPage({ userName }: { readonly userName: string }) {
  useTitle('Set up a second factor')
  const logOut = useLogOut()
  return (
    <LoginFrame title="Set up a second factor">
      <p className={styles.text}>
        A role of {userName} needs one: from now on a code of your phone, with the password.
      </p>
      <FactorSetup userName={userName} />
      <p className={styles.hint}>
        <Button variant="subtle" size="compact-sm" onClick={() => void logOut().catch(() => undefined)}>
          Log out instead
        </Button>
      </p>
    </LoginFrame>
  )
}
