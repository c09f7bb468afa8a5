/** SQL of evidence packs: everything kept about a study or a patient, in order. Writes nothing. */
import type { Database } from '../../storage/sql/database.ts'
import type { EventsTable } from '../../storage/sql/schema.ts'
import { RECORD_COLUMNS, type RecordRow } from '../instance-record.ts'
import { keysOf, personOf } from '../persons/persons.queries.ts'

export type EvidenceEvent = Pick<
  EventsTable,
  'n' | 'ts' | 'type' | 'actor' | 'study_uid' | 'patient_key' | 'leaf' | 'body' | 'salt'
>

/** Every version that was ever received for a study. Uses instances_by_series. */
export async function everyVersion(db: Database, study: string): Promise<readonly RecordRow[]> {
  return db.read
    .selectFrom('instances')
    .select(RECORD_COLUMNS)
    .where('study_uid', '=', study)
    .orderBy('series_uid')
    .orderBy('id')
    .execute()
}

/** Studies of the person a patient's key belongs to. Uses studies_by_person. */
export async function studiesOfPatient(db: Database, patient: string): Promise<readonly string[]> {
  const rows = await db.read
    .selectFrom('studies')
    .select('study_uid')
    .where('person_key', '=', await personOf(db, patient))
    .orderBy('study_date')
    .orderBy('study_uid')
    .execute()
  return rows.map(({ study_uid }) => study_uid)
}

/** Events about a study, or about a patient under any of the person's keys, a page at a time, oldest first. Uses events_by_study, events_by_patient. */
export async function eventsAbout(
  db: Database,
  about: { readonly study: string } | { readonly patient: string },
  { after, upTo, limit }: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<readonly EvidenceEvent[]> {
  const keys = 'study' in about ? [] : await keysOf(db, about.patient)
  const query = db.read
    .selectFrom('events')
    .select(['n', 'ts', 'type', 'actor', 'study_uid', 'patient_key', 'leaf', 'body', 'salt'])
    .where('n', '>', after)
    .where('n', '<=', upTo)
    .orderBy('n')
    .limit(limit)
  return (
    'study' in about ? query.where('study_uid', '=', about.study) : query.where('patient_key', 'in', keys)
  ).execute()
}

/** The salt of a study or a patient. */
export async function saltOf(db: Database, kind: 'study' | 'patient', id: string): Promise<string | undefined> {
  const row = await db.read
    .selectFrom('salts')
    .select('salt')
    .where('kind', '=', kind)
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.salt
}
