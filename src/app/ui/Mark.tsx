/** A status as icon, word and colour: never by colour alone. */
import type { ReactNode } from 'react'
import { Icon, type IconName } from './icons.tsx'
import styles from './Mark.module.css'

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'accent'

const ICONS: Readonly<Record<Tone, IconName | undefined>> = {
  plain: undefined,
  accent: undefined,
  good: 'check',
  warn: 'conflict',
  bad: 'conflict',
}

export function Mark({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  const icon = ICONS[tone]
  return (
    <span className={`${styles.mark} ${styles[tone]}`}>
      {icon && <Icon name={icon} size={13} />}
      {children}
    </span>
  )
}
