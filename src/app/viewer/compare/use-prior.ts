/** Which prior stands beside the study: the address says it, keys change it, the archive's order is followed. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { PriorRow, Priors } from '../../../api/record.ts'
import type { StudyRow } from '../../../api/studies.ts'
import { priorsQuery } from '../../http/queries.ts'
import { useShortcuts } from '../../shell/keys.ts'
import { counted } from '../../words/numbers.ts'

/** In the address in place of a study: whichever is best. */
export const BEST = 'best'

export interface PriorChoice {
  /** The study to show beside the current one. */
  readonly prior: string | undefined
  /** What it was chosen from. */
  readonly priors: Priors | undefined
  /** Why there is none, or which of how many it is. */
  readonly says: string
  readonly error: unknown
  readonly retry: () => void
  /** Brings the best, then the next best. */
  readonly next: () => void
  readonly close: () => void
}

export function usePrior(study: StudyRow, wanted: string | undefined): PriorChoice {
  const navigate = useNavigate({ from: '/v/$study' })
  const priors = useQuery(priorsQuery(study.study))
  const rows = priors.data?.priors ?? []
  const named = wanted === BEST ? rows[0]?.study.study : wanted
  const contradicted = priors.data?.contradicted.find((one) => one.study === named)
  const at = rows.findIndex((row) => row.study.study === named)
  // Until it is known who contradicts whom, nothing stands beside.
  const prior = priors.data && !contradicted ? named : undefined

  const go = (to: string | undefined) =>
    void navigate({ search: (now: object) => ({ ...now, prior: to }), replace: true })
  const next = () => {
    const following = rows[at + 1]
    if (wanted === undefined) go(rows[0]?.study.study ?? BEST)
    else if (following) go(following.study.study)
  }
  const close = () => go(undefined)
  useShortcuts('Prior', [
    { keys: ['p'], does: 'Relevant prior beside it; again: the next best', run: next },
    { keys: ['Shift+p'], does: 'Back to the study alone', run: close },
  ])
  return {
    prior,
    priors: priors.data,
    says: sayOf(),
    error: wanted === undefined ? undefined : priors.error,
    retry: () => void priors.refetch(),
    next,
    close,
  }

  function sayOf(): string {
    if (wanted === undefined) return ''
    if (priors.isPending) return 'Looking for the relevant prior…'
    if (contradicted)
      return `Not shown: the study under the same number has ${contradicted.why}. It may be of another person.`
    const row = rows[at]
    if (row) return `Prior ${at + 1} of ${rows.length}: ${inWords(row)}`
    if (prior !== undefined) return 'Taken by hand: not among the relevant priors.'
    const others = priors.data?.others ?? 0
    return others === 0
      ? 'No prior: nothing earlier of this patient is here.'
      : `No relevant prior: ${counted(others, 'earlier study shows', 'earlier studies show')} something else.`
  }
}

const inWords = ({ reasons, baseline }: PriorRow): string =>
  `${reasons.join(', ')}${baseline ? '; the oldest good match' : ''}.`
