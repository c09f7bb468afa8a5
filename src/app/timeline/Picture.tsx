/** A small picture of a study, asked for when it comes into sight; a sign where there is none. */
import { useState } from 'react'
import type { RecordCard } from '../../api/record.ts'
import { Icon } from '../ui/icons.tsx'
import styles from './Picture.module.css'

export function Picture({ study, size }: { readonly study: RecordCard; readonly size: number }) {
  const [failed, setFailed] = useState(false)
  return (
    <span className={styles.picture} style={{ width: size, height: size }} aria-hidden="true">
      {study.thumbnail && !failed ? (
        <img src={study.thumbnail} alt="" loading="lazy" decoding="async" onError={() => setFailed(true)} />
      ) : (
        <Icon name={failed ? 'image' : 'document'} size={size / 3} />
      )}
    </span>
  )
}
