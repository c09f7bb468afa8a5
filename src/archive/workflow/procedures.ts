/**
 * Modality Performed Procedure Steps (PS3.4 Annex F): what modalities say they perform, kept as facts, and the steps of
 * the worklist that follow.
 */
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import { type Tag, tagText } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import type { DicomJson, DicomJsonElement } from '../../dicom/json.ts'
import { patientKey } from '../../ledger/subject.ts'
import type { Database } from '../../storage/sql/database.ts'
import { oneAtATime } from '../../storage/sql/one-at-a-time.ts'
import type { OrdersTable, ProceduresTable } from '../../storage/sql/schema.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import { column } from '../column.ts'
import { openGuard } from '../restrictions/guard.ts'
import { procedureRow, received, stepsOf } from './workflow.queries.ts'
import type { ProcedureChange, Workflow } from './workflow.ts'
import { type Expected, factText, LONGEST_FACT, type ProcedureFact, type StepStatus, told } from './workflow-rows.ts'

const IN_PROGRESS = 'IN PROGRESS'
const ENDS: readonly string[] = ['COMPLETED', 'DISCONTINUED']
/** CID 9300: the wrong entry of the worklist was chosen; the step is still to be done. */
const WRONG_ENTRY = '110514'

/** PS3.4 Table F.7.2-1: what an N-SET may not change any more. */
const FIXED: ReadonlySet<Tag> = new Set([
  T.PatientID,
  T.PatientName,
  T.PatientBirthDate,
  T.PatientSex,
  T.ScheduledStepAttributesSequence,
  T.PerformedProcedureStepID,
  T.PerformedStationAETitle,
  T.PerformedProcedureStepStartDate,
  T.PerformedProcedureStepStartTime,
  T.Modality,
  T.StudyID,
])

export function openProcedures({
  db,
  acts,
}: {
  readonly db: Database
  readonly acts: Acts
}): Pick<Workflow, 'createProcedure' | 'setProcedure' | 'procedure'> {
  const inTurn = oneAtATime()

  const journal = async (
    context: Context,
    op: 'create' | 'set',
    { sop, aet, attributes }: ProcedureChange,
  ): Promise<void> => {
    const status = textAt(attributes, T.PerformedProcedureStepStatus)
    const scheduled = itemsAt(attributes, T.ScheduledStepAttributesSequence).map((item) => ({
      study: textAt(item, T.StudyInstanceUID),
      accession: textAt(item, T.AccessionNumber),
      step: textAt(item, T.ScheduledProcedureStepID),
    }))
    const study = scheduled.find((one) => one.study !== '')?.study ?? ''
    const accession = scheduled.find((one) => one.accession !== '')?.accession ?? ''
    const patient = patientKey(textAt(attributes, T.IssuerOfPatientID), textAt(attributes, T.PatientID))
    const fact: ProcedureFact = {
      v: 1,
      op,
      sop,
      aet,
      status,
      study,
      accession,
      at: context.now().toISOString(),
      expected: expectedIn(attributes),
      attributes,
      orders: await stepsAfter(scheduled, status, attributes),
    }
    const text = factText(fact)
    if (Buffer.byteLength(text) > LONGEST_FACT) throw invalid(`it is longer than ${LONGEST_FACT} bytes`)
    await acts.event(
      context,
      {
        type: 'aud.110111',
        action: op === 'create' ? 'C' : 'U',
        outcome: 0,
        ...(study !== '' && { study }),
        ...(patient !== '' && { patient }),
        detail: {
          workflow: told(op, text),
          procedure: sop,
          status,
          instances: fact.expected.reduce((sum, { instances }) => sum + instances.length, 0),
          ...(accession !== '' && { accession }),
        },
      },
      'now',
      { type: 'procedure', text },
    )
  }

  const stepsAfter = async (
    scheduled: readonly { readonly study: string; readonly accession: string; readonly step: string }[],
    status: string,
    attributes: DicomJson,
  ): Promise<ProcedureFact['orders']> => {
    const reasons = itemsAt(attributes, T.PerformedProcedureStepDiscontinuationReasonCodeSequence)
    const wrongEntry = reasons.some((code) => textAt(code, T.CodeValue) === WRONG_ENTRY)
    const after: StepStatus =
      status === IN_PROGRESS
        ? 'started'
        : status === 'COMPLETED'
          ? 'completed'
          : wrongEntry
            ? 'scheduled'
            : 'discontinued'
    const steps = new Map<string, StepStatus>()
    for (const { study, accession, step } of scheduled) {
      const rows = await stepsOf(db, column(study), column(accession))
      const named = step === '' ? [] : rows.filter((row) => row.step === column(step))
      // Without an ID the one step there is must be meant.
      for (const row of named.length > 0 ? named : rows.length === 1 && step === '' ? rows : [])
        if (moves(row, after)) steps.set(row.order_key, after)
    }
    return [...steps].map(([key, status]) => ({ key, status }))
  }

  return {
    procedure: async (context, sop) => {
      await admit(acts, context, 'read')
      const row = await procedureRow(db, column(sop))
      if (row === undefined) throw new ArchiveError('MPPS_UNKNOWN')
      const attributes = JSON.parse(row.attributes) as DicomJson
      const patient = patientKey(textAt(attributes, T.IssuerOfPatientID), textAt(attributes, T.PatientID))
      const [shown] = await openGuard({ db, acts }).rows(context, [row], () => ({
        studies: [row.study_uid],
        patients: [patient],
      }))
      if (shown === undefined) throw new ArchiveError('NOT_FOUND', { what: 'such procedure' })
      const expected = expectedIn(attributes).flatMap(({ instances }) => instances)
      return { study: row.study_uid, attributes, here: await received(db, expected) }
    },
    createProcedure: async (context, change) => {
      await admit(acts, context, 'store')
      await inTurn(async () => {
        if ((await procedureRow(db, column(change.sop))) !== undefined) throw new ArchiveError('MPPS_DUPLICATE')
        const status = textAt(change.attributes, T.PerformedProcedureStepStatus)
        // PS3.4 F.7.2.1.2: a step begins in progress.
        if (status !== IN_PROGRESS) throw invalid(`a new step is IN PROGRESS, not ${status || 'without a status'}`)
        await journal(context, 'create', change)
      })
    },
    setProcedure: async (context, change) => {
      await admit(acts, context, 'store')
      await inTurn(async () => {
        const row: ProceduresTable | undefined = await procedureRow(db, column(change.sop))
        if (row === undefined) throw new ArchiveError('MPPS_UNKNOWN')
        if (ENDS.includes(row.status)) throw new ArchiveError('MPPS_STATE', { why: `is ${row.status} already` })
        for (const name of Object.keys(change.attributes))
          if (FIXED.has(Number.parseInt(name, 16) as Tag)) throw invalid(`${name} is not changed by an N-SET`)
        const attributes = { ...(JSON.parse(row.attributes) as DicomJson), ...change.attributes }
        const status = textAt(attributes, T.PerformedProcedureStepStatus)
        if (status !== IN_PROGRESS && !ENDS.includes(status)) throw invalid('its status is none of the three')
        await journal(context, 'set', { ...change, attributes })
      })
    },
  }
}

const invalid = (why: string): ArchiveError => new ArchiveError('MPPS_INVALID', { why })

/** What was cancelled meanwhile and performed all the same was performed. */
const moves = ({ status }: OrdersTable, after: StepStatus): boolean => status !== 'completed' && status !== after

const elementAt = (item: DicomJson, tag: Tag): DicomJsonElement | undefined => item[tagText(tag)]

export const textAt = (item: DicomJson, tag: Tag): string => {
  const [value] = elementAt(item, tag)?.Value ?? []
  return typeof value === 'string' ? value.trim() : ''
}

export const itemsAt = (item: DicomJson, tag: Tag): readonly DicomJson[] =>
  (elementAt(item, tag)?.Value ?? []).filter((value): value is DicomJson => typeof value === 'object' && value !== null)

/** The instances of its Performed Series Sequence (PS3.4 Table F.7.2-1). */
function expectedIn(attributes: DicomJson): Expected {
  return itemsAt(attributes, T.PerformedSeriesSequence).map((series) => ({
    series: textAt(series, T.SeriesInstanceUID),
    instances: [
      ...new Set(
        [T.ReferencedImageSequence, T.ReferencedNonImageCompositeSOPInstanceSequence]
          .flatMap((tag) => itemsAt(series, tag))
          .map((one) => textAt(one, T.ReferencedSOPInstanceUID))
          .filter((instance) => instance !== ''),
      ),
    ],
  }))
}
