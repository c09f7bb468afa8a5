/**
 * One lane of the timeline: what is in sight of it, each study at its day. Studies are cards, or, where a whole life has to
 * fit, small marks that say the kind; who points at one reads the rest beside the lanes.
 */
import type { RecordCard } from '../../api/record.ts'
import { ageOn, formatDate } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import { kindOf, type Lane } from './lanes.ts'
import { Marks } from './Marks.tsx'
import { Picture } from './Picture.tsx'
import styles from './Timeline.module.css'
import { type Bunch, CARD, type Placed, type Tick } from './time-scale.ts'

export type Shape = 'card' | 'mark'
/** CSS pixels: how wide one is, and how high the row it stands in. */
export const SHAPES = { card: { width: CARD, track: 64 }, mark: { width: 36, track: 32 } } as const
const BUNCH_HEIGHT = 34

export interface TimelineLaneProps {
  readonly lane: Lane
  readonly shape: Shape
  readonly placed: readonly Placed<RecordCard>[]
  readonly bunches: readonly Bunch<RecordCard>[]
  readonly ticks: readonly Tick[]
  readonly sight: readonly [from: number, to: number]
  readonly birthDate: string
  readonly chosen: string | undefined
  readonly other: string | undefined
  /** The study of this lane that Tab comes to. */
  readonly current: string | undefined
  readonly followed: boolean
  readonly onFollow: () => void
  readonly onFocus: (study: RecordCard) => void
  readonly onPoint: (study: RecordCard | undefined) => void
  readonly onChoose: (study: string) => void
  readonly onOther: (study: string) => void
  readonly onOpen: (study: string) => void
  readonly onCloser: (at: string) => void
}

export const idOf = (lane: string, study: string) => `card ${lane} ${study}`

export function TimelineLane(props: TimelineLaneProps) {
  const { lane, shape, placed, bunches, ticks, sight, chosen, other, current, followed } = props
  const { track: height } = SHAPES[shape]
  const tracks = Math.max(0, ...placed.map(({ track }) => track)) + 1
  const inSight = ({ at }: { readonly at: number }) => at > sight[0] && at < sight[1]
  // What has the focus or is chosen is never only a number.
  const out = bunches
    .flatMap(({ items, at }) => items.map((item) => ({ item, at })))
    .filter(({ item }) => [current, chosen, other].includes(item.study))
    .map(({ item, at }) => ({ item, at, track: tracks - 1 }))
  return (
    <section className={styles.lane} aria-label={`${lane.name}, ${counted(lane.studies.length, 'study', 'studies')}`}>
      <div className={styles.laneHead}>
        <h2 className={styles.laneName}>
          {lane.name} <span className={styles.dim}>{lane.studies.length}</span>
        </h2>
        <button type="button" className={styles.follow} aria-pressed={followed} onClick={props.onFollow}>
          {followed ? 'All lanes' : 'Follow'}
          <span className="hidden-visually">{followed ? '' : ` ${lane.name}`}</span>
        </button>
      </div>
      <ol className={styles.cards} style={{ height: tracks * height + (bunches.length > 0 ? BUNCH_HEIGHT : 0) }}>
        {ticks.map((tick) => (
          <li key={`tick ${tick.at}`} className={styles.line} style={{ left: tick.at }} aria-hidden="true" />
        ))}
        {[...placed, ...out]
          .filter((one) => inSight(one) || one.item.study === current)
          .map((one) => (
            <li
              key={one.item.study}
              className={styles.place}
              data-out={out.includes(one)}
              style={{ left: one.at, top: one.track * height }}
            >
              <StudyButton {...props} study={one.item} />
            </li>
          ))}
        {bunches.filter(inSight).map(({ at, items }) => (
          <li key={`bunch ${at}`} className={styles.place} style={{ left: at, top: tracks * height }}>
            <button
              type="button"
              className={styles.bunch}
              onClick={() => props.onCloser(items[0]?.studyDate ?? '')}
              aria-label={`${counted(items.length, 'more study', 'more studies')} around ${formatDate(items[0]?.studyDate ?? '')}: closer`}
            >
              +{items.length}
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}

function StudyButton(props: TimelineLaneProps & { readonly study: RecordCard }) {
  const { study, lane, shape, birthDate, chosen, other, current } = props
  const { onFocus, onPoint, onChoose, onOther, onOpen } = props
  const when = formatDate(study.studyDate) || 'No date'
  const what = study.description || 'No description'
  const age = ageOn(birthDate, study.studyDate)
  return (
    <button
      type="button"
      id={idOf(lane.name, study.study)}
      className={shape === 'card' ? styles.card : styles.mark}
      data-mark={study.study === chosen ? 'A' : study.study === other ? 'B' : undefined}
      aria-pressed={study.study === chosen}
      tabIndex={current === study.study ? 0 : -1}
      onFocus={() => onFocus(study)}
      onPointerEnter={() => onPoint(study)}
      onPointerLeave={() => onPoint(undefined)}
      onClick={(event) => (event.shiftKey ? onOther(study.study) : onChoose(study.study))}
      onDoubleClick={() => onOpen(study.study)}
      title={shape === 'card' ? `${what}. Shift and click takes it as B.` : undefined}
    >
      {shape === 'card' ? (
        <>
          <Picture study={study} size={46} />
          <span className={styles.words}>
            <strong>{when}</strong>
            <span className={styles.what}>{what}</span>
            <span className={styles.dim}>
              <Marks study={study} />
              {[age, kindOf(study)].filter(Boolean).join(' · ')}
            </span>
          </span>
        </>
      ) : (
        <>
          <span aria-hidden="true">{study.families[0] ?? 'SR'}</span>
          <span className="hidden-visually">{[when, age, what, kindOf(study)].filter(Boolean).join(', ')}</span>
          {(study.held || study.rejected > 0) && <span className={styles.flag} aria-hidden="true" />}
        </>
      )}
    </button>
  )
}
