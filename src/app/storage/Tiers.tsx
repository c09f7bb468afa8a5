/** The cold store: what is there, what is on its way there and back. */
import type { z } from 'zod'
import type { Storage } from '../../api/storage.ts'
import { Mark } from '../ui/Mark.tsx'
import table from '../ui/table.module.css'
import { counted, formatBytes, formatDuration } from '../words/numbers.ts'
import styles from './StoragePage.module.css'

type Told = NonNullable<z.infer<typeof Storage>['tiers']>

const WORDS: Readonly<Record<Told['state'], readonly [tone: 'good' | 'bad', word: string]>> = {
  good: ['good', 'Good'],
  away: ['bad', 'Away'],
  foreign: ['bad', 'Not ours'],
  locked: ['bad', 'No key'],
}

export function Tiers({ tiers }: { readonly tiers: Told | null }) {
  if (tiers === null) return null
  const { cold, state, says, studies, bytes, moving, recalls } = tiers
  return (
    <section aria-labelledby="tiers">
      <h2 id="tiers">Cold store</h2>
      <p>
        <Mark tone={WORDS[state][0]}>{WORDS[state][1]}</Mark> <span className={styles.uid}>{cold}</span>:{' '}
        {counted(studies, 'study', 'studies')}, {formatBytes(bytes)}, found as ever and brought back when somebody opens
        them. {moving > 0 && `${counted(moving, 'study', 'studies')} on the way there. `}
        {says}
      </p>
      {recalls.length > 0 && (
        <div className={table.frame}>
          <table className={table.table}>
            <caption>On the way back</caption>
            <thead>
              <tr>
                <th scope="col">Study</th>
                <th scope="col">Back</th>
                <th scope="col">Here in</th>
                <th scope="col">In words</th>
              </tr>
            </thead>
            <tbody>
              {recalls.map(({ study, bytes: all, done, seconds, problem }) => (
                <tr key={study}>
                  <th scope="row" className={styles.uid}>
                    {study}
                  </th>
                  <td>
                    {formatBytes(done)} of {formatBytes(all)}
                  </td>
                  <td>{problem === '' ? `about ${formatDuration(seconds)}` : '–'}</td>
                  <td>{problem}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
