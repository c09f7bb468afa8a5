/** Everything that was taken out of sight, the newest first. */
import { useQuery } from '@tanstack/react-query'
import { rejectionsQuery } from '../http/queries.ts'
import { Page } from '../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import { RejectionTable } from './RejectionTable.tsx'

export function RejectionsPage() {
  const rejections = useQuery(rejectionsQuery())
  return (
    <Page
      title="Rejected"
      about="Images that are wrong are kept as they were received and not shown. The page of their study is where they are rejected."
    >
      {rejections.error ? (
        <ErrorState error={rejections.error} what="what was rejected" onRetry={() => void rejections.refetch()} />
      ) : rejections.data === undefined ? (
        <SkeletonRows rows={5} height={56} />
      ) : rejections.data.rejections.length === 0 ? (
        <EmptyState icon="check" title="Nothing was rejected">
          Everything that was received is shown.
        </EmptyState>
      ) : (
        <RejectionTable rejections={rejections.data} ofStudy={false} />
      )}
    </Page>
  )
}
