/** The compliance desk: what is on legal hold, and what is due when. Nothing here removes anything. */
import { Page } from '../ui/page.tsx'
import { Calendar } from './Calendar.tsx'
import { HoldsSection } from './HoldsSection.tsx'

export function CompliancePage() {
  return (
    <Page
      title="Compliance"
      about="What must be kept, until when, and what is on legal hold. Nothing is ever removed by a machine alone."
    >
      <HoldsSection />
      <Calendar />
    </Page>
  )
}
