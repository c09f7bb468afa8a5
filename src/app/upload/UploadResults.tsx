/** One row a file, troubles first, each as high as its reason is long; only the rows in sight exist. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import { Mark, type Tone } from '../ui/Mark.tsx'
import { formatBytes } from '../words/numbers.ts'
import styles from './UploadPage.module.css'
import type { Upload } from './uploads.ts'

const SAYS: Readonly<Record<Upload['state'], readonly [tone: Tone, word: string, order: number]>> = {
  refused: ['bad', 'Refused', 0],
  failed: ['bad', 'Not sent', 1],
  warned: ['warn', 'Stored', 2],
  sending: ['accent', 'Sending', 3],
  waiting: ['plain', 'Waiting', 4],
  stored: ['good', 'Stored', 5],
}

export function UploadResults({ items }: { readonly items: readonly Upload[] }) {
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => [...items].sort((a, b) => SAYS[a.state][2] - SAYS[b.state][2] || a.id - b.id), [items])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 40,
    overscan: 8,
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.list} ref={scroller} tabIndex={0} aria-label="Files">
      <ul className={styles.space} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const item = rows[index]
          if (!item) return null
          const [tone, word] = SAYS[item.state]
          return (
            <li
              key={item.id}
              ref={virtual.measureElement}
              data-index={index}
              className={styles.row}
              style={{ transform: `translateY(${start}px)` }}
            >
              <span className={styles.name} title={item.name}>
                {item.name}
              </span>
              <span className={styles.size}>{formatBytes(item.file.size)}</span>
              <span className={styles.state}>
                <Mark tone={tone}>{word}</Mark>
                {item.reason && <span className={styles.reason}>{item.reason}</span>}
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
