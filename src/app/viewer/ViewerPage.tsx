/** The viewer's address: gets the study and its objects, and shows what is missing when one of them cannot be had. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { instancesQuery, studyQuery } from '../http/queries.ts'
import { useTitle } from '../ui/page.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import styles from './Viewer.module.css'
import { Viewer } from './Viewer.tsx'

export function ViewerPage() {
  const { study } = useParams({ from: '/v/$study' })
  const search = useSearch({ from: '/v/$study' })
  const page = useQuery(studyQuery(study))
  const objects = useQuery(instancesQuery(study))
  useTitle('Viewer')

  const error = page.error ?? objects.error
  const retry = () => void Promise.all([page.refetch(), objects.refetch()])
  if (page.data && objects.data) {
    if (page.data.series.length > 0)
      return (
        <Viewer
          key={study}
          study={page.data.study}
          series={page.data.series}
          instances={objects.data.instances}
          wanted={search}
        />
      )
    return (
      <main className={styles.alone}>
        <EmptyState title="This study holds nothing to show">
          <Link to="/s/$study" params={{ study }}>
            To the study page
          </Link>
        </EmptyState>
      </main>
    )
  }
  return (
    <main className={styles.alone} aria-busy={!error}>
      {error ? (
        <>
          <ErrorState error={error} what="this study" whole onRetry={retry} />
          <p className={styles.back}>
            <Link to="/">To the worklist</Link>
          </p>
        </>
      ) : (
        <p className={styles.waiting} role="status">
          Opening the study…
        </p>
      )}
    </main>
  )
}
