/**
 * The studies as a grid: only rows in sight exist, one row is current, and the keyboard moves it.
 *
 * The grid has the focus and names its current row (aria-activedescendant), so that arrows need no focus to move and
 * nothing is lost when a row leaves the sight. Each row holds a real link: it can be opened in a new tab.
 */

import { useMediaQuery } from '@mantine/hooks'
import { Link, useNavigate } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import type { StudyRow } from '../../api/studies.ts'
import { useReceiving } from '../http/events.ts'
import { useShortcuts } from '../shell/keys.ts'
import { Icon } from '../ui/icons.tsx'
import { Mark } from '../ui/Mark.tsx'
import { PatientName } from '../ui/PatientName.tsx'
import { ageOn, formatDate, formatTime, isoDate } from '../words/dates.ts'
import { formatBytes, formatCount } from '../words/numbers.ts'
import styles from './WorklistTable.module.css'

const ROW = 44
const CARD = 84
const HEADINGS = [
  'Patient',
  'Sex, age',
  'Number',
  'Study date',
  'Modality',
  'Description',
  'Accession',
  'Ser./obj.',
  'Size',
  'Prior',
]

export interface WorklistTableProps {
  readonly studies: readonly StudyRow[]
  /** Fetches more; undefined when there is no more, or it is on its way. */
  readonly onEnd: (() => void) | undefined
}

export function WorklistTable({ studies, onEnd }: WorklistTableProps) {
  const navigate = useNavigate()
  const scroller = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState<{ readonly study: string; readonly index: number }>()
  const receiving = useReceiving()
  const cards = useMediaQuery('(max-width: 60em)') ?? false
  const virtual = useVirtualizer({
    count: studies.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (cards ? CARD : ROW),
    overscan: 12,
    scrollPaddingStart: cards ? 0 : ROW,
  })
  const rows = virtual.getVirtualItems()
  const lastShown = rows.at(-1)?.index ?? 0
  // The current row is a study, not a place: it stays current when others come in above it.
  const found = current ? studies.findIndex(({ study }) => study === current.study) : 0
  const at = found >= 0 ? found : Math.min(current?.index ?? 0, studies.length - 1)
  const choose = (index: number) => setCurrent({ study: studies[index]?.study ?? '', index })

  useEffect(() => {
    if (lastShown >= studies.length - 20) onEnd?.()
  }, [lastShown, studies.length, onEnd])
  // biome-ignore lint/correctness/useExhaustiveDependencies: row heights change with the layout
  useEffect(() => virtual.measure(), [cards])

  function move(to: number) {
    const next = Math.max(0, Math.min(studies.length - 1, to))
    choose(next)
    virtual.scrollToIndex(next)
    scroller.current?.focus({ preventScroll: true })
  }
  const page = () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / (cards ? CARD : ROW)) - 2)
  const open = (to: '/s/$study' | '/v/$study') => {
    const study = studies[at]?.study
    if (study) void navigate({ to, params: { study } })
  }
  useShortcuts('Studies', [
    { keys: ['j', 'ArrowDown'], does: 'Next study', run: () => move(at + 1) },
    { keys: ['k', 'ArrowUp'], does: 'Study before', run: () => move(at - 1) },
    { keys: ['PageDown'], does: 'A page down', run: () => move(at + page()) },
    { keys: ['PageUp'], does: 'A page up', run: () => move(at - page()) },
    { keys: ['Home'], does: 'First study', run: () => move(0) },
    { keys: ['End'], does: 'Last study fetched', run: () => move(studies.length - 1) },
    { keys: ['Enter'], does: 'Open the study page', run: () => open('/s/$study') },
    { keys: ['v'], does: 'Open the viewer', run: () => open('/v/$study') },
    {
      keys: ['x'],
      does: 'Open the viewer with the relevant prior',
      run: () => {
        const study = studies[at]?.study
        if (study) void navigate({ to: '/v/$study', params: { study }, search: { prior: 'best' } })
      },
    },
    {
      keys: ['t'],
      does: 'Timeline of the patient',
      run: () => {
        const study = studies[at]
        if (study && study.patient !== '')
          void navigate({ to: '/p/$patient', params: { patient: study.patient }, search: { a: study.study } })
      },
    },
  ])

  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by hand
    <div
      id="worklist"
      ref={scroller}
      className={styles.grid}
      data-cards={cards}
      role="grid"
      aria-label="Studies"
      aria-rowcount={onEnd ? -1 : studies.length + 1}
      aria-activedescendant={rows.some(({ index }) => index === at) ? `row-${at}` : undefined}
      tabIndex={0}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
      <div className={styles.head} role="row" aria-rowindex={1}>
        {HEADINGS.map((heading) => (
          // biome-ignore lint/a11y/useSemanticElements: as above
          // biome-ignore lint/a11y/useFocusableInteractive: as above
          <div key={heading} role="columnheader" className={styles.cell}>
            {heading === 'Prior' ? <span className="hidden-visually">{heading}</span> : heading}
          </div>
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div className={styles.space} style={{ height: virtual.getTotalSize() }} role="rowgroup">
        {rows.map(({ index, start, size }) => {
          const study = studies[index]
          return (
            study && (
              <Row
                key={study.study}
                study={study}
                index={index}
                current={index === at}
                style={{ transform: `translateY(${start}px)`, height: size }}
                receiving={receiving.has(study.study)}
                onChoose={() => choose(index)}
              />
            )
          )
        })}
      </div>
    </div>
  )
}

/** To the patient; to the study where no number says who that is. */
function NameLink({ study }: { readonly study: StudyRow }) {
  const link = {
    tabIndex: -1,
    className: styles.name,
    onClick: (event: { stopPropagation(): void }) => event.stopPropagation(),
    children: <PatientName value={study.patientName} />,
  }
  return study.patient === '' ? (
    <Link to="/s/$study" params={{ study: study.study }} {...link} />
  ) : (
    <Link to="/p/$patient" params={{ patient: study.patient }} search={{ a: study.study }} {...link} />
  )
}

interface RowProps {
  readonly study: StudyRow
  readonly index: number
  readonly current: boolean
  readonly receiving: boolean
  readonly style: { readonly transform: string; readonly height: number }
  readonly onChoose: () => void
}

/** What a narrow window cuts off is said when the mouse rests on it; the study page has it in full. */
function Row({ study, index, current, receiving, style, onChoose }: RowProps) {
  const navigate = useNavigate()
  const age = ageOn(study.birthDate, study.studyDate)
  const cells = [
    <NameLink key="name" study={study} />,
    [study.sex, age].filter(Boolean).join(' '),
    <span key="number" title={study.issuer ? `${study.patientId} · ${study.issuer}` : study.patientId}>
      {study.patientId} {study.issuer !== '' && <span className={styles.issuer}>{study.issuer}</span>}
    </span>,
    <time key="date" dateTime={isoDate(study.studyDate)}>
      {formatDate(study.studyDate)} <span className={styles.dim}>{formatTime(study.studyTime)}</span>
    </time>,
    <span key="modality" className={styles.modality} title={study.modalities.join(' ')}>
      {study.modalities.join(' ')}
    </span>,
    <span key="description" title={study.description}>
      {receiving && <Mark tone="accent">Receiving…</Mark>}{' '}
      {study.lacking > 0 && <Mark tone="warn">{formatCount(study.lacking)} missing</Mark>}{' '}
      {study.description || <span className={styles.dim}>No description</span>}
    </span>,
    <span key="accession" title={study.accession}>
      {study.accession}
    </span>,
    `${formatCount(study.series)}/${formatCount(study.instances)}`,
    formatBytes(study.bytes),
    study.patient !== '' && (
      <Link
        key="prior"
        to="/v/$study"
        params={{ study: study.study }}
        search={{ prior: 'best' }}
        tabIndex={-1}
        className={styles.prior}
        title="Open with the relevant prior (x)"
        aria-label="Open with the relevant prior"
        onClick={(event) => event.stopPropagation()}
      >
        <Icon name="layers" size={18} />
      </Link>
    ),
  ]
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter and v act on the current row
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    <div
      id={`row-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={current}
      className={styles.row}
      data-current={current}
      style={style}
      onClick={() => {
        onChoose()
        void navigate({ to: '/s/$study', params: { study: study.study } })
      }}
    >
      {cells.map((cell, at) => (
        // biome-ignore lint/a11y/useSemanticElements: see the grid
        // biome-ignore lint/a11y/useFocusableInteractive: see the grid
        <div key={HEADINGS[at]} role="gridcell" className={styles.cell}>
          {cell}
        </div>
      ))}
    </div>
  )
}
