/**
 * A series that can be scrolled, windowed, moved and magnified. Every drag has its keys and fields beside it; numbers are
 * those of the original values.
 */
import type { CapsuleImage, CapsuleSeries, CapsuleStudy } from '../../api/capsule.ts'
import { h } from './dom.ts'
import { type Drawn, decode, firstWindow, paint, type ShownWindow, valueAt } from './images.ts'
import { loadPart } from './parts.ts'
import { seriesName, whatOf, whenOf } from './words.ts'

export interface Pane {
  readonly element: HTMLElement
  /** Where the image shown lies along its normal, mm. */
  position(): number | null
  /** Shows the image nearest to there; false when the series has no places in space. */
  goTo(position: number): Promise<boolean>
  showSeries(series: CapsuleSeries): Promise<void>
}

export interface PaneOptions {
  readonly study: CapsuleStudy
  readonly age: string
  readonly label: string
  /** The reader moved to another image. */
  readonly moved: (pane: Pane) => void
}

/** Images whose values are kept unpacked. */
const KEPT_PIXELS = 40e6
const WHEEL_STEP = 40

export function openPane({ study, age, label, moved }: PaneOptions): Pane {
  let series: CapsuleSeries | undefined
  let places: readonly (number | null)[] = []
  let index = 0
  let drawn: Drawn | undefined
  let window: ShownWindow | undefined
  let chosenWindow = false
  let inverted = false
  let [scale, panX, panY] = [1, 0, 0]
  let turn = 0
  const cache = new Map<string, Promise<Drawn>>()
  const source = document.createElement('canvas')

  const canvas = h('canvas', { tabindex: 0, role: 'img', class: 'image', 'aria-label': 'Image' })
  const facts = h('p', { class: 'facts' })
  const message = h('p', { class: 'message', role: 'status', hidden: true })
  const slider = h('input', {
    type: 'range',
    min: 1,
    max: 1,
    value: 1,
    'aria-label': `Image of ${label}`,
    oninput: () => void show(Number(slider.value) - 1, true),
  })
  const center = h('input', {
    type: 'number',
    step: 'any',
    onchange: () => setWindow({ center: center.valueAsNumber }),
  })
  const width = h('input', {
    type: 'number',
    step: 'any',
    min: 1,
    onchange: () => setWindow({ width: width.valueAsNumber }),
  })
  const presets = h('select', { 'aria-label': 'Window', onchange: () => takePreset(presets.value) })
  const windowing = h(
    'span',
    { class: 'window' },
    presets,
    h('label', {}, 'Centre ', center),
    h('label', {}, 'Width ', width),
  )
  const invert = h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => turnOver() }, 'Invert')
  const tools = h(
    'div',
    { class: 'tools' },
    windowing,
    invert,
    h('button', { type: 'button', onclick: () => zoom(1.25) }, 'Larger'),
    h('button', { type: 'button', onclick: () => zoom(0.8) }, 'Smaller'),
    h('button', { type: 'button', onclick: () => reset() }, 'Reset'),
  )
  const heading = h(
    'h2',
    {},
    `${whenOf(study)}${age === '' ? '' : ` · ${age}`} `,
    h('span', { class: 'dim' }, whatOf(study)),
  )
  const element = h(
    'section',
    { class: 'pane', 'aria-label': label },
    heading,
    h('div', { class: 'stage' }, canvas, message, facts),
    slider,
    tools,
  )

  const pane: Pane = {
    element,
    position: () => places[index] ?? null,
    goTo: async (position) => {
      let best = -1
      for (const [at, place] of places.entries())
        if (place !== null && (best < 0 || Math.abs(place - position) < Math.abs((places[best] ?? 0) - position)))
          best = at
      if (best < 0) return false
      await show(best, false)
      return true
    },
    showSeries: async (next) => {
      series = next
      ;[scale, panX, panY, chosenWindow, inverted] = [1, 0, 0, false, false]
      cache.clear()
      drawn = undefined
      window = undefined
      slider.max = String(Math.max(1, next.images))
      slider.hidden = next.images < 2
      places = []
      await show(next.images >> 1, false)
      void readPlaces(next)
    },
  }

  /** Places of all images, part by part, while the first one is looked at. */
  async function readPlaces(of: CapsuleSeries): Promise<void> {
    const found: (number | null)[] = []
    for (const { file } of of.parts) {
      const part = await loadPart(file).catch(() => undefined)
      if (series !== of || part === undefined || !('images' in part)) return
      found.push(...part.images.map(({ position }) => position))
    }
    places = found
    moved(pane)
  }

  async function imageAt(at: number): Promise<{ readonly image: CapsuleImage; readonly key: string } | undefined> {
    let first = 0
    for (const { file, images } of series?.parts ?? []) {
      if (at < first + images) {
        const part = await loadPart(file)
        const image = 'images' in part ? part.images[at - first] : undefined
        return image && { image, key: `${file} ${at - first}` }
      }
      first += images
    }
    return undefined
  }

  async function decoded(at: number): Promise<Drawn | undefined> {
    const found = await imageAt(at)
    if (found === undefined) return undefined
    const known = cache.get(found.key)
    const made = known ?? decode(found.image)
    cache.delete(found.key)
    cache.set(found.key, made)
    const most = Math.max(4, Math.floor(KEPT_PIXELS / Math.max(1, found.image.rows * found.image.columns)))
    for (const oldest of cache.keys()) {
      if (cache.size <= most) break
      cache.delete(oldest)
    }
    return made
  }

  async function show(at: number, byReader: boolean): Promise<void> {
    if (series === undefined) return
    const mine = ++turn
    const to = Math.max(0, Math.min(series.images - 1, at))
    index = to
    slider.value = String(to + 1)
    try {
      const next = await decoded(to)
      if (mine !== turn) return
      if (next === undefined)
        return say(series.images === 0 ? 'This series holds no images.' : 'This image is not in the capsule.')
      drawn = next
      if (!chosenWindow) window = firstWindow(next)
      say(
        next.image.kind === 'none'
          ? `This image cannot be shown here: ${next.image.why} Its original is ${next.image.object}.`
          : '',
      )
      fillPresets()
      render()
      if (byReader) moved(pane)
      // What comes next in either direction is made ready.
      for (const near of [to + 1, to - 1]) if (near >= 0 && near < series.images) void decoded(near).catch(() => {})
    } catch (thrown) {
      if (mine === turn) say(thrown instanceof Error ? thrown.message : 'This image cannot be shown.')
    }
  }

  function say(words: string): void {
    message.textContent = words
    message.hidden = words === ''
    canvas.classList.toggle('hidden', words !== '')
  }

  function fillPresets(): void {
    const image = drawn?.image
    windowing.hidden = image?.kind !== 'values'
    if (image?.kind !== 'values') return
    presets.replaceChildren(
      ...(chosenWindow ? [h('option', { value: 'own' }, 'As set')] : []),
      ...image.windows.map((one, at) =>
        h('option', { value: String(at) }, one.explanation || (at === 0 ? 'As stored' : `Stored ${at + 1}`)),
      ),
      ...(image.table === null ? [] : [h('option', { value: 'table' }, 'Stored table')]),
      h('option', { value: 'full' }, 'Full range'),
      ...(image.unit === 'HU' ? CT_WINDOWS.map(([name], at) => h('option', { value: `ct${at}` }, name)) : []),
    )
    presets.value = chosenWindow ? 'own' : image.windows.length > 0 ? '0' : image.table === null ? 'full' : 'table'
    center.value = window === undefined ? '' : String(Math.round(window.center * 100) / 100)
    width.value = window === undefined ? '' : String(Math.round(window.width * 100) / 100)
  }

  function takePreset(value: string): void {
    const image = drawn?.image
    if (image?.kind !== 'values' || drawn === undefined || value === 'own') return
    chosenWindow = value !== '0' && value !== 'table'
    const ct = CT_WINDOWS[Number(value.slice(2))]
    if (value.startsWith('ct') && ct !== undefined) window = { center: ct[1], width: ct[2] }
    else if (value === 'full') window = firstWindow({ ...drawn, image: { ...image, windows: [], table: null } })
    else if (value === 'table') window = undefined
    else window = image.windows[Number(value)]
    fillPresets()
    render()
  }

  function setWindow(change: Partial<ShownWindow>): void {
    const now = window ??
      (drawn && firstWindow({ ...drawn, image: withoutTable(drawn.image) })) ?? { center: 128, width: 256 }
    const next = { ...now, ...change }
    if (!Number.isFinite(next.center) || !Number.isFinite(next.width)) {
      fillPresets()
      return
    }
    window = { center: next.center, width: Math.max(1, next.width) }
    chosenWindow = true
    fillPresets()
    render()
  }

  function turnOver(): void {
    inverted = !inverted
    invert.setAttribute('aria-pressed', String(inverted))
    render()
  }

  function zoom(by: number): void {
    scale = Math.max(0.2, Math.min(40, scale * by))
    render()
  }

  function reset(): void {
    ;[scale, panX, panY, chosenWindow, inverted] = [1, 0, 0, false, false]
    invert.setAttribute('aria-pressed', 'false')
    window = drawn && firstWindow(drawn)
    fillPresets()
    render()
  }

  function placeOnScreen() {
    const { rows = 1, columns = 1, aspect = 1 } = drawn?.image ?? {}
    const fit = Math.min(canvas.clientWidth / columns, canvas.clientHeight / (rows * aspect)) * scale
    const [w, height] = [columns * fit, rows * aspect * fit]
    return {
      left: (canvas.clientWidth - w) / 2 + panX,
      top: (canvas.clientHeight - height) / 2 + panY,
      width: w,
      height,
    }
  }

  function render(): void {
    if (drawn === undefined || series === undefined) return
    paint(drawn, window, inverted, source)
    const ratio = globalThis.devicePixelRatio || 1
    canvas.width = Math.round(canvas.clientWidth * ratio)
    canvas.height = Math.round(canvas.clientHeight * ratio)
    const context = canvas.getContext('2d')
    if (context === null) return
    context.scale(ratio, ratio)
    context.imageSmoothingEnabled = scale < 4
    const { left, top, width: w, height } = placeOnScreen()
    context.drawImage(source, left, top, w, height)
    const { image } = drawn
    const where = image.position === null ? '' : ` · ${image.position.toFixed(1)} mm`
    const shown = window === undefined ? '' : ` · C ${Math.round(window.center)} W ${Math.round(window.width)}`
    const lossy = image.lossy === '' ? '' : ` · lossy ${image.lossy}`
    facts.textContent = `${seriesName(series)} · ${index + 1} / ${series.images}${where}${shown}${lossy}`
    canvas.setAttribute('aria-label', `${whenOf(study)}, ${whatOf(study)}, ${facts.textContent}`)
    canvas.dataset['image'] = String(index + 1)
  }

  let wheeled = 0
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      if (event.ctrlKey) return zoom(event.deltaY < 0 ? 1.1 : 0.9)
      wheeled += event.deltaY
      const steps = Math.trunc(wheeled / WHEEL_STEP)
      if (steps === 0) return
      wheeled -= steps * WHEEL_STEP
      void show(index + Math.sign(steps), true)
    },
    { passive: false },
  )
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    canvas.setPointerCapture(event.pointerId)
    canvas.focus()
    const pan = event.shiftKey
    const start = { x: event.clientX, y: event.clientY, panX, panY, window }
    const move = (now: PointerEvent) => {
      const [dx, dy] = [now.clientX - start.x, now.clientY - start.y]
      if (pan) {
        ;[panX, panY] = [start.panX + dx, start.panY + dy]
        render()
      } else if (start.window !== undefined) {
        const unit = Math.max(start.window.width, 1) / 400
        setWindow({ width: start.window.width + dx * unit, center: start.window.center + dy * unit })
      }
    }
    canvas.addEventListener('pointermove', move)
    canvas.addEventListener('pointerup', () => canvas.removeEventListener('pointermove', move), { once: true })
  })
  canvas.addEventListener('pointermove', (event) => {
    if (event.buttons !== 0 || drawn === undefined) return
    const { left, top, width: w, height } = placeOnScreen()
    const box = canvas.getBoundingClientRect()
    const column = Math.floor(((event.clientX - box.left - left) / w) * drawn.image.columns)
    const row = Math.floor(((event.clientY - box.top - top) / height) * drawn.image.rows)
    canvas.title = valueAt(drawn, column, row)
  })
  canvas.addEventListener('dblclick', reset)
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const acts: Readonly<Record<string, () => unknown>> = {
      ArrowDown: () => show(index + 1, true),
      ArrowUp: () => show(index - 1, true),
      PageDown: () => show(index + 10, true),
      PageUp: () => show(index - 10, true),
      Home: () => show(0, true),
      End: () => show((series?.images ?? 1) - 1, true),
      '+': () => zoom(1.25),
      '-': () => zoom(0.8),
      i: turnOver,
      r: reset,
    }
    const act = acts[event.key]
    if (act === undefined) return
    event.preventDefault()
    void act()
  })
  new ResizeObserver(() => render()).observe(canvas)
  return pane
}

const withoutTable = (image: CapsuleImage): CapsuleImage =>
  image.kind === 'values' ? { ...image, table: null } : image

/** As the viewer of the archive offers them. */
const CT_WINDOWS = [
  ['Soft tissue', 40, 400],
  ['Lung', -600, 1500],
  ['Bone', 500, 2000],
  ['Brain', 40, 80],
] as const
