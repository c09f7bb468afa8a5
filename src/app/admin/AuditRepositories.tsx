/** Who outside is told of every act, and whether they hear it. */
import type { Status } from '../../api/admin.ts'
import { Mark } from '../ui/Mark.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { formatCount } from '../words/numbers.ts'

type Repository = Status['log']['repositories'][number]

export function AuditRepositories({ repositories }: { readonly repositories: readonly Repository[] }) {
  return (
    <div className={table.frame}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Repository</th>
            <th scope="col">Address</th>
            <th scope="col">State</th>
            <th scope="col">Acts told</th>
            <th scope="col">Acts waiting</th>
          </tr>
        </thead>
        <tbody>
          {repositories.map((repository) => (
            <tr key={repository.name}>
              <td>{repository.name}</td>
              <td>
                <code>{repository.address}</code>
              </td>
              <td>
                <Heard repository={repository} />
              </td>
              <td>{formatCount(repository.told)}</td>
              <td>{formatCount(repository.waiting)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Heard({ repository: { problem, since, waiting } }: { readonly repository: Repository }) {
  if (problem !== '')
    return (
      <>
        <Mark tone="bad">Not told since {formatMoment(since)}</Mark>
        <br />
        {problem.slice(0, 1).toUpperCase() + problem.slice(1)}. It is tried again by itself; what waits is not lost.
      </>
    )
  return waiting === 0 ? <Mark tone="good">Told of everything</Mark> : <Mark>Being told</Mark>
}
