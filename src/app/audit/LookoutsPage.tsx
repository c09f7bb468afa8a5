/** Searches of the audit log that warn, and what they warned of. A search of the audit page comes here by the address, to be saved. */
import { useSearch } from '@tanstack/react-router'
import { Page } from '../ui/page.tsx'
import { LookoutsSection } from './LookoutsSection.tsx'
import { WarningsSection } from './WarningsSection.tsx'

export function LookoutsPage() {
  const { save, who, patient, type, purpose } = useSearch({ from: '/shell/audit/lookouts' })
  return (
    <Page
      title="Lookouts"
      about="Searches of the audit log that warn by themselves. Saving, stopping and looking at a warning are entries of the log."
    >
      <WarningsSection />
      <LookoutsSection
        begin={
          save === undefined
            ? undefined
            : {
                ...(who !== undefined && { who }),
                ...(patient !== undefined && { patients: patient }),
                ...(type !== undefined && { types: [type] }),
                emergency: purpose === 'BTG',
              }
        }
      />
    </Page>
  )
}
