/** SQL of inventories: studies page by page, what is in one, and where it lies. Writes nothing. */
import type { Database } from '../../storage/sql/database.ts'
import type { InstancesTable, SealedTable, SeriesTable, StudiesTable } from '../../storage/sql/schema.ts'

export type ListedStudy = Pick<
  StudiesTable,
  'study_uid' | 'patient_key' | 'modalities' | 'received_last' | 'attributes'
>

/** By UID, so that a page goes on where the last one ended whatever came meanwhile. Uses the primary key. */
export async function studiesAfter(db: Database, after: string, limit: number): Promise<readonly ListedStudy[]> {
  return db.read
    .selectFrom('studies')
    .select(['study_uid', 'patient_key', 'modalities', 'received_last', 'attributes'])
    .where('study_uid', '>', after)
    .orderBy('study_uid')
    .limit(limit)
    .execute()
}

/** Uses the primary key. */
export async function seriesOf(
  db: Database,
  study: string,
): Promise<readonly Pick<SeriesTable, 'series_uid' | 'attributes'>[]> {
  return db.read
    .selectFrom('series')
    .select(['series_uid', 'attributes'])
    .where('study_uid', '=', study)
    .orderBy('series_uid')
    .execute()
}

export type ListedInstance = Pick<
  InstancesTable,
  | 'id'
  | 'series_uid'
  | 'sop_uid'
  | 'sop_class_uid'
  | 'instance_number'
  | 'transfer_syntax'
  | 'segment'
  | 'spool'
  | 'start'
  | 'length'
> & { readonly pack: SealedTable['pack'] | null }

/** Current instances of a study, with the pack of those that lie in the vault. Uses instances_by_series. */
export async function instancesOf(db: Database, study: string): Promise<readonly ListedInstance[]> {
  return db.read
    .selectFrom('instances as i')
    .leftJoin('sealed as v', 'v.id', 'i.id')
    .select([
      'i.id',
      'i.series_uid',
      'i.sop_uid',
      'i.sop_class_uid',
      'i.instance_number',
      'i.transfer_syntax',
      'i.segment',
      'i.spool',
      'i.start',
      'i.length',
      'v.pack',
    ])
    .where('i.study_uid', '=', study)
    .where('i.current', '=', 1)
    .orderBy('i.series_uid')
    .orderBy('i.instance_number')
    .orderBy('i.id')
    .execute()
}
