/** What the images take: received and kept, by modality; what is not compressed and why; what waits to be sealed. */
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { Storage } from '../../api/storage.ts'
import { request } from '../http/client.ts'
import { storageQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Page } from '../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { counted, formatBytes, formatCount } from '../words/numbers.ts'
import { Copies } from './Copies.tsx'
import { Fixity } from './Fixity.tsx'
import { Growth } from './Growth.tsx'
import { byModality, byReason, keptShare, percent, totalsOf } from './kept.ts'
import styles from './StoragePage.module.css'
import { Tiers } from './Tiers.tsx'

type Kept = z.infer<typeof Storage>

export function StoragePage() {
  const storage = useQuery(storageQuery)
  const session = useSession()
  const queries = useQueryClient()
  const seal = useMutation({
    mutationFn: async () => {
      await (await request('/api/seal', { method: 'POST', body: {} })).text()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: storageQuery.queryKey }),
  })
  const { data } = storage
  const waits = data !== undefined && data.waiting.instances > 0
  return (
    <Page
      title="Storage"
      about="Bytes as they came and as they are kept. Only what was proved to come back bit for bit is counted."
      actions={
        waits &&
        mayDo(session, 'seal') && (
          <Button variant="default" loading={seal.isPending} onClick={() => seal.mutate()}>
            Seal what waits
          </Button>
        )
      }
    >
      {data === undefined ? (
        storage.error ? (
          <ErrorState error={storage.error} what="the storage figures" onRetry={() => void storage.refetch()} />
        ) : (
          <SkeletonRows rows={6} />
        )
      ) : (
        <>
          {seal.error !== null && <ErrorState error={seal.error} what="the sealing" onRetry={() => seal.mutate()} />}
          <Figures data={data} />
          <Growth kept={keptShare(data.kept)} />
          <Copies copies={data.copies} />
          <Tiers tiers={data.tiers} />
          <Fixity fixity={data.fixity} />
          {data.kept.length === 0 ? (
            <EmptyState icon="list" title="Nothing is sealed yet">
              A study is sealed when nothing has come for it in a while. Until then it is kept as received.
            </EmptyState>
          ) : (
            <>
              <Modalities data={data} />
              <Reasons data={data} />
            </>
          )}
        </>
      )}
    </Page>
  )
}

function Figures({ data }: { readonly data: Kept }) {
  const { received, kept, instances } = totalsOf(data.kept)
  const figures: readonly (readonly [string, string, string])[] = [
    ['Sealed', formatBytes(kept), `of ${formatBytes(received)} received, ${counted(instances, 'object')}`],
    ['Saved', received === 0 ? '–' : percent(1 - kept / received), formatBytes(Math.max(0, received - kept))],
    [
      'Waiting',
      formatBytes(data.waiting.bytes),
      `${counted(data.waiting.instances, 'object')} in ${counted(data.waiting.studies, 'study', 'studies')}, kept as received`,
    ],
  ]
  return (
    <dl className={styles.cards}>
      {figures.map(([name, figure, about]) => (
        <div key={name} className={styles.card}>
          <dt>{name}</dt>
          <dd>
            <span className={styles.figure}>{figure}</span>
            <span className={styles.about}>{about}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Modalities({ data }: { readonly data: Kept }) {
  return (
    <section aria-labelledby="by-modality">
      <h2 id="by-modality">By modality</h2>
      <div className={table.frame}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Modality</th>
              <th scope="col">Objects</th>
              <th scope="col">Received</th>
              <th scope="col">Kept</th>
              <th scope="col">Of what came</th>
            </tr>
          </thead>
          <tbody>
            {byModality(data.kept).map(({ modality, instances, received, kept }) => (
              <tr key={modality}>
                <th scope="row">{modality === '' ? 'Not stated' : modality}</th>
                <td>{formatCount(instances)}</td>
                <td>{formatBytes(received)}</td>
                <td>{formatBytes(kept)}</td>
                <td>
                  <span className={styles.share}>
                    <span className={styles.track} aria-hidden="true">
                      <span className={styles.bar} style={{ width: `${Math.min(100, (kept / received) * 100)}%` }} />
                    </span>
                    {percent(kept / received)}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Reasons({ data }: { readonly data: Kept }) {
  const reasons = byReason(data.kept)
  if (reasons.length === 0) return null
  return (
    <section aria-labelledby="as-received">
      <h2 id="as-received">Kept as received, and why</h2>
      <div className={table.frame}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Why</th>
              <th scope="col">Objects</th>
              <th scope="col">Bytes</th>
            </tr>
          </thead>
          <tbody>
            {reasons.map(({ why, instances, kept }) => (
              <tr key={why}>
                <th scope="row">{why}</th>
                <td>{formatCount(instances)}</td>
                <td>{formatBytes(kept)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
