/** What is known of two patient IDs, side by side, with what differs marked by a word. */
import type { PersonKey } from '../../api/identity.ts'
import { Mark } from '../ui/Mark.tsx'
import { TableFrame } from '../ui/TableFrame.tsx'
import table from '../ui/table.module.css'
import styles from './Persons.module.css'
import { compared, patientNumber } from './person-words.ts'

export function FactsTable({ keys }: { readonly keys: readonly PersonKey[] }) {
  return (
    <TableFrame label="What is known of both">
      <table className={table.table}>
        <thead>
          <tr>
            <td>
              <span className="hidden-visually">What</span>
            </td>
            {keys.map((one) => (
              <th key={`${one.key} ${one.told}`} scope="col">
                {patientNumber(one)}
              </th>
            ))}
            <td>
              <span className="hidden-visually">Differs</span>
            </td>
          </tr>
        </thead>
        <tbody>
          {compared(keys).map(([name, values, differ]) => (
            <tr key={name} className={differ ? styles.differ : undefined}>
              <th scope="row">{name}</th>
              {values.map((value, at) => (
                <td key={`${keys[at]?.key} ${keys[at]?.told}`}>{value || '–'}</td>
              ))}
              <td>{differ && <Mark tone="warn">Differs</Mark>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
