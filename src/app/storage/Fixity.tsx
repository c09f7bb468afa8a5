/** Is what is kept still what came: when it was last read again, and what of it no copy has in good state, in plain words. */
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { Storage } from '../../api/storage.ts'
import { request } from '../http/client.ts'
import { storageQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Mark } from '../ui/Mark.tsx'
import { ErrorState } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { counted, formatBytes } from '../words/numbers.ts'
import { damageInWords } from './damage.ts'
import styles from './StoragePage.module.css'

export function Fixity({ fixity }: { readonly fixity: z.infer<typeof Storage>['fixity'] }) {
  const session = useSession()
  const queries = useQueryClient()
  const read = useMutation({
    mutationFn: async () => {
      await (await request('/api/fixity', { method: 'POST', body: {} })).text()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: storageQuery.queryKey }),
  })
  const { damaged, ended, running, studies, bytes, days, next } = fixity
  return (
    <section aria-labelledby="fixity">
      <div className={styles.head}>
        <h2 id="fixity">Still what came?</h2>
        {mayDo(session, 'fixity') && (
          <Button variant="default" size="xs" loading={read.isPending} onClick={() => read.mutate()}>
            Read everything again now
          </Button>
        )}
      </div>
      {read.error !== null && <ErrorState error={read.error} what="the reading" onRetry={() => read.mutate()} />}
      <p>
        {damaged.length > 0 ? (
          <Mark tone="bad">{counted(damaged.length, 'file')} damaged in every copy</Mark>
        ) : ended === '' ? (
          'Nothing was read again yet. What is given out is compared with its digest all the same.'
        ) : (
          <Mark tone="good">Everything was as it came</Mark>
        )}
      </p>
      <p className={styles.about}>
        {running && `Being read now: ${counted(studies, 'study', 'studies')} so far, ${formatBytes(bytes)}. `}
        {!running &&
          ended !== '' &&
          `Last read ${formatMoment(ended)}: ${counted(studies, 'study', 'studies')}, ${formatBytes(bytes)}. `}
        {days === 0 ? 'It comes only when asked.' : next !== '' && `Again from ${formatMoment(next)}.`}
        {fixity.mended > 0 && ` ${counted(fixity.mended, 'file')} mended from a good copy since the start.`}
      </p>
      {damaged.length > 0 && (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">Study</th>
                <th scope="col">What of it</th>
                <th scope="col">Where</th>
                <th scope="col">Found</th>
              </tr>
            </thead>
            <tbody>
              {damaged.map((one) => (
                <tr key={one.file}>
                  <th scope="row" className={styles.uid}>
                    {one.study}
                  </th>
                  <td>{damageInWords(one)}</td>
                  <td className={styles.uid}>{one.file}</td>
                  <td>{formatMoment(one.foundAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
