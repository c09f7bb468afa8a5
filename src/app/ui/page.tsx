/** The frame every office screen shares: a title (in the page and in the tab), its actions, its content. */
import { type ReactNode, useEffect } from 'react'
import styles from './page.module.css'

export interface PageProps {
  readonly title: string
  /** A sentence under the title. */
  readonly about?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function Page({ title, about, actions, children }: PageProps) {
  useTitle(title)
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <div className={styles.heading}>
          <h1 className={styles.title}>{title}</h1>
          {about && <div className={styles.about}>{about}</div>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

export interface SectionProps {
  readonly title: string
  /** Where it is to be led to: its heading takes the focus. */
  readonly id?: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function Section({ title, id, actions, children }: SectionProps) {
  return (
    <section className={styles.section}>
      <div className={styles.sectionHeader}>
        <h2 className={styles.sectionTitle} {...(id !== undefined && { id, tabIndex: -1 })}>
          {title}
        </h2>
        {actions}
      </div>
      {children}
    </section>
  )
}

/** The tab's title. Names of patients stay out of it: titles end up in histories and on shared screens. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Clearkeep`
  }, [title])
}
