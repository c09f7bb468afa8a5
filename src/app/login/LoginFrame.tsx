import type { ReactNode } from 'react'
import styles from './LoginPage.module.css'

/** The card that login and first password share. */
export function LoginFrame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <img src={new URL('../ui/mark.svg', import.meta.url).href} alt="" width={40} height={40} />
          <div>
            <div className={styles.name}>Clearkeep</div>
            <div className={styles.line}>Medical image archive</div>
          </div>
        </div>
        <h1 className={styles.title}>{title}</h1>
        {children}
      </div>
    </main>
  )
}
