/** The same as the timeline, as lists by lane, newest first: for narrow screens, 400 % zoom and screen readers. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { ageOn, formatDate, isoDate } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import { kindOf, type Lane } from './lanes.ts'
import { Marks } from './Marks.tsx'
import { Picture } from './Picture.tsx'
import styles from './TimelineList.module.css'

export interface TimelineListProps {
  readonly lanes: readonly Lane[]
  readonly birthDate: string
  readonly chosen: string | undefined
  readonly other: string | undefined
  readonly onChoose: (study: string) => void
  readonly onOther: (study: string) => void
}

export function TimelineList({ lanes, birthDate, chosen, other, onChoose, onOther }: TimelineListProps) {
  return (
    <div className={styles.lanes}>
      {lanes.map((lane) => (
        <section key={lane.name}>
          <h2 className={styles.name}>
            {lane.name} <span className={styles.dim}>{counted(lane.studies.length, 'study', 'studies')}</span>
          </h2>
          <ol className={styles.list}>
            {lane.studies.toReversed().map((study) => {
              const when = formatDate(study.studyDate) || 'No date'
              return (
                <li
                  key={study.study}
                  className={styles.study}
                  data-mark={study.study === chosen || study.study === other}
                >
                  <Picture study={study} size={56} />
                  <div className={styles.words}>
                    <Link to="/v/$study" params={{ study: study.study }} className={styles.title}>
                      <time dateTime={isoDate(study.studyDate)}>{when}</time> · {study.description || 'No description'}
                    </Link>
                    <div className={styles.dim}>
                      {[ageOn(birthDate, study.studyDate), kindOf(study), counted(study.instances, 'object')]
                        .filter(Boolean)
                        .join(' · ')}{' '}
                      <Marks study={study} inWords />
                    </div>
                  </div>
                  <div className={styles.acts}>
                    <Button
                      size="compact-sm"
                      variant={study.study === chosen ? 'filled' : 'default'}
                      aria-pressed={study.study === chosen}
                      aria-label={`A: ${when}, ${study.description}`}
                      onClick={() => onChoose(study.study)}
                    >
                      A
                    </Button>
                    <Button
                      size="compact-sm"
                      variant={study.study === other ? 'filled' : 'default'}
                      aria-pressed={study.study === other}
                      aria-label={`B: ${when}, ${study.description}`}
                      onClick={() => onOther(study.study)}
                    >
                      B
                    </Button>
                  </div>
                </li>
              )
            })}
          </ol>
        </section>
      ))}
    </div>
  )
}
