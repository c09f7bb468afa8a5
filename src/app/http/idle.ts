/**
 * For how long nobody has touched this page. Each request says it, so that what the page asks by itself keeps nobody
 * logged in; after the session's idle time the page locks itself.
 */
import { useEffect } from 'react'

const TOUCHES = ['pointerdown', 'pointermove', 'wheel', 'keydown', 'touchstart'] as const
const LOOK_EVERY_MS = 1000
const TELL_EVERY_MS = 5000
const SHARED = 'clearkeep.touched'

let touchedAt = Date.now()
let toldAt = 0
if (typeof document !== 'undefined')
  for (const kind of TOUCHES) document.addEventListener(kind, touched, { capture: true, passive: true })

/** Where the pointer was: browsers tell of moves when it is the page that moved beneath it. */
let pointer = ''

function touched(event: Event): void {
  if (event.type === 'pointermove') {
    const { screenX, screenY } = event as PointerEvent
    const at = `${screenX} ${screenY}`
    if (at === pointer) return
    pointer = at
  }
  touchedAt = Date.now()
  if (touchedAt - toldAt < TELL_EVERY_MS) return
  toldAt = touchedAt
  try {
    localStorage.setItem(SHARED, String(touchedAt))
  } catch {
    // Storage may be forbidden; each page then counts for itself.
  }
}

/** Of all pages of this browser: who works in one does not lose the other's session. */
function touchedElsewhere(): number {
  try {
    const at = Number(localStorage.getItem(SHARED))
    return at <= Date.now() ? at : 0
  } catch {
    return 0
  }
}

export const idleSeconds = (): number =>
  Math.max(0, Math.floor((Date.now() - Math.max(touchedAt, touchedElsewhere())) / 1000))

/** Calls once nobody has touched the page for so long; a computer that slept is noticed when it wakes. */
export function useIdle(afterSeconds: number | undefined, call: () => void): void {
  useEffect(() => {
    if (afterSeconds === undefined) return
    touchedAt = Date.now()
    const timer = setInterval(() => {
      if (idleSeconds() < afterSeconds) return
      clearInterval(timer)
      call()
    }, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [afterSeconds, call])
}
