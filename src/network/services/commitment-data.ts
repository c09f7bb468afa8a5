/**
 * The data sets of storage commitment (PS3.4 Tables J.3-1 and J.3-2, PS3.3 C.14): what is asked, and what is told. Pure.
 */
import type { Promised, Referenced } from '../../archive/archive.ts'
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { dataSet, element, sequence } from '../../dicom/build.ts'
import { type Tag, tagText } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import { type DicomJson, toDicomJson } from '../../dicom/json.ts'
import { readWhole } from '../../dicom/reader.ts'
import { isUsableUid } from '../../dicom/uid.ts'
import { encodeElements } from '../../dicom/writer.ts'

/** PS3.4 J.3.2.1, J.3.3.1. */
export const ACTION = { request: 1 } as const
export const EVENT = { success: 1, failuresExist: 2 } as const

/** PS3.3 C.14.1.1. */
export const FAILURE_REASON: Readonly<Record<Exclude<Promised['outcome'], 'kept'>, number>> = {
  absent: 0x0112, // no such object instance
  'other-class': 0x0119, // class/instance conflict
  conflict: 0x0110, // processing failure
  damaged: 0x0110,
}

export interface CommitmentRequest {
  readonly transaction: string
  readonly asked: readonly Referenced[]
}

/** Instances one request may name. */
const MOST = 50_000

/** @throws {ArchiveError} `COMMIT_INVALID`; `DICOM_*` when it is not a data set */
export function readRequest(bytes: Bytes, transferSyntax: string): CommitmentRequest {
  const json = read(bytes, transferSyntax)
  const transaction = textOf(json, T.TransactionUID)
  if (!isUsableUid(transaction)) throw invalid('it has no TransactionUID')
  const items = json[tagText(T.ReferencedSOPSequence)]?.Value ?? []
  if (items.length === 0) throw invalid('its ReferencedSOPSequence is empty')
  if (items.length > MOST) throw invalid(`it names more than ${MOST} instances`)
  const asked = new Map<string, Referenced>()
  for (const item of items as readonly DicomJson[]) {
    const sopClass = textOf(item, T.ReferencedSOPClassUID)
    const instance = textOf(item, T.ReferencedSOPInstanceUID)
    if (!isUsableUid(sopClass) || !isUsableUid(instance)) throw invalid('an item names no SOP class and instance')
    asked.set(`${instance} ${sopClass}`, { sopClass, instance })
  }
  return { transaction, asked: [...asked.values()] }
}

export function requestBytes({ transaction, asked }: CommitmentRequest, transferSyntax: string): Bytes {
  return encodeElements(
    dataSet([element(T.TransactionUID, transaction), sequence(T.ReferencedSOPSequence, asked.map(referenced))]),
    transferSyntax,
  )
}

export interface CommitmentReport {
  readonly transaction: string
  readonly kept: readonly Referenced[]
  readonly failed: readonly (Referenced & { readonly reason: number })[]
}

export function reportOf(transaction: string, promised: readonly Promised[]): CommitmentReport {
  const failed: (Referenced & { reason: number })[] = []
  for (const { sopClass, instance, outcome } of promised)
    if (outcome !== 'kept') failed.push({ sopClass, instance, reason: FAILURE_REASON[outcome] })
  return { transaction, kept: promised.filter(({ outcome }) => outcome === 'kept'), failed }
}

export const eventOf = ({ failed }: CommitmentReport): number =>
  failed.length === 0 ? EVENT.success : EVENT.failuresExist

/** @param aeTitle  ours: where what is kept can be retrieved from */
export function reportBytes({ transaction, kept, failed }: CommitmentReport, aeTitle: string, syntax: string): Bytes {
  return encodeElements(
    dataSet([
      element(T.TransactionUID, transaction),
      ...(kept.length === 0
        ? []
        : [element(T.RetrieveAETitle, aeTitle), sequence(T.ReferencedSOPSequence, kept.map(referenced))]),
      ...(failed.length === 0
        ? []
        : [
            sequence(
              T.FailedSOPSequence,
              failed.map((one) =>
                dataSet([...referenced(one).elements.values(), element(T.FailureReason, one.reason)]),
              ),
            ),
          ]),
    ]),
    syntax,
  )
}

/** @throws {ArchiveError} `COMMIT_INVALID`; `DICOM_*` when it is not a data set */
export function readReport(bytes: Bytes, transferSyntax: string): CommitmentReport {
  const json = read(bytes, transferSyntax)
  const itemsOf = (tag: Tag) => (json[tagText(tag)]?.Value ?? []) as readonly DicomJson[]
  const named = (item: DicomJson): Referenced => ({
    sopClass: textOf(item, T.ReferencedSOPClassUID),
    instance: textOf(item, T.ReferencedSOPInstanceUID),
  })
  return {
    transaction: textOf(json, T.TransactionUID),
    kept: itemsOf(T.ReferencedSOPSequence).map(named),
    failed: itemsOf(T.FailedSOPSequence).map((item) => ({
      ...named(item),
      reason: Number(item[tagText(T.FailureReason)]?.Value?.[0] ?? FAILURE_REASON.damaged),
    })),
  }
}

const referenced = ({ sopClass, instance }: Referenced) =>
  dataSet([element(T.ReferencedSOPClassUID, sopClass), element(T.ReferencedSOPInstanceUID, instance)])

const read = (bytes: Bytes, transferSyntax: string): DicomJson =>
  toDicomJson(readWhole(bytes, { format: { transferSyntax }, keepUpTo: bytes.length }).dataSet)

const textOf = (json: DicomJson, tag: Tag): string => String(json[tagText(tag)]?.Value?.[0] ?? '').trim()

const invalid = (why: string): ArchiveError => new ArchiveError('COMMIT_INVALID', { why })
