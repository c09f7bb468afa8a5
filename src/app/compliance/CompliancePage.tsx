/** The compliance desk: what is on legal hold, by which rules, and what is due when. */
import { mayDo, useSession } from '../http/session.ts'
import { Page } from '../ui/page.tsx'
import { Calendar } from './Calendar.tsx'
import { DispositionSection } from './DispositionSection.tsx'
import { ErasuresSection } from './ErasuresSection.tsx'
import { HoldsSection } from './HoldsSection.tsx'
import { RedactionsSection } from './RedactionsSection.tsx'
import { ReductionsSection } from './ReductionsSection.tsx'
import { RulesSection } from './RulesSection.tsx'

export function CompliancePage() {
  const session = useSession()
  return (
    <Page
      title="Compliance"
      about="What must be kept, until when, and what is on legal hold. Nothing is ever removed by a machine alone."
    >
      <HoldsSection />
      {mayDo(session, 'disposition.see') && <DispositionSection />}
      {mayDo(session, 'erasure.see') && <ErasuresSection />}
      <RulesSection />
      <ReductionsSection />
      <Calendar />
      {mayDo(session, 'redaction.see') && <RedactionsSection />}
    </Page>
  )
}
