/** One UID, two contents: both are kept, the first stays current, and a person looks at it here. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { InstanceRow } from '../../api/studies.ts'
import { conflictsQuery, originalPath } from '../http/queries.ts'
import { Page } from '../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { formatBytes } from '../words/numbers.ts'
import { sourceInWords } from '../words/source.ts'
import styles from './ConflictsPage.module.css'

const KINDS = {
  instance: 'Two contents under one SOP Instance UID',
  patient: 'Two patients under one Study Instance UID',
} as const

export function ConflictsPage() {
  const conflicts = useQuery(conflictsQuery)
  return (
    <Page
      title="Conflicts"
      about="Where two things came under one UID. Both are kept, the first stays current, and nothing was overwritten."
    >
      {conflicts.error ? (
        <ErrorState error={conflicts.error} what="the conflicts" onRetry={() => void conflicts.refetch()} />
      ) : conflicts.data === undefined ? (
        <SkeletonRows rows={5} height={64} />
      ) : conflicts.data.conflicts.length === 0 ? (
        <EmptyState icon="check" title="No conflicts">
          Every object in the archive has a UID of its own.
        </EmptyState>
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">Raised</th>
                <th scope="col">Object</th>
                <th scope="col">Current</th>
                <th scope="col">Also kept</th>
              </tr>
            </thead>
            <tbody>
              {conflicts.data.conflicts.map(({ id, kind, study, series, instance, kept, other, raisedAt }) => (
                <tr key={id}>
                  <td className={styles.top}>{formatMoment(raisedAt)}</td>
                  <td className={styles.top}>
                    <Link to="/s/$study" params={{ study }}>
                      {kept.sopClassName || 'Object'} {kept.number ?? ''}
                    </Link>
                    <span className={styles.dim}>{KINDS[kind]}</span>
                    <code className={styles.uid}>{instance}</code>
                  </td>
                  {[kept, other].map((version) => (
                    <td key={version.version} className={styles.top}>
                      <Version version={version} href={originalPath(study, series, instance, version.version)} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Page>
  )
}

function Version({ version, href }: { readonly version: InstanceRow; readonly href: string }) {
  return (
    <>
      Version {version.version} · {formatBytes(version.bytes)} · {version.transferSyntaxName}
      <span className={styles.dim}>
        {formatMoment(version.receivedAt)} {sourceInWords(version.source)}
      </span>
      <a href={href} download={`${version.instance}-v${version.version}.dcm`}>
        Download the original
      </a>
    </>
  )
}
