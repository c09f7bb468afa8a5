/** A section of the desk: what was asked for, while it loads, when it fails, when there is nothing, and as a table. */
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ErrorState, SkeletonRows } from '../ui/states.tsx'
import { TableFrame } from '../ui/TableFrame.tsx'
import table from '../ui/table.module.css'

export interface AskedForProps<Data> {
  readonly query: Pick<UseQueryResult<Data>, 'data' | 'error' | 'refetch'>
  /** What was to be shown: `the legal holds`. */
  readonly what: string
  readonly children: (data: Data) => ReactNode
}

export function AskedFor<Data>({ query, what, children }: AskedForProps<Data>) {
  if (query.error) return <ErrorState error={query.error} what={what} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <SkeletonRows rows={2} height={64} />
  return children(query.data)
}

export interface DeskTableProps<Row> {
  readonly label: string
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  /** A `tr` with as many cells, and one more for what can be done. */
  readonly row: (row: Row) => ReactNode
}

export function DeskTable<Row>({ label, columns, rows, row }: DeskTableProps<Row>) {
  return (
    <TableFrame label={label}>
      <table className={table.table}>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">
              <span className="hidden-visually">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>{rows.map(row)}</tbody>
      </table>
    </TableFrame>
  )
}
