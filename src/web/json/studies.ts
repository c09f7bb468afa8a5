/**
 * `/api/studies`: the worklist and the study page. `/api/conflicts`: what a person should look at.
 */
import type { z } from 'zod'
import { StudyRetention } from '../../api/retention.ts'
import {
  Conflicts,
  type InstanceRow,
  type SeriesRow,
  StudyInstances,
  StudyInstancesAsk,
  StudyPage,
  type StudyRow,
  Worklist,
  WorklistAsk,
} from '../../api/studies.ts'
import type { Archive, InstanceRecord, SeriesSummary, StudySummary } from '../../archive/archive.ts'
import type { Wholeness } from '../../archive/workflow/workflow.ts'
import { uidName } from '../../dicom/dictionary.ts'
import { uid } from '../../dicom/uid.ts'
import { type Route, route, uidParam } from '../routes.ts'
import { patientAddress } from './record.ts'

export function studyRoutes(archive: Archive): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/studies',
      act: 'find',
      says: 'The worklist: studies whose names, numbers, descriptions, modalities and dates match every word of q.',
      query: WorklistAsk,
      answers: [{ status: 200, says: 'A page of studies, newest first.', shape: Worklist }],
      handle: async ({ context, query }): Promise<z.infer<typeof Worklist>> => {
        const { q, modality, from, to, studies, limit, cursor } = query
        const page = await archive.worklist(context, {
          words: q,
          limit,
          ...(modality === undefined ? {} : { modality }),
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
          ...(studies === undefined ? {} : { studies: studies.split(',').map(uid) }),
          ...(cursor === undefined ? {} : { cursor }),
        })
        const uids = page.studies.map(({ study }) => study)
        const known = await archive.wholeness(context, uids)
        const rows = page.studies.map((row) => studyRow(row, known.get(row.study)))
        return { studies: rows, next: page.next ?? null }
      },
    }),
    route({
      method: 'GET',
      url: '/api/studies/:study',
      act: 'read',
      says: 'A study and its series.',
      answers: [
        { status: 200, says: 'The study.', shape: StudyPage },
        { status: 404, says: 'There is no such study.' },
      ],
      handle: async (ask): Promise<z.infer<typeof StudyPage>> => {
        const { study, series } = await archive.study(ask.context, uidParam(ask, 'study'))
        const known = await archive.wholeness(ask.context, [study.study])
        return { study: studyRow(study, known.get(study.study)), series: series.map(seriesRow) }
      },
    }),
    route({
      method: 'GET',
      url: '/api/studies/:study/retention',
      act: 'find',
      says: 'Until when a study must be kept, by which rule, and what that was decided from.',
      answers: [
        { status: 200, says: 'The decision.', shape: StudyRetention },
        { status: 404, says: 'There is no such study.' },
      ],
      handle: async (ask): Promise<z.infer<typeof StudyRetention>> => {
        const { governing, flags, missing, jurisdictions, retainThrough, eligibleOn, destroyBy, ...rest } =
          await archive.retention(ask.context, uidParam(ask, 'study'))
        return {
          configured: rest.configured,
          holds: rest.holds.map(({ id, since }) => ({ id, since })),
          status: rest.status,
          rules: rest.rules,
          jurisdictions: [...jurisdictions],
          governing: [...governing],
          flags: [...flags],
          missing: [...missing],
          retainThrough: retainThrough ?? null,
          eligibleOn: eligibleOn ?? null,
          destroyBy: destroyBy ?? null,
          stands: rest.stands ?? null,
        }
      },
    }),
    route({
      method: 'GET',
      url: '/api/studies/:study/instances',
      act: 'read',
      says: 'Every current instance of a study, as it was received; with `asOf`, those that were current then.',
      query: StudyInstancesAsk,
      answers: [
        { status: 200, says: 'The instances, series by series.', shape: StudyInstances },
        { status: 404, says: 'There is no such study.' },
      ],
      handle: async (ask): Promise<z.infer<typeof StudyInstances>> => {
        const study = uidParam(ask, 'study')
        const { asOf } = ask.query
        const records =
          asOf === undefined
            ? await archive.instances(ask.context, { study })
            : await archive.instancesAsOf(ask.context, study, asOf)
        return { instances: records.map(instanceRow) }
      },
    }),
    route({
      method: 'GET',
      url: '/api/conflicts',
      act: 'conflicts.see',
      says: 'What came under a UID that was taken: by other content, or for another patient. Both are kept.',
      answers: [{ status: 200, says: 'The conflicts.', shape: Conflicts }],
      handle: async ({ context }): Promise<z.infer<typeof Conflicts>> => {
        const conflicts = await archive.conflicts(context)
        return {
          conflicts: conflicts.map(({ id, kind, key, kept, other, raisedAt }) => ({
            id,
            kind,
            ...key,
            kept: instanceRow(kept),
            other: instanceRow(other),
            raisedAt,
          })),
        }
      },
    }),
  ]
}

const studyRow = ({ modalities, patientKey, receivedAs, ...rest }: StudySummary, known?: Wholeness): StudyRow => ({
  ...rest,
  lacking: known?.state === 'lacks' ? known.expected - known.received : 0,
  patient: patientAddress(patientKey),
  receivedAs: receivedAs ?? null,
  modalities: [...modalities],
})

const seriesRow = ({ number, ...rest }: SeriesSummary): SeriesRow => ({ ...rest, number: number ?? null })

/** A received version as the wire has it. */
export function instanceRow(record: InstanceRecord): InstanceRow {
  const { key, version, current, sopClass, instanceNumber, transferSyntax, rows, columns, frames } = record
  const { length, ds, origin, source, receivedAt, leniencies } = record
  return {
    series: key.series,
    instance: key.instance,
    version,
    current,
    sopClass,
    sopClassName: uidName(sopClass) ?? sopClass,
    number: instanceNumber ?? null,
    transferSyntax,
    transferSyntaxName: uidName(transferSyntax) ?? transferSyntax,
    rows,
    columns,
    frames,
    bytes: length,
    ds,
    origin,
    source,
    receivedAt,
    leniencies: [...leniencies],
  }
}
