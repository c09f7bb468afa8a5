/** Sizes over time: few points, so a drawing that scales. Its table stands beside it and says the same. */
import { formatDate } from '../../words/dates.ts'
import { formatNumber } from '../../words/numbers.ts'
import type { Courses } from './course.ts'
import styles from './Trends.module.css'

const [WIDTH, HEIGHT] = [720, 300]
const [LEFT, RIGHT, TOP, BOTTOM] = [60, 110, 16, 36]
/** Told apart by shade, mark and name at the end of the line. */
const COLOURS = ['#63cbe6', '#f3bd5a', '#63d69f', '#ff9191', '#c8a6ff', '#e8ebef']
const MARKS = ['circle', 'square', 'diamond'] as const

export function TrendChart({ visits, lesions }: Courses) {
  const times = visits.map(({ date }) => dayOf(date))
  const known = times.filter((time) => time !== undefined)
  const [first, last] = [Math.min(...known), Math.max(...known)]
  const most = Math.max(10, ...lesions.flatMap(({ sizes }) => sizes.map((size) => size ?? 0)))
  const top = Math.ceil(most / 10) * 10
  const x = (time: number) => LEFT + (last === first ? 0.5 : (time - first) / (last - first)) * (WIDTH - LEFT - RIGHT)
  const y = (size: number) => HEIGHT - BOTTOM - (size / top) * (HEIGHT - TOP - BOTTOM)
  const ticks = [0, top / 2, top]
  return (
    <svg
      className={styles.chart}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Sizes of ${lesions.map(({ name }) => name).join(', ')} over time; the table says the same.`}
    >
      {ticks.map((tick) => (
        <g key={tick}>
          <line className={styles.grid} x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} />
          <text className={styles.tick} x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
            {tick === top ? `${tick} mm` : tick}
          </text>
        </g>
      ))}
      {visits.map(({ study, date }, at) => {
        const time = times[at]
        if (time === undefined) return null
        // Dates too near to the one before are left to the table.
        const crowded = at > 0 && x(time) - x(times[at - 1] ?? first) < 74 && at < visits.length - 1
        return (
          <g key={study}>
            <line className={styles.grid} x1={x(time)} x2={x(time)} y1={TOP} y2={HEIGHT - BOTTOM} />
            {!crowded && (
              <text className={styles.tick} x={x(time)} y={HEIGHT - BOTTOM + 18} textAnchor="middle">
                {formatDate(date)}
              </text>
            )}
          </g>
        )
      })}
      {lesions.map(({ uid, name, sizes }, index) => {
        const points = sizes.flatMap((size, at) => {
          const time = times[at]
          return size === undefined || time === undefined ? [] : [{ size, at: [x(time), y(size)] as const }]
        })
        const end = points.at(-1)
        const colour = COLOURS[index % COLOURS.length]
        return (
          <g key={uid} data-line={name} data-sizes={points.map(({ size }) => size).join(' ')}>
            <polyline
              points={points.map(({ at }) => at.join(',')).join(' ')}
              fill="none"
              stroke={colour}
              strokeWidth="2"
            />
            {points.map(({ size, at: [px, py] }) => (
              <g key={px}>
                <Mark kind={MARKS[index % MARKS.length] ?? 'circle'} x={px} y={py} colour={colour ?? '#fff'} />
                <title>{`${name}: ${formatNumber(size, 1)} mm`}</title>
              </g>
            ))}
            {end && (
              <text className={styles.label} x={end.at[0] + 10} y={end.at[1] + 4} fill={colour}>
                {name} {formatNumber(end.size, 1)}
              </text>
            )}
          </g>
        )
      })}
    </svg>
  )
}

interface MarkProps {
  readonly kind: (typeof MARKS)[number]
  readonly x: number
  readonly y: number
  readonly colour: string
}

function Mark({ kind, x, y, colour }: MarkProps) {
  if (kind === 'circle') return <circle cx={x} cy={y} r={4.5} fill={colour} />
  return (
    <rect
      x={x - 4}
      y={y - 4}
      width={8}
      height={8}
      fill={colour}
      transform={kind === 'diamond' ? `rotate(45 ${x} ${y})` : undefined}
    />
  )
}

function dayOf(date: string): number | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})$/.exec(date)
  return parts ? Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) : undefined
}
