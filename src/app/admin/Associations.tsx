/** Who sends what, in words: associations open now and those that ended last, each with why something was refused. */
import { Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Association } from '../../api/admin.ts'
import { RequestError } from '../http/client.ts'
import { associationsQuery } from '../http/queries.ts'
import { useSession } from '../http/session.ts'
import { Icon } from '../ui/icons.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import { formatMoment } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import styles from './Associations.module.css'
import { type AssociationStory, associationInWords } from './association-words.ts'

export function Associations() {
  const associations = useQuery(associationsQuery)
  const ourAet = useSession()?.product.aeTitle ?? ''
  const [troubledOnly, setTroubledOnly] = useState(false)
  if (associations.error instanceof RequestError && associations.error.status === 403) return null

  const now = new Date()
  const stories = (associations.data?.associations ?? []).map(
    (one) => [one, associationInWords(one, ourAet, now)] as const,
  )
  const shown = troubledOnly ? stories.filter(([, { notes }]) => notes.some(({ tone }) => tone !== 'plain')) : stories
  return (
    <Section
      title="Who called"
      actions={
        <Checkbox
          label="Only those with something to explain"
          checked={troubledOnly}
          onChange={(event) => setTroubledOnly(event.currentTarget.checked)}
        />
      }
    >
      {associations.error ? (
        <ErrorState error={associations.error} what="the associations" onRetry={() => void associations.refetch()} />
      ) : associations.data === undefined ? (
        <SkeletonRows rows={4} height={64} />
      ) : shown.length === 0 ? (
        <EmptyState small icon="plug" title={troubledOnly ? 'Nothing to explain' : 'Nobody has called yet'}>
          {!troubledOnly && 'DICOM associations appear here as they come, the last hundred since the archive started.'}
        </EmptyState>
      ) : (
        <ol className={styles.list} aria-label="Associations, newest first">
          {shown.map(([one, story]) => (
            <li key={one.id}>
              <Card association={one} story={story} />
            </li>
          ))}
        </ol>
      )}
    </Section>
  )
}

function Card({ association: one, story }: { readonly association: Association; readonly story: AssociationStory }) {
  const accepted = one.contexts.filter(({ accepted: yes }) => yes).length
  return (
    <article className={styles.card} aria-label={`Association of ${one.callingAet || 'a caller without a title'}`}>
      <header className={styles.head}>
        <h3 className={styles.who}>
          <code>{one.callingAet || '(no title)'}</code> <span className={styles.dim}>at {one.address}</span>
        </h3>
        <Mark tone={story.mark.tone}>{story.mark.word}</Mark>
        <span className={styles.when}>{formatMoment(one.startedAt)}</span>
      </header>
      <p className={styles.summary}>{story.summary}</p>
      {story.notes.length > 0 && (
        <ul className={styles.notes}>
          {story.notes.map(({ tone, says, remedy }) => (
            <li key={says} className={styles[tone]}>
              <Icon name={tone === 'plain' ? 'info' : 'conflict'} size={15} />
              <span>
                {says} {remedy && <span className={styles.remedy}>{remedy}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
      <details className={styles.details}>
        <summary>
          {one.contexts.length === 0
            ? 'About the caller'
            : `What was agreed on: ${accepted} of ${counted(one.contexts.length, 'proposal')}`}
        </summary>
        <dl className={styles.facts}>
          <Fact name="Called us" value={one.calledAet} />
          <Fact name="Device" value={one.listed ? 'listed' : 'not listed'} />
          <Fact name="Software" value={one.implementationVersion || 'not given'} />
          <Fact name="Implementation" value={one.implementationClassUid || 'not given'} />
          <Fact name="Largest PDU it takes" value={one.maxPdu === 0 ? 'no limit' : `${one.maxPdu} bytes`} />
        </dl>
        {one.contexts.length > 0 && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <section className={styles.scroll} tabIndex={0} aria-label="Proposals">
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">For</th>
                  <th scope="col">It proposed</th>
                  <th scope="col">Agreed on</th>
                </tr>
              </thead>
              <tbody>
                {one.contexts.map(({ abstractSyntax, proposed, answer, accepted: yes }) => (
                  <tr key={`${abstractSyntax} ${proposed.join()}`}>
                    <td>{abstractSyntax}</td>
                    <td>{proposed.join(', ')}</td>
                    <td>{yes ? answer : <Mark tone="warn">{answer}</Mark>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </details>
    </article>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt className={styles.dim}>{name}</dt>
      <dd className={styles.value}>{value}</dd>
    </div>
  )
}
