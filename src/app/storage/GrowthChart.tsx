/** What is kept over time, and the band it will be in: few points, so a drawing that scales. The table says the same. */
import { formatDate } from '../words/dates.ts'
import { formatBytes } from '../words/numbers.ts'
import styles from './Growth.module.css'
import type { Point } from './outlook.ts'

const [WIDTH, HEIGHT] = [720, 240]
const [LEFT, RIGHT, TOP, BOTTOM] = [76, 20, 14, 34]

interface Props {
  readonly past: readonly { readonly day: string; readonly total: number }[]
  /** Beyond the last of the past. */
  readonly ahead: readonly Point[]
}

export function GrowthChart({ past, ahead }: Props) {
  const last = past.at(-1)
  const [first, end] = [past[0], ahead.at(-1)]
  if (first === undefined || last === undefined || end === undefined) return null
  const [begin, finish] = [Date.parse(first.day), Date.parse(end.day)]
  const top = Math.max(1, last.total + end.total.high)
  const x = (day: string) => LEFT + ((Date.parse(day) - begin) / Math.max(1, finish - begin)) * (WIDTH - LEFT - RIGHT)
  const y = (bytes: number) => HEIGHT - BOTTOM - (bytes / top) * (HEIGHT - TOP - BOTTOM)
  const at = (day: string, bytes: number) => `${x(day).toFixed(1)},${y(bytes).toFixed(1)}`
  const from = at(last.day, last.total)
  const line = (of: (total: Point['total']) => number) => ahead.map(({ day, total }) => at(day, last.total + of(total)))
  const band = [from, ...line(({ high }) => high), ...line(({ low }) => low).reverse()]
  return (
    <svg
      className={styles.chart}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Kept over time: ${formatBytes(last.total)} by ${formatDate(last.day.replaceAll('-', ''))}, ${formatBytes(last.total + end.total.mid)} expected by ${formatDate(end.day.replaceAll('-', ''))}.`}
    >
      {[0, top / 2, top].map((tick) => (
        <g key={tick}>
          <line className={styles.grid} x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} />
          <text className={styles.tick} x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
            {formatBytes(tick)}
          </text>
        </g>
      ))}
      <line className={styles.now} x1={x(last.day)} x2={x(last.day)} y1={TOP} y2={HEIGHT - BOTTOM} />
      <polygon className={styles.band} points={band.join(' ')} />
      <polyline className={styles.expected} points={[from, ...line(({ mid }) => mid)].join(' ')} />
      <polyline className={styles.past} points={past.map(({ day, total }) => at(day, total)).join(' ')} />
      {[
        [first.day, 'start'],
        [last.day, 'middle'],
        [end.day, 'end'],
      ].map(([day = '', anchor = 'middle']) => (
        <text key={anchor} className={styles.tick} x={x(day)} y={HEIGHT - BOTTOM + 18} textAnchor={anchor as 'start'}>
          {formatDate(day.replaceAll('-', ''))}
        </text>
      ))}
    </svg>
  )
}
