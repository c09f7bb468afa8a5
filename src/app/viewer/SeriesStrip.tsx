/** The series as thumbnails: which is shown, which were seen, how many images each has. */
import { useEffect, useRef, useState } from 'react'
import { ErrorState } from '../ui/states.tsx'
import type { FrameStore } from './frames/frame-store.ts'
import type { FrameSet } from './model/frame-sets.ts'
import { isMarked } from './model/key-objects.ts'
import styles from './SeriesStrip.module.css'
import { Thumbnail } from './Thumbnail.tsx'
import type { SeriesSets } from './use-frame-sets.ts'

export interface SeriesStripProps {
  readonly all: readonly SeriesSets[]
  readonly store: FrameStore | undefined
  readonly chosen: string | undefined
  /** All key images as one set; undefined without any. */
  readonly keyImages: FrameSet | undefined
  readonly marked: ReadonlySet<string>
  readonly onChoose: (set: FrameSet) => void
}

export function SeriesStrip({ all, store, chosen, keyImages, marked, onChoose }: SeriesStripProps) {
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set())
  const current = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (chosen === undefined) return
    setSeen((seen) => (seen.has(chosen) ? seen : new Set([...seen, chosen])))
    current.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [chosen])

  return (
    <nav className={styles.strip} aria-label="Series">
      <ol className={styles.list}>
        {keyImages && (
          <li>
            <button
              type="button"
              ref={keyImages.key === chosen ? current : undefined}
              className={styles.item}
              aria-current={keyImages.key === chosen ? 'true' : undefined}
              data-key-images={keyImages.frames.length}
              onClick={() => onChoose(keyImages)}
            >
              <Thumbnail set={keyImages} store={store} modality="" />
              <span className={styles.words}>
                <span className={styles.label}>★ Key images</span>
                <span className={styles.dim}>{keyImages.frames.length}</span>
              </span>
            </button>
          </li>
        )}
        {all.flatMap(({ series, sets, error, retry }) => {
          const label = `${series.number ?? ''} ${series.description || 'No description'}`.trim()
          if (error)
            return [
              <li key={series.series} className={styles.failed}>
                <ErrorState error={error} what={`series ${label}`} onRetry={retry} />
              </li>,
            ]
          if (!sets)
            return [
              <li key={series.series} className={styles.coming} aria-busy="true">
                {label}
              </li>,
            ]
          return sets.map((set) => (
            <li key={set.key}>
              <button
                type="button"
                ref={set.key === chosen ? current : undefined}
                className={styles.item}
                aria-current={set.key === chosen ? 'true' : undefined}
                onClick={() => onChoose(set)}
              >
                <Thumbnail set={set} store={store} modality={series.modality} />
                <span className={styles.words}>
                  <span className={styles.label}>{set.savedView ? set.savedView.name : label}</span>
                  <span className={styles.dim}>
                    {set.savedView ? 'saved view' : series.modality} · {set.document ? 'document' : set.frames.length}
                    {set.frames.some((ref) => isMarked(marked, ref)) && ' · ★'}
                    {seen.has(set.key) && set.key !== chosen && ' · seen'}
                  </span>
                </span>
              </button>
            </li>
          ))
        })}
      </ol>
    </nav>
  )
}
