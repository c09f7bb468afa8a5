/** The study chosen and the one to see beside it: the suggested prior with its reasons, until a person takes another. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RecordCard } from '../../api/record.ts'
import { priorsQuery } from '../http/queries.ts'
import { useShortcuts } from '../shell/keys.ts'
import { Icon } from '../ui/icons.tsx'
import { InlineError } from '../ui/states.tsx'
import { ageOn, formatDate } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import { kindOf } from './lanes.ts'
import { Marks } from './Marks.tsx'
import styles from './PairBar.module.css'
import { Picture } from './Picture.tsx'

export interface PairBarProps {
  readonly chosen: RecordCard
  /** Taken by hand. */
  readonly other: RecordCard | undefined
  readonly birthDate: string
  readonly onCompare: (prior: string) => void
  readonly onOpen: () => void
  readonly onSwap: (prior: string) => void
  /** Back to what is suggested. */
  readonly onClear: (() => void) | undefined
}

export function PairBar({ chosen, other, birthDate, onCompare, onOpen, onSwap, onClear }: PairBarProps) {
  const priors = useQuery(priorsQuery(chosen.study))
  const suggested = priors.data?.priors[0]
  const beside = other ?? suggested?.study
  const why = other ? 'taken by you' : suggested ? `suggested: ${suggested.reasons.join(', ')}` : undefined
  useShortcuts('Pair', [
    { keys: ['p'], does: 'Compare with the relevant prior, or with B', run: () => beside && onCompare(beside.study) },
    { keys: ['v'], does: 'Open A in the viewer', run: onOpen },
  ])
  return (
    <section className={styles.pair} aria-label="Compare">
      <Side letter="A" study={chosen} birthDate={birthDate} />
      <div className={styles.between}>
        <span aria-hidden="true">vs</span>
        {beside && (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => onSwap(beside.study)}>
            Swap
          </Button>
        )}
      </div>
      {beside ? (
        <Side letter="B" study={beside} birthDate={birthDate} why={why} />
      ) : (
        <p className={styles.none} role="status">
          {priors.isPending ? 'Looking for a relevant prior…' : noneWords(priors.data?.others ?? 0)}
        </p>
      )}
      <div className={styles.acts}>
        {beside && (
          <Button onClick={() => onCompare(beside.study)} leftSection={<Icon name="image" />}>
            Compare
          </Button>
        )}
        <Button variant="default" onClick={onOpen}>
          Open A alone
        </Button>
        <Button
          variant="subtle"
          color="gray"
          renderRoot={(props) => <Link to="/s/$study" params={{ study: chosen.study }} {...props} />}
        >
          Study page of A
        </Button>
        {onClear && (
          <Button variant="subtle" color="gray" onClick={onClear}>
            Suggested prior
          </Button>
        )}
      </div>
      <InlineError error={priors.error} />
    </section>
  )
}

const noneWords = (others: number): string =>
  others === 0
    ? 'Nothing earlier is here.'
    : `No relevant prior: ${counted(others, 'earlier study shows', 'earlier studies show')} something else. Press b on one to take it all the same.`

function Side({
  letter,
  study,
  birthDate,
  why,
}: {
  readonly letter: 'A' | 'B'
  readonly study: RecordCard
  readonly birthDate: string
  readonly why?: string | undefined
}) {
  return (
    <div className={styles.side} data-side={letter}>
      <Picture study={study} size={72} />
      <div className={styles.words}>
        <div>
          <span className={styles.letter}>{letter}</span> <strong>{formatDate(study.studyDate) || 'No date'}</strong>{' '}
          <span className={styles.dim}>{ageOn(birthDate, study.studyDate)}</span>
        </div>
        <div className={styles.title}>{study.description || 'No description'}</div>
        <div className={styles.dim}>
          {kindOf(study)} · {counted(study.instances, 'object')} <Marks study={study} inWords />
        </div>
        {why && <div className={styles.why}>{why}</div>}
      </div>
    </div>
  )
}
