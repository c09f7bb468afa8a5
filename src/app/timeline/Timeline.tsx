/**
 * The lanes of a patient over time. One card has the focus; arrows move it in its lane and between lanes, `a` and `b`
 * choose, Enter opens. Only what is in sight is drawn, so that a life of five hundred studies scrolls.
 */
import { useElementSize } from '@mantine/hooks'
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { RecordCard } from '../../api/record.ts'
import { formatDate } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import { kindOf, type Lane } from './lanes.ts'
import { Picture } from './Picture.tsx'
import { Scrubber } from './Scrubber.tsx'
import styles from './Timeline.module.css'
import { CARD, dateOf, dayAt, dayOf, inTracks, placeOf, type Scale, scaleOf, ticksOf, type Zoom } from './time-scale.ts'

export interface TimelineProps {
  readonly studies: readonly RecordCard[]
  readonly lanes: readonly Lane[]
  readonly zoom: Zoom
  readonly at: string | undefined
  readonly chosen: string | undefined
  readonly other: string | undefined
  readonly onChoose: (study: string) => void
  readonly onOther: (study: string) => void
  readonly onOpen: (study: string) => void
  /** To look at a day from nearer. */
  readonly onCloser: (at: string) => void
  /** The day in the middle, once scrolling rests. */
  readonly onMoved: (at: string) => void
}

const TRACK = 64
/** A lane is no taller: what finds no room is told as a number that leads closer. */
const MOST_TRACKS = 6
const BUNCH_HEIGHT = 34
const REST_MS = 250
/** Those without a date stand behind the last day. */
const placeOfStudy = (scale: Scale, { studyDate }: RecordCard) => placeOf(scale, dayOf(studyDate) ?? scale.to)
const idOf = (lane: string, study: string) => `card ${lane} ${study}`

export function Timeline(props: TimelineProps) {
  const { studies, lanes, zoom, at, chosen, other, onChoose, onOther, onOpen, onCloser, onMoved } = props
  const { ref: frame, width: room } = useElementSize()
  const scroller = useRef<HTMLElement>(null)
  const [left, setLeft] = useState(0)
  const [focus, setFocus] = useState<{ readonly lane: string; readonly study: string }>()
  const scale = useMemo(
    () =>
      scaleOf(
        studies.map(({ studyDate }) => studyDate),
        zoom,
        room || 800,
      ),
    [studies, zoom, room],
  )
  const place = (study: RecordCard) => placeOfStudy(scale, study)
  const rows = useMemo(
    () =>
      lanes.map((lane) => ({
        lane,
        ...inTracks(lane.studies, (study) => placeOfStudy(scale, study), CARD + 6, MOST_TRACKS),
      })),
    [lanes, scale],
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
    if (element && (x < element.scrollLeft || x + CARD > element.scrollLeft + element.clientWidth))
      element.scrollLeft = x - element.clientWidth / 2
    requestAnimationFrame(() => document.getElementById(idOf(lane.name, study.study))?.focus({ preventScroll: true }))
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.ctrlKey || event.altKey || event.metaKey || !current) return
    const row = lanes.findIndex(({ name }) => name === current.lane)
    const lane = lanes[row]
    const index = lane?.studies.findIndex(({ study }) => study === current.study) ?? -1
    const study = lane?.studies[index]
    if (!lane || !study) return
    const acts: Readonly<Record<string, () => void>> = {
      ArrowRight: () => go(lane, lane.studies[index + 1]),
      ArrowLeft: () => go(lane, lane.studies[index - 1]),
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
      <p className={styles.hint} id="timeline-keys">
        Arrows move, <kbd>a</kbd> and <kbd>b</kbd> choose, <kbd>p</kbd> compares, <kbd>Enter</kbd> opens.
      </p>
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
          {rows.map(({ lane, placed, bunches }) => {
            const tracks = Math.max(...placed.map(({ track }) => track)) + 1
            // What has the focus or is chosen is never only a number.
            const out = bunches
              .flatMap(({ items }) => items)
              .filter(({ study }) => [current?.study, chosen, other].includes(study))
              .map((item) => ({ item, at: place(item), track: MOST_TRACKS - 1 }))
            return (
              <section
                key={lane.name}
                className={styles.lane}
                aria-label={`${lane.name}, ${counted(lane.studies.length, 'study', 'studies')}`}
              >
                <h2 className={styles.laneName}>
                  {lane.name} <span className={styles.dim}>{lane.studies.length}</span>
                </h2>
                <ol
                  className={styles.cards}
                  style={{ height: tracks * TRACK + (bunches.length > 0 ? BUNCH_HEIGHT : 0) }}
                >
                  {ticks.map((tick) => (
                    <li key={`tick ${tick.at}`} className={styles.line} style={{ left: tick.at }} aria-hidden="true" />
                  ))}
                  {[...placed, ...out]
                    .filter(
                      ({ item, at: x }) =>
                        (x > left - room && x < left + 2 * room) || item.study === current?.study || room === 0,
                    )
                    .map(({ item, at: x, track }) => (
                      <li
                        key={item.study}
                        className={styles.place}
                        data-out={track >= tracks || out.some((one) => one.item === item)}
                        style={{ left: x, top: track * TRACK }}
                      >
                        <button
                          type="button"
                          id={idOf(lane.name, item.study)}
                          className={styles.card}
                          data-mark={item.study === chosen ? 'A' : item.study === other ? 'B' : undefined}
                          aria-pressed={item.study === chosen}
                          tabIndex={current?.lane === lane.name && current.study === item.study ? 0 : -1}
                          onFocus={() => setFocus({ lane: lane.name, study: item.study })}
                          onClick={(event) => (event.shiftKey ? onOther(item.study) : onChoose(item.study))}
                          onDoubleClick={() => onOpen(item.study)}
                          title={`${item.description || 'No description'}. Shift and click takes it as B.`}
                        >
                          <Picture study={item} size={46} />
                          <span className={styles.words}>
                            <strong>{formatDate(item.studyDate) || 'No date'}</strong>
                            <span className={styles.what}>{item.description || 'No description'}</span>
                            <span className={styles.dim}>
                              {kindOf(item)}
                              {item.reports && ' · report'}
                            </span>
                          </span>
                        </button>
                      </li>
                    ))}
                  {bunches
                    .filter(({ at: x }) => x > left - room && x < left + 2 * room)
                    .map(({ at: x, items }) => (
                      <li key={`bunch ${x}`} className={styles.place} style={{ left: x, top: tracks * TRACK }}>
                        <button
                          type="button"
                          className={styles.bunch}
                          onClick={() => onCloser(items[0]?.studyDate ?? '')}
                          aria-label={`${counted(items.length, 'more study', 'more studies')} around ${formatDate(items[0]?.studyDate ?? '')}: closer`}
                        >
                          +{items.length}
                        </button>
                      </li>
                    ))}
                </ol>
              </section>
            )
          })}
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
