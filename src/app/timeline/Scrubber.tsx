/** How much there is of each time, and a handle to go there. */
import type { RecordCard } from '../../api/record.ts'
import { formatDate } from '../words/dates.ts'
import styles from './Timeline.module.css'
import { dateOf, dayAt, dayOf, type Scale } from './time-scale.ts'

export interface ScrubberProps {
  readonly studies: readonly RecordCard[]
  readonly scale: Scale
  readonly left: number
  readonly room: number
  readonly onMove: (left: number) => void
}

const BARS = 120
const HEIGHT = 22

export function Scrubber({ studies, scale, left, room, onMove }: ScrubberProps) {
  const most = Math.max(0, scale.width - room)
  if (most < 1) return null
  const counts = new Array<number>(BARS).fill(0)
  const span = Math.max(1, scale.to - scale.from)
  for (const { studyDate } of studies) {
    const day = dayOf(studyDate)
    if (day === undefined) continue
    const bar = Math.min(BARS - 1, Math.floor(((day - scale.from) / span) * BARS))
    counts[bar] = (counts[bar] ?? 0) + 1
  }
  const highest = Math.max(1, ...counts)
  return (
    <div className={styles.scrubber}>
      <svg viewBox={`0 0 ${BARS} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {counts.map((count, at) => {
          const height = count === 0 ? 0 : 4 + ((HEIGHT - 4) * count) / highest
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
          return <rect key={at} x={at} y={HEIGHT - height} width={0.8} height={height} />
        })}
      </svg>
      <input
        type="range"
        aria-label="Move through time"
        aria-valuetext={`around ${formatDate(dateOf(dayAt(scale, left + room / 2)))}`}
        min={0}
        max={Math.ceil(most)}
        step={Math.max(1, Math.round(room / 8))}
        value={Math.min(left, most)}
        onChange={(event) => onMove(Number(event.currentTarget.value))}
      />
    </div>
  )
}
