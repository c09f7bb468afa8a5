import { Link } from '@tanstack/react-router'
import { useTitle } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'

export function NotFound() {
  useTitle('No such page')
  return (
    <main>
      <EmptyState icon="search" title="There is no page at this address">
        <Link to="/">Go to the worklist</Link>
      </EmptyState>
    </main>
  )
}
