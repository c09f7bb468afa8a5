/** The reader's own choice of prior: kept for this study, and counted for studies of its kind. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Priors } from '../../../api/record.ts'
import { ask } from '../../http/client.ts'
import { priorsQuery } from '../../http/queries.ts'
import styles from './Compare.module.css'

export interface PreferPriorProps {
  readonly study: string
  /** What stands beside it. */
  readonly prior: string
  readonly priors: Priors | undefined
}

export function PreferPrior({ study, prior, priors }: PreferPriorProps) {
  const queries = useQueryClient()
  const choose = useMutation({
    mutationFn: (wanted: string | null) =>
      ask(`/api/studies/${study}/priors/choice`, Priors, { method: 'POST', body: { prior: wanted } }),
    onSuccess: (answer) => queries.setQueryData(priorsQuery(study).queryKey, answer),
  })
  if (priors === undefined) return null
  const mine = priors.chosen === prior
  if (!mine && priors.priors[0]?.study.study === prior) return null
  return (
    <>
      <button
        type="button"
        className={styles.prefer}
        disabled={choose.isPending}
        title={
          mine
            ? 'You chose it. Let the archive choose for this study again.'
            : 'Bring this one beside this study from now on, and rather beside others of its kind.'
        }
        onClick={() => choose.mutate(mine ? null : prior)}
      >
        {mine ? 'Let the archive choose' : 'Prefer this prior'}
      </button>
      <span role="status">{choose.error ? choose.error.message : mine && choose.isSuccess ? 'Kept.' : ''}</span>
    </>
  )
}
