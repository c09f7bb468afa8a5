/** Where the vault is kept: its own folder and mirrors, each with its state in plain words. */
import type { z } from 'zod'
import type { Storage } from '../../api/storage.ts'
import { Mark } from '../ui/Mark.tsx'
import table from '../ui/table.module.css'
import styles from './StoragePage.module.css'

type State = z.infer<typeof Storage>['copies'][number]['state']

const WORDS: Readonly<Record<State, readonly [tone: 'good' | 'warn' | 'bad', word: string]>> = {
  good: ['good', 'Good'],
  behind: ['warn', 'Catching up'],
  away: ['bad', 'Away'],
  foreign: ['bad', 'Not ours'],
  locked: ['bad', 'No key'],
  'read-only': ['bad', 'Read-only'],
  full: ['bad', 'Full'],
  failing: ['bad', 'Failing'],
}

export function Copies({ copies }: { readonly copies: z.infer<typeof Storage>['copies'] }) {
  return (
    <section aria-labelledby="copies">
      <h2 id="copies">Copies</h2>
      <div className={table.frame}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Where</th>
              <th scope="col">State</th>
              <th scope="col">In words</th>
            </tr>
          </thead>
          <tbody>
            {copies.map(({ copy, state, says }, at) => (
              <tr key={copy}>
                <th scope="row" className={styles.uid}>
                  {at === 0 ? 'The vault' : `Mirror ${copy}`}
                </th>
                <td>
                  <Mark tone={WORDS[state][0]}>{WORDS[state][1]}</Mark>
                </td>
                <td>{says}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {copies.length === 1 && (
        <p className={styles.about}>There is one copy only. Name a folder on another disk in vault.mirrors.</p>
      )}
    </section>
  )
}
