/** The frame of a table that may be wider than the screen: it scrolls by itself, by keyboard too. */
import type { ReactNode } from 'react'
import table from './table.module.css'

export function TableFrame({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={table.frame} tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
