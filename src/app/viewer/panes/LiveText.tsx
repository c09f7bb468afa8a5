/** What the picture shows, for those who cannot see it: spoken at most once a second, and only when it changes. */
import { useEffect, useRef, useState } from 'react'
import { personNameText } from '../../words/person-name.ts'
import { text } from '../model/dicom-json.ts'
import type { Scene } from '../surface/surface.ts'

const QUIET_MS = 1000

export interface LiveTextProps {
  readonly drawn: Scene | undefined
  readonly index: number
  readonly count: number
  readonly error: unknown
}

export function LiveText({ drawn, index, count, error }: LiveTextProps) {
  const says = error ? `Image ${index + 1} of ${count} cannot be shown.` : drawn ? inWords(drawn, count, index) : ''
  return (
    <p className="hidden-visually" aria-live="polite">
      {useThrottled(says)}
    </p>
  )
}

function inWords({ frame, processed, voi, invert }: Scene, count: number, index: number): string {
  const { json, modality } = frame.ref.object
  const window = frame.pixels.kind === 'values' ? `, window ${voi.width} level ${voi.center}` : ''
  const series = `${modality} series ${text(json, '00200011')} ${text(json, '0008103E')}`.trim()
  return `${personNameText(text(json, '00100010'))}, ${series}, image ${index + 1} of ${count}${window}${invert ? ', inverted' : ''}${processed ? ', processed for viewing' : ''}.`
}

function useThrottled(value: string): string {
  const [shown, setShown] = useState('')
  const last = useRef(0)
  useEffect(() => {
    const wait = Math.max(0, last.current + QUIET_MS - performance.now())
    const timer = setTimeout(() => {
      last.current = performance.now()
      setShown(value)
    }, wait)
    return () => clearTimeout(timer)
  }, [value])
  return shown
}
