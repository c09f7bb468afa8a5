/** The whole imaging life on one page: who, when, what of; a picture of each study, and a way into it. */
import type { CapsuleBook, CapsuleStudy } from '../../api/capsule.ts'
import { ageOn, formatDate, formatSex } from '../words/dates.ts'
import { counted, formatBytes } from '../words/numbers.ts'
import { personNameText } from '../words/person-name.ts'
import { h, svg } from './dom.ts'
import { imagesOf, kindOf, lanesOf, whatOf, whenOf } from './words.ts'

export interface Filter {
  lane: string
  kind: string
}

const ALL = ''

export function timelineView(book: CapsuleBook, filter: Filter, changed: () => void): HTMLElement {
  const { patient, studies } = book
  const shown = studies.filter(
    (study) =>
      (filter.lane === ALL || lanesOf(study).includes(filter.lane)) &&
      (filter.kind === ALL || study.families.includes(filter.kind)),
  )
  const lanes = [...new Set(studies.flatMap(lanesOf))]
  const kinds = [...new Set(studies.flatMap(({ families }) => families))].sort()
  const choose = (label: string, value: string, options: readonly string[], take: (value: string) => void) =>
    h(
      'label',
      {},
      `${label} `,
      h(
        'select',
        {
          'data-filter': label,
          onchange: (event: Event) => {
            take((event.target as HTMLSelectElement).value)
            changed()
            document.querySelector<HTMLElement>(`[data-filter="${label}"]`)?.focus()
          },
        },
        h('option', { value: ALL }, 'All'),
        ...options.map((option) => h('option', { value: option, selected: option === value }, option)),
      ),
    )
  return h(
    'div',
    { class: 'page' },
    banner(book),
    overview(shown, patient.birthDate),
    h(
      'div',
      { class: 'filters' },
      lanes.length > 1 &&
        choose('Region', filter.lane, lanes, (lane) => {
          filter.lane = lane
        }),
      kinds.length > 1 &&
        choose('Kind', filter.kind, kinds, (kind) => {
          filter.kind = kind
        }),
      h('span', { role: 'status' }, counted(shown.length, 'study', 'studies')),
    ),
    ...years(shown).map(([year, of]) =>
      h(
        'section',
        {},
        h('h2', {}, year),
        h('ul', { class: 'cards' }, ...of.map((study) => card(studies.indexOf(study), study, patient.birthDate))),
      ),
    ),
    footer(book),
  )
}

export function banner({ patient, studies }: CapsuleBook): HTMLElement {
  const dates = studies.map(({ date }) => date).filter((date) => date !== '')
  const [first, last] = [dates[0]?.slice(0, 4), dates.at(-1)?.slice(0, 4)]
  return h(
    'header',
    { class: 'banner' },
    h('h1', {}, personNameText(patient.name) || 'No name'),
    h(
      'p',
      {},
      [
        formatSex(patient.sex),
        patient.birthDate && `born ${formatDate(patient.birthDate)}`,
        patient.issuer ? `${patient.id} (${patient.issuer})` : patient.id,
        counted(studies.length, 'study', 'studies') +
          (first === undefined ? '' : `, ${first === last ? first : `${first} to ${last}`}`),
      ]
        .filter(Boolean)
        .join(' · '),
    ),
    patient.otherNames.length > 0 &&
      h('p', { class: 'dim' }, `Also written: ${patient.otherNames.map(personNameText).join(', ')}`),
  )
}

/** Newest first, by year where years hold several. */
function years(studies: readonly CapsuleStudy[]): readonly (readonly [string, readonly CapsuleStudy[]])[] {
  if (studies.length === 0) return []
  const byYear = [...Map.groupBy(studies.toReversed(), ({ date }) => date.slice(0, 4) || 'Without a date')]
  return studies.length >= 3 * byYear.length ? byYear : [['All studies, newest first', studies.toReversed()]]
}

function card(index: number, study: CapsuleStudy, birthDate: string): HTMLElement {
  const images = imagesOf(study)
  return h(
    'li',
    {},
    h(
      'a',
      { class: 'card', href: `#/s/${index + 1}` },
      study.thumbnail === ''
        ? h('span', { class: 'nothing' }, 'No picture')
        : h('img', { src: study.thumbnail, alt: '', loading: 'lazy' }),
      h(
        'span',
        { class: 'words' },
        h('strong', {}, whenOf(study)),
        h('span', {}, whatOf(study)),
        h('span', { class: 'dim' }, [ageOn(birthDate, study.date), kindOf(study)].filter(Boolean).join(' · ')),
        h(
          'span',
          { class: 'dim' },
          [images > 0 && counted(images, 'image'), study.reports.length > 0 && counted(study.reports.length, 'report')]
            .filter(Boolean)
            .join(', '),
        ),
      ),
    ),
  )
}

const ROW = 22
const LEFT = 130
const WIDTH = 1000

/** A row for each region, a mark for each study, at its time. The cards below say the same in words. */
function overview(studies: readonly CapsuleStudy[], birthDate: string): HTMLElement | undefined {
  const times = studies.flatMap(({ date }) => timeOf(date) ?? [])
  const lanes = [...new Set(studies.flatMap(lanesOf))]
  const [from, to] = [Math.min(...times), Math.max(...times)]
  if (times.length < 2 || from === to) return undefined
  const placeOf = (time: number) => LEFT + 12 + ((time - from) / (to - from)) * (WIDTH - LEFT - 30)
  const height = lanes.length * ROW + 26
  const marks: SVGElement[] = []
  for (const year of yearsBetween(from, to)) {
    const x = placeOf(Date.UTC(year, 0, 1))
    marks.push(svg('line', { x1: x, x2: x, y1: 0, y2: height - 20, class: 'tick' }))
    const label = svg('text', { x, y: height - 5, class: 'label', 'text-anchor': 'middle' })
    label.textContent = String(year)
    marks.push(label)
  }
  for (const [row, lane] of lanes.entries()) {
    const label = svg('text', { x: 0, y: row * ROW + 16, class: 'lane' })
    label.textContent = lane
    marks.push(label)
    for (const study of studies) {
      const time = timeOf(study.date)
      if (time === undefined || !lanesOf(study).includes(lane)) continue
      const title = svg('title', {})
      title.textContent = [whenOf(study), ageOn(birthDate, study.date), whatOf(study)].filter(Boolean).join(' · ')
      marks.push(
        svg(
          'circle',
          { cx: placeOf(time), cy: row * ROW + 11, r: 4 + Math.min(3, Math.log10(imagesOf(study) + 1)) },
          title,
        ),
      )
    }
  }
  const drawing = svg('svg', { viewBox: `0 0 ${WIDTH} ${height}`, class: 'overview', 'aria-hidden': 'true' }, ...marks)
  return h('div', { class: 'scroller' }, drawing as unknown as Node)
}

function* yearsBetween(from: number, to: number): Generator<number> {
  const [first, last] = [new Date(from).getUTCFullYear() + 1, new Date(to).getUTCFullYear()]
  const step = [1, 2, 5, 10, 20].find((years) => (last - first) / years <= 12) ?? 50
  for (let year = Math.ceil(first / step) * step; year <= last; year += step) yield year
}

function timeOf(date: string): number | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)$/.exec(date)
  return found ? Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3])) : undefined
}

function footer({ made, madeBy, studies }: CapsuleBook): HTMLElement {
  const objects = studies.reduce((sum, one) => sum + one.objects, 0)
  const bytes = studies.reduce((sum, one) => sum + one.bytes, 0)
  return h(
    'footer',
    {},
    h(
      'p',
      {},
      `Made ${made.slice(0, 16).replace('T', ' ')} UTC by ${madeBy}. ${counted(objects, 'original')}, ${formatBytes(bytes)}, in data/objects. Nothing on this page comes from a network. Not for diagnosis.`,
    ),
    h(
      'p',
      {},
      h('a', { href: 'verify.html' }, 'Check that nothing was changed'),
      ' · ',
      h('a', { href: 'data/report.html' }, 'What is in here, to print'),
      ' · ',
      h('a', { href: 'README.txt' }, 'What lies where'),
    ),
  )
}
