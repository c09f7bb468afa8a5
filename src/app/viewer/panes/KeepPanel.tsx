/** What a reader leaves in the study beside measurements: the picture as it stands, and the images that matter. */
import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { StudyRow } from '../../../api/studies.ts'
import { SavedObject, type SaveKeyImages, type SaveView } from '../../../api/views.ts'
import { ask, asRequestError } from '../../http/client.ts'
import { useBook } from '../measure/book.ts'
import styles from '../measure/MeasurePanel.module.css'
import { wordsOf } from '../measure/words.ts'
import type { FrameRef, FrameSet } from '../model/frame-sets.ts'
import type { Area } from '../model/view.ts'
import { viewToSave } from '../model/view-to-save.ts'
import type { Scene } from '../surface/surface.ts'
import { useStage } from './stage.ts'

export interface KeepPanelProps {
  readonly study: StudyRow
  readonly set: FrameSet
  readonly drawn: Scene | undefined
  readonly area: Area
  readonly onShow: (index: number) => void
}

const TITLES: Readonly<Record<SaveKeyImages['title'], string>> = {
  interest: 'Of interest',
  referrer: 'For the referring physician',
  surgery: 'For surgery',
  teaching: 'For teaching',
  conference: 'For the conference',
}

export function KeepPanel({ study, set, drawn, area, onShow }: KeepPanelProps) {
  const { state, reports } = useBook()
  const { marks } = useStage()
  const maySave = reports?.maySave ?? false
  const keep = useKeep(study.study)
  const [name, setName] = useState('')
  const [title, setTitle] = useState<SaveKeyImages['title']>('interest')
  const [words, setWords] = useState('')
  const here = marks.all.filter(({ object }) => object.study === study.study)

  const view =
    drawn &&
    viewToSave(name.trim() || 'Saved view', set, drawn, area, state.all, (one) =>
      one.place.instance === drawn.frame.ref.object.sop ? wordsOf(one, drawn.frame, one.kept?.measured) : [],
    )
  const failed = keep.error ? asRequestError(keep.error).problem : undefined
  return (
    <div className={styles.panel}>
      <h2>Keep in the study</h2>
      {!maySave && reports && <p className={styles.note}>Your role does not let you add to a study.</p>}
      <form
        className={styles.item}
        onSubmit={(event) => {
          event.preventDefault()
          if (view) keep.mutate({ kind: 'views', body: view.body })
        }}
      >
        <h3>This view</h3>
        <p className={styles.note}>
          {drawn && !view
            ? 'It is shown through a table, which is not written. Choose a window, then keep it.'
            : `Window, part, turn and what is drawn, for ${view?.covers ?? 0} of ${set.frames.length} images. Filters are not kept.`}
        </p>
        <input
          aria-label="Name of the view"
          placeholder="Name of the view"
          value={name}
          maxLength={64}
          onChange={({ currentTarget: { value } }) => setName(value)}
        />
        <Button type="submit" disabled={!maySave || !view} loading={keep.isPending}>
          Keep this view
        </Button>
      </form>
      <form
        className={styles.item}
        onSubmit={(event) => {
          event.preventDefault()
          keep.mutate(
            { kind: 'key-images', body: { title, words: words.trim(), images: here.map(namedImage) } },
            { onSuccess: () => marks.clear(study.study) },
          )
        }}
      >
        <h3>Key images</h3>
        {here.length === 0 && <p className={styles.note}>None is marked. Shift+K marks the image that is shown.</p>}
        <ol className={styles.list}>
          {here.map((ref) => {
            const index = set.frames.indexOf(ref)
            return (
              <li key={`${ref.object.sop} ${ref.frame}`} className={styles.row} data-marked={ref.object.sop}>
                <button type="button" disabled={index < 0} onClick={() => onShow(index)}>
                  {index < 0 ? 'Another series' : `Image ${index + 1}`}
                </button>
                <button type="button" onClick={() => marks.toggle(ref)}>
                  Take the mark away
                </button>
              </li>
            )
          })}
        </ol>
        <select
          aria-label="Why they are marked"
          value={title}
          onChange={({ currentTarget: { value } }) => setTitle(value as SaveKeyImages['title'])}
        >
          {Object.entries(TITLES).map(([value, says]) => (
            <option key={value} value={value}>
              {says}
            </option>
          ))}
        </select>
        <input
          aria-label="Words to the key images"
          placeholder="Words, if any"
          value={words}
          maxLength={1000}
          onChange={({ currentTarget: { value } }) => setWords(value)}
        />
        <Button type="submit" disabled={!maySave || here.length === 0} loading={keep.isPending}>
          Keep {here.length === 1 ? 'one key image' : `${here.length} key images`}
        </Button>
      </form>
      <p role="status" className={styles.note}>
        {keep.isSuccess ? 'Kept. It stands in the strip of series.' : ''}
      </p>
      {failed && (
        <p className={styles.bad} role="alert">
          {failed.fact} {failed.remedy}
        </p>
      )}
    </div>
  )
}

const namedImage = ({ object, frame }: FrameRef) => ({
  instance: object.sop,
  frames: (object.image?.frames ?? 1) > 1 ? [frame] : [],
})

type Kept =
  | { readonly kind: 'views'; readonly body: SaveView }
  | { readonly kind: 'key-images'; readonly body: SaveKeyImages }

function useKeep(study: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ kind, body }: Kept) => ask(`/api/studies/${study}/${kind}`, SavedObject, { method: 'POST', body }),
    // Frames that stand stay as they are; only the series that was added to is read again.
    onSuccess: ({ series }) =>
      client.invalidateQueries({
        predicate: ({ queryKey: [room, of, what, which] }) =>
          room === 'study' && of === study && (what !== 'frames' || which === series),
      }),
  })
}
