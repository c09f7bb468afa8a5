/** What is said of a study: of itself, of its patient under any of the patient's IDs, and of the trials one of these is in. */
import { FLOOR, type Sayings, type Told, TRIAL, told } from '../../compliance/retention/told.ts'
import type { Database } from '../../storage/sql/database.ts'
import { keysOf } from '../persons/persons.queries.ts'
import { keysOfPersons, type SaidRow, saidOf } from './known.queries.ts'
import type { Subject } from './known-rows.ts'

/** What is about to be said: a decision can be made as if it were. */
export interface Saying {
  readonly about: Subject
  /** '' takes back. */
  readonly set: { readonly [name: string]: string }
  /** As if the date that stands were let go. */
  readonly withoutFloor?: boolean
}

/**
 * Short reads, of this study and its person alone.
 *
 * @param person  any of the keys of the person
 */
export async function toldOf(db: Database, study: string, person: string, saying?: Saying): Promise<Told> {
  const keys = person === '' ? [] : await keysOf(db, person)
  const ofPatient = await saidOf(db, 'patient', keys)
  const here = [
    ...as({ kind: 'study', id: study }, await saidOf(db, 'study', [study]), saying),
    ...keys.flatMap((id) =>
      as(
        { kind: 'patient', id },
        ofPatient.filter(({ subject }) => subject === id),
        saying,
      ),
    ),
  ]
  const trials = [...new Set(here.filter(({ name }) => name === TRIAL).map(({ value }) => value))]
  const rows = await saidOf(db, 'trial', trials)
  const ofTrials = trials.flatMap((id) =>
    as(
      { kind: 'trial', id },
      rows.filter(({ subject }) => subject === id),
      saying,
    ),
  )
  return told([...here, ...ofTrials])
}

/** What is said of one subject, with what is about to be said of it. */
function as({ kind, id }: Subject, rows: readonly SaidRow[], saying: Saying | undefined): Sayings {
  const concerned = saying?.about.kind === kind && saying.about.id === id
  if (!concerned) return rows
  const said = new Map(rows.map(({ name, value }) => [name, value]))
  for (const [name, value] of Object.entries(saying.set)) said.set(name, value)
  if (saying.withoutFloor === true) said.delete(FLOOR)
  return [...said].filter(([, value]) => value !== '').map(([name, value]) => ({ name, value }))
}

/** The same for many studies at once: for walks over all of them. */
export async function toldAmong(
  db: Database,
  studies: readonly { readonly study_uid: string; readonly person_key: string }[],
): Promise<(study: string, person: string) => Told> {
  const persons = await keysOfPersons(
    db,
    [...new Set(studies.map(({ person_key }) => person_key))].filter((one) => one !== ''),
  )
  const uids = studies.map(({ study_uid }) => study_uid)
  const [ofStudies, ofPatients] = await Promise.all([
    saidOf(db, 'study', uids),
    saidOf(db, 'patient', [...persons.keys()]),
  ])
  const trials = [...ofStudies, ...ofPatients].filter(({ name }) => name === TRIAL).map(({ value }) => value)
  const ofTrials = await saidOf(db, 'trial', [...new Set(trials)])
  const byStudy = bySubject(ofStudies)
  const byPerson = bySubject(ofPatients.map((row) => ({ ...row, subject: persons.get(row.subject) ?? row.subject })))
  const byTrial = bySubject(ofTrials)
  return (study, person) => {
    const here = [...(byStudy.get(study) ?? []), ...(byPerson.get(person) ?? [])]
    const more = here.flatMap(({ name, value }) => (name === TRIAL ? (byTrial.get(value) ?? []) : []))
    return told([...here, ...more])
  }
}

function bySubject(rows: readonly SaidRow[]): ReadonlyMap<string, readonly SaidRow[]> {
  const by = new Map<string, SaidRow[]>()
  for (const row of rows) {
    const said = by.get(row.subject) ?? []
    by.set(row.subject, said)
    said.push(row)
  }
  return by
}
