/** What of this study was rejected: there only when something was. */
import { useQuery } from '@tanstack/react-query'
import { rejectionsQuery } from '../http/queries.ts'
import { RejectionTable } from '../rejections/RejectionTable.tsx'
import { Section } from '../ui/page.tsx'
import { ErrorState } from '../ui/states.tsx'

export function Rejected({ study }: { readonly study: string }) {
  const { data, error, refetch } = useQuery(rejectionsQuery(study))
  if (error)
    return (
      <Section title="Rejected">
        <ErrorState error={error} what="what was rejected" onRetry={() => void refetch()} />
      </Section>
    )
  if (data === undefined || data.rejections.length === 0) return
  return (
    <Section title="Rejected">
      <RejectionTable rejections={data} ofStudy />
    </Section>
  )
}
