/** Nothing at hand to look at? Synthetic patients, brought in by the archive itself. */
import { Button, Progress } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Demo } from '../../api/demo.ts'
import { ask, asRequestError } from '../http/client.ts'
import { demoQuery } from '../http/queries.ts'
import { counted, formatBytes } from '../words/numbers.ts'
import styles from './FirstRun.module.css'

export function Demonstration() {
  const queries = useQueryClient()
  const { data: demo } = useQuery(demoQuery)
  const start = useMutation({
    mutationFn: () => ask('/api/demo', Demo, { method: 'POST', body: {} }),
    onSuccess: (begun) => queries.setQueryData(demoQuery.queryKey, begun),
  })
  const ended = demo?.state === 'done'
  useEffect(() => {
    if (!ended) return
    void queries.invalidateQueries({ queryKey: ['studies'] })
    void queries.invalidateQueries({ queryKey: ['status'] })
  }, [ended, queries])

  const running = demo?.state === 'running' || start.isPending
  const trouble = start.error ? asRequestError(start.error).message : demo?.problem
  return (
    <section className={`${styles.way} ${styles.wide}`} aria-labelledby="demonstration">
      <h3 className={styles.name} id="demonstration">
        With patients that do not exist
      </h3>
      <p className={styles.text}>
        Five synthetic patients over twenty years: a lung nodule that grows and shrinks over six CTs, a broken wrist
        that heals, a brain, mammograms, a beating heart. Every picture says SYNTHETIC. 250 MB, about a minute.
      </p>
      <div className={styles.act}>
        <Button loading={running} onClick={() => start.mutate()}>
          Fill with synthetic demonstration patients
        </Button>
        {running && demo && (
          <div className={styles.bar}>
            <Progress
              value={demo.total === 0 ? 0 : (100 * demo.done) / demo.total}
              aria-label="Objects brought in"
              color="cyan"
              size="lg"
              animated
            />
            <p className={styles.text} aria-live="polite">
              {demo.done} of {counted(demo.total, 'object')} · {formatBytes(demo.bytes)}
            </p>
          </div>
        )}
      </div>
      {trouble && (
        <p className={styles.text} role="alert">
          {trouble}
        </p>
      )}
    </section>
  )
}
