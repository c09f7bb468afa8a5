/**
 * The lanes of a patient over time. One card has the focus; arrows move it in its lane and between lanes, `a` and `b`
 * choose, Enter opens. Only what is in sight is drawn, so that a life of five hundred studies scrolls.
 */
import { useElementSize } from '@mantine/hooks'
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { RecordCard } from '../../api/record.ts'
import { ageOn, formatDate } from '../words/dates.ts'
import { kindOf, type Lane } from './lanes.ts'
import { Marks } from './Marks.tsx'
import { Scrubber } from './Scrubber.tsx'
import styles from './Timeline.module.css'
import { idOf, SHAPES, type Shape, TimelineLane } from './TimelineLane.tsx'
import { dateOf, dayAt, dayOf, inTracks, placeOf, type Scale, scaleOf, ticksOf, type Zoom } from './time-scale.ts'

export interface TimelineProps {
  readonly studies: readonly RecordCard[]
  readonly lanes: readonly Lane[]
  readonly zoom: Zoom
  readonly at: string | undefined
  readonly birthDate: string
  /** The one lane that is looked at, through which arrows choose. */
  readonly followed: string | undefined
  readonly chosen: string | undefined
  readonly other: string | undefined
  readonly onFollow: (lane: string | undefined) => void
  readonly onChoose: (study: string) => void
  readonly onOther: (study: string) => void
  readonly onOpen: (study: string) => void
  /** To look at a day from nearer. */
  readonly onCloser: (at: string) => void
  /** The day in the middle, once scrolling rests. */
  readonly onMoved: (at: string) => void
}

/** A lane is no taller: what finds no room is told as a number that leads closer. */
const MOST_TRACKS = { card: 6, mark: 4 } as const
/** More studies than this are marks when all of them are to be seen at once. */
const MOST_CARDS = 40
const REST_MS = 250
const EVERYWHERE = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const
/** Those without a date stand behind the last day. */
const placeOfStudy = (scale: Scale, { studyDate }: RecordCard) => placeOf(scale, dayOf(studyDate) ?? scale.to)

export function Timeline(props: TimelineProps) {
  const { studies, lanes, zoom, at, birthDate, followed, chosen, other } = props
  const { onFollow, onChoose, onOther, onOpen, onCloser, onMoved } = props
  const { ref: frame, width: room } = useElementSize()
  const scroller = useRef<HTMLElement>(null)
  const [left, setLeft] = useState(0)
  const [focus, setFocus] = useState<{ readonly lane: string; readonly study: string }>()
  const [near, setNear] = useState<RecordCard>()
  const shape: Shape = zoom === 'all' && studies.length > MOST_CARDS ? 'mark' : 'card'
  const { width } = SHAPES[shape]
  const scale = useMemo(
    () =>
      scaleOf(
        studies.map(({ studyDate }) => studyDate),
        zoom,
        room || 800,
        width,
      ),
    [studies, zoom, room, width],
  )
  const place = (study: RecordCard) => placeOfStudy(scale, study)
  const rows = useMemo(
    () =>
      lanes.map((lane) => ({
        lane,
        ...inTracks(lane.studies, (study) => placeOfStudy(scale, study), width + 4, MOST_TRACKS[shape]),
      })),
    [lanes, scale, shape, width],
  )
  const ticks = ticksOf(scale, left - room, left + 2 * room)

  // Zooming keeps the middle; a fresh page begins where its address says, or at the end.
  const wanted = useRef(at)
  useLayoutEffect(() => {
    wanted.current = at
  }, [at])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another scale moves what is in sight
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element || room === 0) return
    const card = studies.find(({ study }) => study === (focus?.study ?? chosen))
    const day = dayOf(wanted.current ?? '') ?? (card && dayOf(card.studyDate)) ?? scale.to
    element.scrollLeft = placeOf(scale, day) - room / 2
    setLeft(element.scrollLeft)
  }, [scale, room])

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  function onScroll() {
    const element = scroller.current
    if (!element) return
    setLeft(element.scrollLeft)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      const day = dateOf(dayAt(scale, element.scrollLeft + element.clientWidth / 2))
      if (zoom === 'all' || day === wanted.current) return
      wanted.current = day
      onMoved(day)
    }, REST_MS)
  }

  const current = focus ?? first(lanes, chosen)
  function go(lane: Lane | undefined, study: RecordCard | undefined) {
    if (!lane || !study) return
    setFocus({ lane: lane.name, study: study.study })
    const element = scroller.current
    const x = place(study)
    if (element && (x < element.scrollLeft || x + width > element.scrollLeft + element.clientWidth))
      element.scrollLeft = x - element.clientWidth / 2
    requestAnimationFrame(() => document.getElementById(idOf(lane.name, study.study))?.focus({ preventScroll: true }))
  }
  /** Through the lane that is followed each step takes the study as A, and with it the prior that goes with it. */
  function step(lane: Lane, study: RecordCard | undefined) {
    go(lane, study)
    if (study && followed !== undefined) onChoose(study.study)
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.ctrlKey || event.altKey || event.metaKey || !current) return
    const row = lanes.findIndex(({ name }) => name === current.lane)
    const lane = lanes[row]
    const index = lane?.studies.findIndex(({ study }) => study === current.study) ?? -1
    const study = lane?.studies[index]
    if (!lane || !study) return
    const acts: Readonly<Record<string, () => void>> = {
      ArrowRight: () => step(lane, lane.studies[index + 1]),
      ArrowLeft: () => step(lane, lane.studies[index - 1]),
      ArrowDown: () => go(lanes[row + 1], nearest(lanes[row + 1], study)),
      ArrowUp: () => go(lanes[row - 1], nearest(lanes[row - 1], study)),
      Home: () => go(lane, lane.studies[0]),
      End: () => go(lane, lane.studies.at(-1)),
      a: () => onChoose(study.study),
      ' ': () => onChoose(study.study),
      b: () => onOther(study.study),
      Enter: () => onOpen(study.study),
    }
    const act = acts[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }

  return (
    <div className={styles.timeline} ref={frame}>
      <Scrubber
        studies={studies}
        scale={scale}
        left={left}
        room={room}
        onMove={(x) => {
          if (scroller.current) scroller.current.scrollLeft = x
        }}
      />
      <div className={styles.hint}>
        {near && shape === 'mark' ? (
          <span aria-hidden="true">
            <strong>{formatDate(near.studyDate) || 'No date'}</strong> {ageOn(birthDate, near.studyDate)} ·{' '}
            {near.description || 'No description'} · {kindOf(near)} <Marks study={near} inWords />
          </span>
        ) : (
          <span id="timeline-keys">
            {followed === undefined ? 'Arrows move' : 'Left and right step through the follow-ups'}, <kbd>a</kbd> and{' '}
            <kbd>b</kbd> choose, <kbd>p</kbd> compares, <kbd>Enter</kbd> opens.
          </span>
        )}
      </div>
      <section
        className={styles.scroller}
        ref={scroller}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        aria-label="Studies over time"
        aria-describedby="timeline-keys"
      >
        <div className={styles.content} style={{ width: scale.width }}>
          <div className={styles.axis} aria-hidden="true">
            {ticks.map((tick) => (
              <span key={tick.at} style={{ left: tick.at }}>
                {tick.says}
              </span>
            ))}
          </div>
          {rows.map(({ lane, placed, bunches }) => (
            <TimelineLane
              key={lane.name}
              lane={lane}
              shape={shape}
              placed={placed}
              bunches={bunches}
              ticks={ticks}
              sight={room === 0 ? EVERYWHERE : [left - room, left + 2 * room]}
              birthDate={birthDate}
              chosen={chosen}
              other={other}
              current={current?.lane === lane.name ? current.study : undefined}
              followed={followed === lane.name}
              onFollow={() => onFollow(followed === lane.name ? undefined : lane.name)}
              onFocus={(study) => {
                setFocus({ lane: lane.name, study: study.study })
                setNear(study)
              }}
              onPoint={setNear}
              onChoose={onChoose}
              onOther={onOther}
              onOpen={onOpen}
              onCloser={onCloser}
            />
          ))}
        </div>
      </section>
    </div>
  )
}

function first(lanes: readonly Lane[], chosen: string | undefined) {
  const lane = lanes.find(({ studies }) => studies.some(({ study }) => study === chosen)) ?? lanes[0]
  const study = lane?.studies.find((one) => one.study === chosen) ?? lane?.studies[0]
  return lane && study ? { lane: lane.name, study: study.study } : undefined
}

/** The study of a lane that lies nearest in time. */
function nearest(lane: Lane | undefined, to: RecordCard): RecordCard | undefined {
  const day = dayOf(to.studyDate) ?? Number.MAX_SAFE_INTEGER
  const far = (one: RecordCard) => Math.abs((dayOf(one.studyDate) ?? Number.MAX_SAFE_INTEGER) - day)
  return lane?.studies.reduce<RecordCard | undefined>(
    (best, one) => (best && far(best) <= far(one) ? best : one),
    undefined,
  )
}
