/** For privacy officers: what waits for a second look, and who is restricted or watched. */
import { Page } from '../ui/page.tsx'
import { RestrictionsSection } from './RestrictionsSection.tsx'
import { ReviewsSection } from './ReviewsSection.tsx'

export function RestrictedPage() {
  return (
    <Page
      title="Restricted"
      about="Patients whom not everybody sees, and who looked all the same. Whoever is not on a list finds nothing of such a patient anywhere."
    >
      <ReviewsSection />
      <RestrictionsSection />
    </Page>
  )
}
