/** One study, and another beside it: its series, its images, its reports, and the way to the study before and after. */
import type { CapsuleBook, CapsuleReport, CapsuleSeries, CapsuleStudy, ReportNode } from '../../api/capsule.ts'
import { ageOn, formatDate } from '../words/dates.ts'
import { h } from './dom.ts'
import { openPane, type Pane } from './pane.ts'
import { loadPart } from './parts.ts'
import { kindOf, lanesOf, seriesName, whatOf, whenOf } from './words.ts'

export interface StudyRoute {
  readonly study: number
  readonly beside: number | undefined
}

export const addressOf = ({ study, beside }: StudyRoute): string =>
  `#/s/${study + 1}${beside === undefined ? '' : `/${beside + 1}`}`

export function studyView(book: CapsuleBook, route: StudyRoute): HTMLElement {
  const { studies, patient } = book
  const study = studies[route.study] as CapsuleStudy
  const beside = route.beside === undefined ? undefined : studies[route.beside]
  const [before, after] = neighbours(studies, route.study)
  const link = (to: number | undefined, says: string) =>
    to === undefined
      ? h('span', { class: 'dim' }, says)
      : h(
          'a',
          {
            href: addressOf({ study: to, beside: route.beside === undefined ? undefined : neighbours(studies, to)[0] }),
          },
          says,
        )
  const others = h(
    'select',
    {
      onchange: () => {
        location.hash = addressOf({
          study: route.study,
          beside: others.value === '' ? undefined : Number(others.value),
        })
      },
    },
    h('option', { value: '' }, 'Nothing'),
    ...studies
      .map((one, at) => [one, at] as const)
      .filter(([one, at]) => at !== route.study && one.series.some(({ images }) => images > 0))
      .reverse()
      .map(([one, at]) => h('option', { value: at, selected: at === route.beside }, `${whenOf(one)} · ${whatOf(one)}`)),
  )
  const linked = h('input', { type: 'checkbox', checked: true })
  const panes: Pane[] = []
  let following = false
  const moved = (pane: Pane) => {
    const position = pane.position()
    const other = panes.find((one) => one !== pane)
    if (following || !linked.checked || position === null || other === undefined) return
    following = true
    void other.goTo(position).finally(() => {
      following = false
    })
  }
  const stack = [study, ...(beside ? [beside] : [])].map((one, at) =>
    column(one, at === 0 ? 'A' : 'B', patient.birthDate, panes, moved),
  )
  return h(
    'div',
    { class: 'study' },
    h(
      'nav',
      { 'aria-label': 'Studies' },
      h('a', { href: '#/' }, 'Timeline'),
      link(
        before,
        `Before: ${before === undefined ? 'nothing of this region' : whenOf(studies[before] as CapsuleStudy)}`,
      ),
      link(after, `After: ${after === undefined ? 'nothing of this region' : whenOf(studies[after] as CapsuleStudy)}`),
      h('label', {}, 'Beside it ', others),
      beside && h('label', {}, linked, ' Scroll together'),
    ),
    h('h1', {}, `${whenOf(study)} · ${whatOf(study)}`),
    h(
      'p',
      { class: 'dim' },
      [ageOn(patient.birthDate, study.date), kindOf(study), study.accession && `accession ${study.accession}`]
        .filter(Boolean)
        .join(' · '),
    ),
    beside && h('p', { class: 'dim' }, 'Scrolled together by table position, not registered.'),
    h('div', { class: beside ? 'columns two' : 'columns' }, ...stack),
    h(
      'p',
      { class: 'dim keys' },
      'On an image: wheel or arrows scroll, drag sets the window, Shift and drag moves it, + and − magnify, i inverts, r resets. ← and → elsewhere lead to the study before and after.',
    ),
  )
}

/** The studies of the same region before and after. */
export function neighbours(
  studies: readonly CapsuleStudy[],
  at: number,
): readonly [before: number | undefined, after: number | undefined] {
  const lanes = new Set(studies[at] ? lanesOf(studies[at]) : [])
  const same = (one: CapsuleStudy, index: number) => index !== at && lanesOf(one).some((lane) => lanes.has(lane))
  const before = studies.findLastIndex((one, index) => index < at && same(one, index))
  const after = studies.findIndex((one, index) => index > at && same(one, index))
  return [before < 0 ? undefined : before, after < 0 ? undefined : after]
}

function column(
  study: CapsuleStudy,
  letter: 'A' | 'B',
  birthDate: string,
  panes: Pane[],
  moved: (pane: Pane) => void,
): HTMLElement {
  const withImages = study.series.filter(({ images }) => images > 0)
  const first = withImages.reduce<CapsuleSeries | undefined>(
    (best, one) => (best && best.images >= one.images ? best : one),
    undefined,
  )
  const pane = openPane({ study, age: ageOn(birthDate, study.date), label: `${letter}: ${whenOf(study)}`, moved })
  panes.push(pane)
  const strip = h('div', { class: 'strip', role: 'group', 'aria-label': `Series of ${whenOf(study)}` })
  const choose = (series: CapsuleSeries) => {
    for (const button of strip.querySelectorAll('button'))
      button.setAttribute('aria-pressed', String(button.dataset['series'] === series.series))
    void pane.showSeries(series)
  }
  strip.append(
    ...withImages.map((series) =>
      h(
        'button',
        { type: 'button', 'data-series': series.series, 'aria-pressed': 'false', onclick: () => choose(series) },
        series.thumbnail === ''
          ? h('span', { class: 'nothing' }, 'No picture')
          : h('img', { src: series.thumbnail, alt: '' }),
        h('span', {}, `${seriesName(series)} (${series.images})`),
      ),
    ),
  )
  const others = [...new Set(study.series.flatMap((one) => one.others))]
  // Shown once it stands on the page and has a size.
  if (first) requestAnimationFrame(() => choose(first))
  return h(
    'div',
    { class: 'column' },
    first && strip,
    first && pane.element,
    study.reports.length > 0 &&
      h('section', { class: 'reports' }, h('h2', {}, 'Reports'), ...study.reports.map(reportView)),
    !first &&
      study.reports.length === 0 &&
      h('p', {}, 'This study holds nothing that can be shown here; its originals are in data/objects.'),
    others.length > 0 && h('p', { class: 'dim' }, `Also in this study, among the originals: ${others.join(', ')}.`),
  )
}

function reportView(report: CapsuleReport): HTMLElement {
  const [date = '', time = ''] = report.when.split(' ')
  const when = [formatDate(date), time.slice(0, 2) && `${time.slice(0, 2)}:${time.slice(2, 4)}`]
    .filter(Boolean)
    .join(' ')
  const summary = h('summary', {}, report.title, ' ', h('span', { class: 'dim' }, when))
  const body = h('div', { class: 'report' })
  const details = h('details', {}, summary, body)
  details.addEventListener('toggle', () => {
    if (!details.open || body.childElementCount > 0) return
    if (report.kind === 'document') {
      body.append(
        h('p', {}, h('a', { href: report.file, target: '_blank' }, 'Open the document')),
        ...(report.file.endsWith('.pdf') ? [h('iframe', { src: report.file, title: report.title })] : []),
      )
      return
    }
    loadPart(report.file).then(
      (part) => body.append('report' in part ? nodeView(part.report) : 'There is no report in this file.'),
      (thrown: Error) => body.append(h('p', { role: 'alert' }, thrown.message)),
    )
  })
  return details
}

function nodeView({ name, value, below }: ReportNode): HTMLElement {
  return h(
    'div',
    { class: 'node' },
    (name !== '' || value !== '') &&
      h('p', {}, name !== '' && h('strong', {}, value === '' ? name : `${name}: `), value),
    below.length > 0 && h('div', { class: 'below' }, ...below.map(nodeView)),
  )
}
