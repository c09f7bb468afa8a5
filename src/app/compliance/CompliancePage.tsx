/** The compliance desk: what is on legal hold, by which rules, and what is due when. */
import { mayDo, useSession } from '../http/session.ts'
import { Page } from '../ui/page.tsx'
import { Calendar } from './Calendar.tsx'
import { DeskSummary } from './DeskSummary.tsx'
import { DispositionSection } from './DispositionSection.tsx'
import { ErasuresSection } from './ErasuresSection.tsx'
import { HoldsSection } from './HoldsSection.tsx'
import { RedactionsSection } from './RedactionsSection.tsx'
import { ReductionsSection } from './ReductionsSection.tsx'
import { RulesSection } from './RulesSection.tsx'

/** In the order of the page; `see`: the act it takes to see one, where not everybody here may. */
const PARTS = [
  { id: 'holds', title: 'Legal holds', Part: HoldsSection },
  { id: 'destruction', title: 'Destruction', Part: DispositionSection, see: 'disposition.see' },
  { id: 'erasures', title: 'Requests for erasure', Part: ErasuresSection, see: 'erasure.see' },
  { id: 'rules', title: 'Rules of retention', Part: RulesSection },
  { id: 'dates', title: 'Dates that stand', Part: ReductionsSection },
  { id: 'calendar', title: 'Calendar', Part: Calendar },
  { id: 'entries', title: 'Old log entries', Part: RedactionsSection, see: 'redaction.see' },
] as const

export function CompliancePage() {
  const session = useSession()
  const parts = PARTS.filter((part) => !('see' in part) || mayDo(session, part.see))
  return (
    <Page
      title="Compliance"
      about="What must be kept, until when, and what is on legal hold. Nothing is ever removed by a machine alone."
    >
      <DeskSummary parts={parts} />
      {parts.map(({ id, Part }) => (
        <Part key={id} id={id} />
      ))}
    </Page>
  )
}
