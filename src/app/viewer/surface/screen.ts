/**
 * How large this screen is. Browsers take 96 of their pixels for an inch, whatever hangs on the wall; whoever holds a ruler
 * to the screen may say what is true, and it is kept in this browser.
 */
const SETTING = 'clearkeep.screen-mm'
/** What is held against the ruler, CSS pixels. */
export const BAR_PX = 400
const ASSUMED_MM = (BAR_PX * 25.4) / 96

/** Millimetres of the bar on this screen, and whether somebody measured it. */
export function barOnScreen(): { readonly mm: number; readonly measured: boolean } {
  try {
    const mm = Number(localStorage.getItem(SETTING))
    if (mm >= 20 && mm <= 1000) return { mm, measured: true }
  } catch {
    // Storage may be forbidden: what browsers assume is taken.
  }
  return { mm: ASSUMED_MM, measured: false }
}

export function setBarOnScreen(mm: number): void {
  try {
    localStorage.setItem(SETTING, String(mm))
  } catch {
    // It then lasts no longer than this.
  }
}

export const devicePixelsPerMm = (): number => (BAR_PX / barOnScreen().mm) * window.devicePixelRatio
