/** Lesions of a patient over time: the curve and its table, how fast they grow, and response after RECIST 1.1. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import type { Measurements } from '../../../api/measurements.ts'
import type { Assessment, Course as Response } from '../../../findings/recist.ts'
import { measurementsQuery } from '../../http/queries.ts'
import { useShortcuts } from '../../shell/keys.ts'
import { PatientName } from '../../ui/PatientName.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx'
import { formatDate } from '../../words/dates.ts'
import { formatNumber } from '../../words/numbers.ts'
import { type Courses, coursesOf, type LesionCourse, responseOf } from './course.ts'
import { SignOff } from './SignOff.tsx'
import { TrendChart } from './TrendChart.tsx'
import styles from './Trends.module.css'

export function TrendsPage() {
  const { study } = useParams({ from: '/shell/v/$study/trends' })
  const navigate = useNavigate()
  const measurements = useQuery(measurementsQuery(study))
  useTitle('Lesions over time')
  useShortcuts('Lesions over time', [
    {
      keys: ['Escape', 'v'],
      does: 'Back to the images',
      run: () => void navigate({ to: '/v/$study', params: { study } }),
    },
  ])
  if (measurements.data) return <Loaded study={study} measurements={measurements.data} />
  if (measurements.error)
    return (
      <ErrorState
        error={measurements.error}
        what="the measurements"
        whole
        onRetry={() => void measurements.refetch()}
      />
    )
  return <SkeletonRows rows={6} height={48} />
}

function Loaded({ study, measurements }: { readonly study: string; readonly measurements: Measurements }) {
  const courses = coursesOf(measurements)
  const response = responseOf(courses)
  const { visits, lesions } = courses
  return (
    <Page
      title="Lesions over time"
      about={
        <>
          <PatientName value={measurements.patientName} wrap />
          {measurements.contradicted > 0 && (
            <div>
              {measurements.contradicted} studies under the same number may be of somebody else and are left out.
            </div>
          )}
        </>
      }
      actions={
        <Button variant="default" renderRoot={(props) => <Link to="/v/$study" params={{ study }} {...props} />}>
          To the images
        </Button>
      }
    >
      {lesions.length === 0 ? (
        <EmptyState title="Nothing is followed yet">
          Measure a lesion in the viewer, keep it, and in the next study say that it is the same lesion.
        </EmptyState>
      ) : (
        <>
          <section aria-label="Curve">
            <TrendChart visits={visits} lesions={lesions} />
          </section>
          <CourseTable courses={courses} response={response} />
          {response ? (
            <ResponseTable study={study} courses={courses} response={response} measurements={measurements} />
          ) : (
            <p className={styles.dim}>
              No lesion is said to be target, non-target or new yet: say so in the viewer under Measurements, and the
              response after RECIST 1.1 stands here.
            </p>
          )}
        </>
      )}
    </Page>
  )
}

function CourseTable({
  courses: { visits, lesions },
  response,
}: {
  readonly courses: Courses
  readonly response: Response | undefined
}) {
  return (
    <section
      className={styles.scroll}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways can be reached by keys
      tabIndex={0}
      aria-label="Sizes, a table"
    >
      <table className={styles.table}>
        <caption>Longest diameter in mm, of lymph nodes the short axis</caption>
        <thead>
          <tr>
            <th scope="col">Lesion</th>
            {visits.map(({ study, date }) => (
              <th key={study} scope="col">
                {formatDate(date) || 'No date'}
              </th>
            ))}
            <th scope="col">Last change</th>
            <th scope="col">Volume doubles in</th>
          </tr>
        </thead>
        <tbody>
          {lesions.map((lesion) => (
            <LesionRow key={lesion.uid} lesion={lesion} courses={{ visits, lesions }} />
          ))}
          {response?.visits.some(({ sum }) => sum !== undefined) && (
            <tr data-sums={response.visits.map(({ sum }) => formatNumber(sum ?? 0, 2)).join(' ')}>
              <th scope="row">Sum of targets</th>
              {response.visits.map((visit, at) => (
                <td key={visits[at]?.study}>
                  {visit.sum === undefined ? '' : formatNumber(visit.sum, 1)}
                  {!visit.complete && ' (not all)'}
                </td>
              ))}
              <td />
              <td />
            </tr>
          )}
        </tbody>
      </table>
    </section>
  )
}

function LesionRow({ lesion, courses: { visits } }: { readonly lesion: LesionCourse; readonly courses: Courses }) {
  const { name, site, role, sizes, images, change, doubling } = lesion
  return (
    <tr data-lesion={name} data-sizes={sizes.map((size) => size ?? '–').join(' ')}>
      <th scope="row">
        {name}
        <span className={styles.dim}>
          {' '}
          {[site?.meaning, role && { target: 'target', nonTarget: 'non-target', new: 'new' }[role]]
            .filter(Boolean)
            .join(', ')}
        </span>
      </th>
      {sizes.map((size, at) => {
        const study = visits[at]?.study ?? ''
        return (
          <td key={study}>
            {size === undefined ? (
              <span className={styles.dim}>–</span>
            ) : (
              <Link to="/v/$study" params={{ study }} search={{ image: images[at] }} title="To the image">
                {formatNumber(size, 1)}
              </Link>
            )}
          </td>
        )
      })}
      <td>{change === undefined ? '' : percent(change)}</td>
      <td>
        {doubling === undefined
          ? ''
          : doubling > 0
            ? `${formatNumber(doubling, 0)} days`
            : `halves in ${formatNumber(-doubling, 0)} days`}
      </td>
    </tr>
  )
}

interface ResponseTableProps {
  readonly study: string
  readonly courses: Courses
  readonly response: Response
  readonly measurements: Measurements
}

function ResponseTable({ study, courses: { visits }, response, measurements }: ResponseTableProps) {
  return (
    <section className={styles.response} aria-label="Response">
      <h2>Response after RECIST 1.1</h2>
      <p className={styles.dim}>
        Computed for review from the sizes above; it judges no image. What is not in the table was not taken into
        account.
      </p>
      {response.warnings.map((warning) => (
        <p key={warning} className={styles.warning} role="note">
          {warning}
        </p>
      ))}
      <section
        className={styles.scroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways can be reached by keys
        tabIndex={0}
        aria-label="Response, a table"
      >
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Examination</th>
              <th scope="col">Sum, mm</th>
              <th scope="col">From baseline</th>
              <th scope="col">From the smallest</th>
              <th scope="col">Response</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {response.visits.map((visit, at) => (
              <ResponseRow key={visits[at]?.study} date={visits[at]?.date ?? ''} visit={visit} />
            ))}
          </tbody>
        </table>
      </section>
      <SignOff study={study} conclusion={conclusionOf(visits, response)} measurements={measurements} />
    </section>
  )
}

function ResponseRow({ date, visit }: { readonly date: string; readonly visit: Assessment }) {
  return (
    <tr data-response={visit.overall}>
      <th scope="row">{formatDate(date) || 'No date'}</th>
      <td>{visit.sum === undefined ? '' : formatNumber(visit.sum, 1)}</td>
      <td>{visit.ofBaseline === undefined ? '' : percent(visit.ofBaseline)}</td>
      <td>{visit.ofNadir === undefined ? '' : percent(visit.ofNadir)}</td>
      <td>
        <strong>{visit.overall}</strong>
      </td>
      <td>{visit.why}</td>
    </tr>
  )
}

const percent = (value: number): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : ''}${formatNumber(Math.abs(value), 0)} %`

/** What is signed, in words: all that went into it. */
function conclusionOf(visits: Courses['visits'], { visits: assessed }: Response): string {
  return [
    'Response after RECIST 1.1, computed for review.',
    ...assessed.map(
      ({ overall, sum, why }, at) =>
        `${formatDate(visits[at]?.date ?? '') || 'No date'}: ${overall}${sum === undefined ? '' : `, sum ${formatNumber(sum, 1)} mm`} (${why}).`,
    ),
  ].join(' ')
}
