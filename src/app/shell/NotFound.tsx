import { Link } from '@tanstack/react-router'
import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'

export function NotFound() {
  return (
    <main>
      <Page title="No such page">
        <EmptyState icon="search" title="There is no page at this address">
          <Link to="/">Go to the worklist</Link>
        </EmptyState>
      </Page>
    </main>
  )
}
