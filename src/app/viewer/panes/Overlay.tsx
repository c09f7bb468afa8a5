/** The facts on the picture: who and what in the corners, which way at the edges, how it is shown below. */
import { useMemo } from 'react'
import { formatNumber } from '../../words/numbers.ts'
import { cornersOf, lossyMark } from '../model/corners.ts'
import { texts } from '../model/dicom-json.ts'
import type { FrameSet } from '../model/frame-sets.ts'
import { lettersOf, lettersOfPatientOrientation, turnLetters } from '../model/orientation.ts'
import type { Scene } from '../surface/surface.ts'
import styles from './Overlay.module.css'

export interface OverlayProps {
  readonly drawn: Scene
  readonly zoom: number
  /** The image asked for, from 0; while it loads another may stand there. */
  readonly index: number
  readonly set: FrameSet
  readonly loading: boolean
  readonly facts: boolean
  /** What was done to it for viewing; '' for nothing. */
  readonly processed: string
  /** '' when it is none. */
  readonly keyImage: string
  /** How a saved view says it is shown; '' for the image as it came. */
  readonly savedView: string
  /** What the pixel under the pointer holds. */
  readonly probe: string
}

export function Overlay({
  drawn,
  zoom,
  index,
  set,
  loading,
  facts,
  processed,
  keyImage,
  savedView,
  probe,
}: OverlayProps) {
  const { frame, voi, view, invert } = drawn
  const { json, transferSyntax } = frame.ref.object
  const corners = useMemo(() => cornersOf(frame.ref), [frame.ref])
  const lossy = useMemo(() => lossyMark(json, transferSyntax), [json, transferSyntax])
  const { orientation } = frame.facts
  const letters = useMemo(
    () =>
      turnLetters(
        orientation.length === 6 ? lettersOf(orientation) : lettersOfPatientOrientation(texts(json, '00200020')),
        view,
      ),
    [orientation, json, view],
  )
  const shownAt = set.frames.indexOf(frame.ref) + 1
  const unit = frame.facts.rescale?.unit ?? ''
  return (
    <div
      className={styles.overlay}
      aria-hidden="true"
      data-letters={[letters.left, letters.top, letters.right, letters.bottom].join(' ')}
    >
      {facts && (
        <>
          <Corner place={styles.topLeft} lines={corners.topLeft} />
          <Corner place={styles.topRight} lines={corners.topRight} />
          <Corner place={styles.bottomRight} lines={corners.bottomRight} />
        </>
      )}
      <div className={styles.bottomLeft}>
        {processed !== '' && (
          <div className={styles.processed} data-processed-mark="">
            PROCESSED for viewing: {processed}
            <br />
            original untouched · hold O to see it
          </div>
        )}
        {savedView !== '' && <div data-saved-view="">{savedView}</div>}
        {probe !== '' && <div data-probe="">{probe}</div>}
        {lossy && <div className={styles.lossy}>{lossy}</div>}
        <div>
          Im {shownAt}/{set.frames.length}
          {keyImage && ` · ${keyImage}`}
          {loading && ` · loading ${index + 1}`}
        </div>
        {frame.pixels.kind === 'values' && (
          <div>
            {voi.shape === 'TABLE'
              ? 'Shown through the table sent with it'
              : `W ${formatNumber(voi.width)} L ${formatNumber(voi.center)} ${unit}`}
            {voi.shape === 'SIGMOID' && ' sigmoid'}
          </div>
        )}
        <div>
          {formatNumber(zoom * 100, 0)} %{invert && ' · inverted'}
        </div>
      </div>
      <span className={styles.left}>{letters.left}</span>
      <span className={styles.right}>{letters.right}</span>
      <span className={styles.top}>{letters.top}</span>
      <span className={styles.bottom}>{letters.bottom}</span>
    </div>
  )
}

function Corner({ place, lines }: { readonly place: string | undefined; readonly lines: readonly string[] }) {
  return (
    <div className={place}>
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines may repeat and have no other name
        <div key={at} dir="auto">
          {line}
        </div>
      ))}
    </div>
  )
}
