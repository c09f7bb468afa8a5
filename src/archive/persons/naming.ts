/**
 * How a study of a person with several IDs is named in lists and answers: by the ID that stands for the person, and with what
 * HL7 last told of that one. The objects stay as they came, and say so.
 */
import { tagText } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import type { DicomJson, DicomJsonElement, DicomJsonValue } from '../../dicom/json.ts'
import { splitPatientKey } from '../../ledger/subject.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { PersonsTable } from '../../storage/sql/schema.ts'
import { personRows } from '../workflow/workflow.queries.ts'

export interface NamedPerson {
  readonly id: string
  readonly issuer: string
  /** What was told of the ID; '' where nothing was. */
  readonly name: string
  readonly birthDate: string
  readonly sex: string
}

interface Owned {
  readonly patient_key: string
  readonly person_key: string
}

/** Of the rows that bear another ID than their person's: who the person is. One look, and none where no row does. */
export async function personsNamed(
  db: Pick<Database, 'read'>,
  rows: readonly Owned[],
): Promise<(row: Owned) => NamedPerson | undefined> {
  const keys = [...new Set(rows.filter(isOther).map(({ person_key }) => person_key))]
  const told = keys.length === 0 ? new Map<string, PersonsTable>() : await personRows(db, keys)
  return (row) => {
    if (!isOther(row)) return undefined
    const { id = '', issuer = '' } = splitPatientKey(row.person_key) ?? {}
    const { name = '', birth_date = '', sex = '' } = told.get(row.person_key) ?? {}
    return { id, issuer, name, birthDate: birth_date, sex }
  }
}

const isOther = ({ patient_key, person_key }: Owned): boolean => person_key !== '' && patient_key !== person_key

/** Attributes of a study with its person's; the ID it came under stands in Other Patient IDs Sequence (PS3.3 C.7.1.1). */
export function asPerson(study: DicomJson, person: NamedPerson | undefined): DicomJson {
  if (person === undefined) return study
  const own = [T.PatientID, T.IssuerOfPatientID].flatMap((tag): [string, DicomJsonElement][] => {
    const element = study[tagText(tag)]
    return element === undefined ? [] : [[tagText(tag), element]]
  })
  const text = (vr: DicomJsonElement['vr'], value: string): DicomJsonElement =>
    value === '' ? { vr } : { vr, Value: [value] }
  const others = study[tagText(T.OtherPatientIDsSequence)]?.Value ?? []
  return {
    ...study,
    [tagText(T.PatientID)]: text('LO', person.id),
    [tagText(T.IssuerOfPatientID)]: text('LO', person.issuer),
    ...(person.name !== '' && { [tagText(T.PatientName)]: { vr: 'PN', Value: [nameValue(person.name)] } }),
    ...(person.birthDate !== '' && { [tagText(T.PatientBirthDate)]: text('DA', person.birthDate) }),
    ...(person.sex !== '' && { [tagText(T.PatientSex)]: text('CS', person.sex) }),
    [tagText(T.OtherPatientIDsSequence)]: { vr: 'SQ', Value: [...others, Object.fromEntries(own)] },
  }
}

function nameValue(text: string): DicomJsonValue {
  const [Alphabetic = '', Ideographic = '', Phonetic = ''] = text.split('=')
  return { ...(Alphabetic && { Alphabetic }), ...(Ideographic && { Ideographic }), ...(Phonetic && { Phonetic }) }
}
