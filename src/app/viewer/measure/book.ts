/**
 * All that is measured in a viewer: drawn in its panes, loaded from the reports of the patient, kept again. One book for both
 * studies of a pair, so that a lesion is one in both.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type Dispatch, useContext, useEffect, useMemo, useReducer, useRef, useState } from 'react'
import {
  type MeasurementReportRow,
  type Measurements,
  SavedMeasurements,
  type SaveMeasurements,
} from '../../../api/measurements.ts'
import { ask } from '../../http/client.ts'
import { measurementsQuery } from '../../http/queries.ts'
import { isoDate } from '../../words/dates.ts'
import type { ShownFrame } from '../frames/frame-source.ts'
import { type Drawing, type DrawingAction, type Lesion, NOTHING_DRAWN, type Placed, reduceDrawing } from './drawing.ts'
import { findingOf, newTrackingUid, nextName, placedOf } from './findings.ts'

export interface Book {
  readonly state: Drawing
  readonly dispatch: Dispatch<DrawingAction>
  /** For the next one drawn: a lesion without a past. */
  readonly newLesion: () => Lesion
  /** Reports of the patient that stand; undefined until they are here. */
  readonly reports: Measurements | undefined
  readonly error: unknown
  /** Not kept yet, of a study. */
  readonly isChanged: (study: string) => boolean
  readonly save: (study: string, sign: boolean) => void
  readonly saving: 'no' | 'saving' | 'saved'
  readonly failure: unknown
  /** A pane says what it shows: numbers are worked out on frames. */
  readonly seen: (frame: ShownFrame) => void
}

export const BookContext = createContext<Book | undefined>(undefined)

/** @throws {Error} outside a viewer */
export function useBook(): Book {
  const book = useContext(BookContext)
  if (!book) throw new Error('measurements stand in a viewer')
  return book
}

export const ownReport = (reports: Measurements | undefined, study: string): MeasurementReportRow | undefined =>
  reports?.reports.findLast((report) => report.study === study && report.own)

export function useNewBook(study: string): Book {
  const [state, dispatch] = useReducer(reduceDrawing, NOTHING_DRAWN)
  const reports = useQuery(measurementsQuery(study))
  const client = useQueryClient()
  const [saving, setSaving] = useState<Book['saving']>('no')
  const [failure, setFailure] = useState<unknown>()
  // As it was kept last, study by study.
  const [saved, setSaved] = useState<ReadonlyMap<string, string>>(new Map())
  const frames = useRef(new Map<string, ShownFrame>())

  // What was kept is loaded once; what is drawn afterwards is not lost by looking again.
  const { data } = reports
  const loaded = useRef(new Set<string>())
  useEffect(() => {
    if (!data) return
    for (const { study: of } of data.reports) {
      if (loaded.current.has(of)) continue
      loaded.current.add(of)
      const own = ownReport(data, of)
      const all = (own?.findings ?? []).flatMap((finding) => placedOf(finding, of) ?? [])
      dispatch({ type: 'load', study: of, all })
      setSaved((before) => new Map([...before, [of, signatureOf(all)]]))
    }
  }, [data])
  return useMemo(() => {
    const of = (all: readonly Placed[], study: string) => all.filter(({ place }) => place.study === study)
    const names = () => [
      ...state.all.map(({ lesion }) => lesion.name),
      ...(data?.reports ?? []).flatMap(({ findings }) => findings.map(({ trackingId }) => trackingId)),
    ]
    async function save(study: string, sign: boolean) {
      setSaving('saving')
      setFailure(undefined)
      const here = of(state.all, study)
      const own = ownReport(data, study)
      const date = data?.reports.find((report) => report.study === study)?.studyDate ?? ''
      // What no tool here draws stays in the report as it was.
      const others = (own?.findings ?? []).filter((finding) => placedOf(finding, study) === undefined)
      const body: SaveMeasurements = {
        basedOn: own?.instance ?? null,
        sign,
        findings: [
          ...here.map((one) =>
            findingOf(one, frames.current.get(`${one.place.instance} ${one.place.frame ?? 1}`), isoDate(date) ?? ''),
          ),
          ...others,
        ],
      }
      try {
        await ask(`/api/studies/${study}/measurements`, SavedMeasurements, { method: 'POST', body })
        // The first report of a study is what stands here already: read again it would take the place of what is drawn.
        loaded.current.add(study)
        await client.invalidateQueries({ queryKey: ['study', study, 'measurements'] })
        await reports.refetch()
        setSaved((before) => new Map([...before, [study, signatureOf(here)]]))
        setSaving('saved')
      } catch (error) {
        setFailure(error)
        setSaving('no')
      }
    }
    return {
      state,
      dispatch,
      newLesion: () => ({
        uid: newTrackingUid(),
        name: nextName(names()),
        site: undefined,
        role: undefined,
        comment: '',
      }),
      reports: data,
      error: reports.error,
      isChanged: (study) => signatureOf(of(state.all, study)) !== (saved.get(study) ?? '[]'),
      save: (study, sign) => void save(study, sign),
      saving,
      failure,
      seen: (frame) => {
        const { object, frame: number } = frame.ref
        const known = frames.current
        known.set(`${object.sop} ${number}`, frame)
        // Frames something is drawn on are needed; of the others a few.
        if (known.size > 200) {
          const drawn = new Set(state.all.map(({ place }) => `${place.instance} ${place.frame ?? 1}`))
          for (const key of known.keys()) if (!drawn.has(key) && known.size > 100) known.delete(key)
        }
      },
    }
  }, [state, data, reports, client, saving, failure, saved])
}

const signatureOf = (all: readonly Omit<Placed, 'id'>[]): string =>
  JSON.stringify(all.map(({ kind, points, place, lesion }) => [kind, points, place, lesion]))
