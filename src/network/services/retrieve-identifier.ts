/**
 * What a C-MOVE or C-GET asks for (PS3.4 C.4.2.1.4, C.4.3.1.3): the unique keys of its identifier as scopes of the
 * archive. Patient Root, Study Root and Patient/Study Only. Pure.
 */
import type { Match, Scope } from '../../archive/archive.ts'
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { tagText } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import { type DicomJson, toDicomJson } from '../../dicom/json.ts'
import { readWhole } from '../../dicom/reader.ts'
import { isUsableUid, type Uid } from '../../dicom/uid.ts'

export type Wanted =
  | { readonly kind: 'scopes'; readonly scopes: readonly Scope[] }
  /** Every study of a patient: found by what the query says. */
  | { readonly kind: 'patient'; readonly matches: readonly Match[] }

/** PS3.4 C.6.1.1.1, C.6.2.1.1: levels by model; the last two letters of a SOP class say which operation it is of. */
const LEVELS = { patient: ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'], study: ['STUDY', 'SERIES', 'IMAGE'] } as const

/** UIDs one retrieval may name: what an identifier can hold in a list that is no mistake. */
const MOST = 100_000

/** @throws {ArchiveError} `IDENTIFIER_INVALID`; `DICOM_*` when it is not a data set */
export function readWanted(bytes: Bytes, transferSyntax: string, root: keyof typeof LEVELS): Wanted {
  const { dataSet } = readWhole(bytes, { format: { transferSyntax }, keepUpTo: bytes.length })
  const identifier = toDicomJson(dataSet)
  const level = textOf(identifier, T.QueryRetrieveLevel)
  const levels: readonly string[] = LEVELS[root]
  if (!levels.includes(level)) throw invalid(`QueryRetrieveLevel must be one of ${levels.join(', ')}`)
  if (level === 'PATIENT') {
    const id = textOf(identifier, T.PatientID)
    if (id === '' || /[*?]/.test(id)) throw invalid('at level PATIENT it must name one PatientID')
    const issuer = textOf(identifier, T.IssuerOfPatientID)
    return {
      kind: 'patient',
      matches: [
        { path: [T.PatientID], value: id },
        ...(issuer === '' ? [] : [{ path: [T.IssuerOfPatientID], value: issuer }]),
      ],
    }
  }
  const studies = uidsOf(identifier, T.StudyInstanceUID)
  const series = uidsOf(identifier, T.SeriesInstanceUID)
  const instances = uidsOf(identifier, T.SOPInstanceUID)
  const need = (uids: readonly Uid[], keyword: string, exactly: boolean): void => {
    if (uids.length === 0 || (exactly && uids.length > 1))
      throw invalid(`at level ${level} it must hold ${exactly ? 'one' : 'at least one'} ${keyword}`)
  }
  need(studies, 'StudyInstanceUID', level !== 'STUDY')
  if (level === 'STUDY') return { kind: 'scopes', scopes: studies.map((study) => ({ study })) }
  const [study] = studies as [Uid]
  need(series, 'SeriesInstanceUID', level === 'IMAGE')
  if (level === 'SERIES') return { kind: 'scopes', scopes: series.map((one) => ({ study, series: one })) }
  need(instances, 'SOPInstanceUID', false)
  const [of] = series as [Uid]
  return { kind: 'scopes', scopes: instances.map((instance) => ({ study, series: of, instance })) }
}

function uidsOf(identifier: DicomJson, tag: Parameters<typeof tagText>[0]): readonly Uid[] {
  const values = (identifier[tagText(tag)]?.Value ?? []).map(String).filter((value) => value !== '')
  if (values.length > MOST) throw invalid(`it names more than ${MOST} UIDs`)
  for (const value of values) if (!isUsableUid(value)) throw invalid(`${tagText(tag)} holds what is no UID`)
  return values as Uid[]
}

const textOf = (identifier: DicomJson, tag: Parameters<typeof tagText>[0]): string =>
  String(identifier[tagText(tag)]?.Value?.[0] ?? '').trim()

const invalid = (why: string) => new ArchiveError('IDENTIFIER_INVALID', { why })
