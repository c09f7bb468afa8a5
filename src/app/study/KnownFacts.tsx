/** What people said that decides how long a study is kept: of the study, of its patient, of the trial one of the two is in. */
import { Button, Group } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ToldFacts } from '../../api/known.ts'
import { type About, factsQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorState, SkeletonRows } from '../ui/states.tsx'
import { formatMoment } from '../words/dates.ts'
import { factInWords } from './known-words.ts'
import styles from './Retention.module.css'
import { type Saying, TellFactsForm } from './TellFactsForm.tsx'

export function KnownFacts({ study, patient }: { readonly study: string; readonly patient: string }) {
  const session = useSession()
  const queries = useQueryClient()
  const [saying, setSaying] = useState<Saying>()
  const ofStudy = useQuery(factsQuery({ study }))
  const ofPatient = useQuery({ ...factsQuery({ patient }), enabled: patient !== '' })
  const trial = [...(ofStudy.data?.facts ?? []), ...(ofPatient.data?.facts ?? [])].find(
    ({ name }) => name === 'trial',
  )?.value
  const ofTrial = useQuery({ ...factsQuery({ trial: trial ?? '' }), enabled: trial !== undefined })
  const lists: readonly { readonly title: string; readonly about: About; readonly data: ToldFacts | undefined }[] = [
    { title: 'Of this study', about: { study }, data: ofStudy.data },
    ...(patient === '' ? [] : [{ title: 'Of the patient', about: { patient }, data: ofPatient.data }]),
    ...(trial === undefined ? [] : [{ title: `Of the trial ${trial}`, about: { trial }, data: ofTrial.data }]),
  ]
  const may = mayDo(session, 'retention.tell')
  const changed = () => {
    setSaying(undefined)
    void queries.invalidateQueries({ queryKey: ['retention'] })
    void queries.invalidateQueries({ queryKey: ['study', study, 'retention'] })
  }
  const failed = [ofStudy, ofPatient, ofTrial].find(({ error }) => error !== null)
  if (failed !== undefined)
    return <ErrorState error={failed.error} what="what people said" onRetry={() => void failed.refetch()} />
  if (ofStudy.data === undefined || (patient !== '' && ofPatient.data === undefined)) return <SkeletonRows rows={1} />
  const said = lists.filter(({ data }) => data !== undefined && data.facts.length > 0)
  return (
    <>
      {said.length === 0 ? (
        <p className={styles.source}>Nobody said anything that neither the images nor messages say.</p>
      ) : (
        said.map(({ title, about, data }) => (
          <div key={title}>
            <strong>{title}</strong>
            <ul className={styles.rules}>
              {data?.facts.map((fact) => (
                <li key={fact.name}>
                  {factInWords(fact, data.dates)}
                  <span className={styles.source}>
                    {formatMoment(fact.at)} by {fact.by}: {fact.reason}
                  </span>
                  {may && (
                    <Button
                      size="compact-xs"
                      variant="default"
                      onClick={() => setSaying({ about, name: fact.name })}
                      aria-label={`Take back: ${factInWords(fact, data.dates)}`}
                    >
                      Take back…
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          </div>
        ))
      )}
      {may && (
        <Group gap="xs" mt="xs">
          {lists.map(({ title, about, data }) => (
            <Button
              key={title}
              size="compact-sm"
              variant="default"
              disabled={data === undefined}
              onClick={() => setSaying({ about })}
            >
              Say something {title.charAt(0).toLowerCase() + title.slice(1)}…
            </Button>
          ))}
        </Group>
      )}
      <Dialog
        opened={saying !== undefined}
        onClose={() => setSaying(undefined)}
        title={saying?.name === undefined ? 'Say what neither images nor messages say' : 'Take it back'}
      >
        {saying && (
          <TellFactsForm
            saying={saying}
            known={lists.find(({ about }) => about === saying.about || keyOf(about) === keyOf(saying.about))?.data}
            onTold={changed}
          />
        )}
      </Dialog>
    </>
  )
}

const keyOf = (about: About): string => Object.entries(about).join()
