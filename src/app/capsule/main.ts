/**
 * The page of a time capsule: opens from a folder, in any browser, without a network. It reads `book.js` and, when they are
 * looked at, the parts beside it (`api/capsule.ts`). Addresses are `#/` and `#/s/NUMBER[/NUMBER BESIDE]`.
 */
import './capsule.css'
import { CAPSULE_FORMAT, type CapsuleBook } from '../../api/capsule.ts'
import { personNameText } from '../words/person-name.ts'
import { h } from './dom.ts'
import { DOOR, onBook } from './parts.ts'
import { addressOf, neighbours, type StudyRoute, studyView } from './study-view.ts'
import { type Filter, timelineView } from './timeline-view.ts'
import { whatOf, whenOf } from './words.ts'

Object.assign(globalThis, { clearkeepCapsule: DOOR })

onBook((book) => {
  const main = document.getElementById('capsule')
  if (main === null) return
  if (book.format !== CAPSULE_FORMAT) {
    main.replaceChildren(
      h('p', { role: 'alert' }, 'This capsule is of another make than its page. The originals are in data/objects.'),
    )
    return
  }
  const filter: Filter = { lane: '', kind: '' }
  let scrolled = 0
  let before: StudyRoute | undefined
  const draw = () => {
    const route = routeOf(location.hash, book)
    const study = route && book.studies[route.study]
    if (before === undefined && route !== undefined) scrolled = scrollY
    document.title = study
      ? `${whenOf(study)} · ${whatOf(study)}`
      : `${personNameText(book.patient.name)} · Time capsule`
    main.replaceChildren(route ? studyView(book, route) : timelineView(book, filter, draw))
    // Back at the timeline one finds it as it was left.
    scrollTo(0, route ? 0 : scrolled)
    before = route
  }
  addEventListener('hashchange', draw)
  addEventListener('keydown', (event) => {
    const route = routeOf(location.hash, book)
    if (route === undefined || event.defaultPrevented || isTyping(event.target)) return
    const [earlier, later] = neighbours(book.studies, route.study)
    const to = event.key === 'ArrowLeft' ? earlier : event.key === 'ArrowRight' ? later : undefined
    if (to !== undefined)
      location.hash = addressOf({
        study: to,
        beside: route.beside === undefined ? undefined : neighbours(book.studies, to)[0],
      })
    if (event.key === 'Escape') location.hash = '#/'
  })
  draw()
})

function routeOf(hash: string, { studies }: CapsuleBook): StudyRoute | undefined {
  const found = /^#\/s\/(\d+)(?:\/(\d+))?$/.exec(hash)
  const study = Number(found?.[1]) - 1
  const beside = found?.[2] === undefined ? undefined : Number(found[2]) - 1
  if (studies[study] === undefined) return undefined
  return { study, beside: beside !== undefined && beside !== study && studies[beside] ? beside : undefined }
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, select, textarea, summary') !== null
