/**
 * The book of a migration: what the old archive lists, what was fetched, and what became of it, in a file of its own, so that a
 * migration that was broken off goes on where it was. A run lists and fetches everything; the next one does so again and finds
 * what was changed at the source in between.
 */
import { openControlStore } from '../../storage/sql/control-store.ts'
import {
  addSlice,
  allStudies,
  BOOK_MIGRATIONS,
  changedObjects,
  countObjects,
  countStudies,
  differencesOf,
  dropSlices,
  duplicates,
  fact,
  failedObjects,
  goneObjects,
  goneStudies,
  hasStudy,
  type IdentityRow,
  identitiesOfPatient,
  identitiesOfStudy,
  markListed,
  markPulled,
  type ObjectRow,
  objectsOf,
  openStudies,
  patientsOfSeveral,
  putIdentity,
  putObject,
  putStudy,
  replaceDifferences,
  type StudyRow,
  setFact,
  setObject,
  slice,
  studiesOfSeveral,
} from './migrate.queries.ts'
import type { Slice } from './slices.ts'

export type { IdentityRow, ObjectRow, StudyRow } from './migrate.queries.ts'

export interface Listed extends IdentityRow {
  readonly date: string
  /** Objects the archive says it has; -1 when it does not say. */
  readonly stated: number
}

export interface Came {
  readonly study: string
  readonly instance: string
  readonly ds: string
  readonly outcome: 'stored' | 'already' | 'conflict' | 'refused' | 'failed'
  readonly code: string
  readonly why: string
}

export interface Book {
  readonly run: number
  /** This run goes on where another process was. */
  readonly resumed: boolean
  asked(slice: Slice): boolean
  /** Studies of a span, with one sync. */
  list(slice: Slice | undefined, studies: readonly Listed[]): void
  knows(study: string): boolean
  open(): readonly StudyRow[]
  counts(): { readonly studies: number; readonly pulled: number }
  /** The objects of a study, with one sync. */
  listObjects(study: string, objects: readonly Pick<ObjectRow, 'series' | 'instance' | 'sop_class'>[]): void
  /** Of a study, those this run listed. */
  objects(study: string): readonly ObjectRow[]
  came(objects: readonly Came[]): void
  pulled(study: string, differences: Parameters<typeof replaceDifferences>[2]): void
  /** The run is over: the next one is another. */
  end(): void
  readonly findings: {
    studies(after: string, limit: number): readonly StudyRow[]
    missing(): ReturnType<typeof differencesOf>
    extra(): ReturnType<typeof differencesOf>
    changed(): readonly ObjectRow[]
    failed(): readonly ObjectRow[]
    duplicates(): ReturnType<typeof duplicates>
    /** Studies of several patients, and patients that contradict themselves: what the archive says of each. */
    identities(): readonly { readonly of: 'study' | 'patient'; readonly rows: readonly IdentityRow[] }[]
    gone(): { readonly studies: readonly StudyRow[]; readonly objects: readonly ObjectRow[] }
    totals(): ReturnType<typeof countObjects>
  }
  close(): void
}

export function openBook(path: string): Book {
  const store = openControlStore(path, BOOK_MIGRATIONS)
  const last = Number(fact(store, 'run') ?? '0')
  const resumed = last > 0 && fact(store, 'ended') !== String(last)
  const run = resumed ? last : last + 1
  if (!resumed)
    store.together(() => {
      setFact(store, 'run', String(run))
      dropSlices(store)
    })
  return {
    run,
    resumed,
    asked: ({ first, last: to }) => slice(store, first, to) !== undefined,
    list(span, studies) {
      store.together(() => {
        for (const { date, stated, ...identity } of studies) {
          putStudy(store, identity.study, date, run, stated)
          putIdentity(store, identity, run)
        }
        if (span !== undefined) addSlice(store, span.first, span.last, studies.length)
      })
    },
    knows: (study) => hasStudy(store, study, run),
    open: () => openStudies(store, run),
    counts: () => countStudies(store, run),
    listObjects(study, objects) {
      store.together(() => {
        for (const object of objects) putObject(store, { study, ...object }, run)
        markListed(store, study)
      })
    },
    objects: (study) => objectsOf(store, study).filter((one) => one.run === run),
    came(objects) {
      store.together(() => {
        for (const { study, instance, ...of } of objects) setObject(store, study, instance, run, of)
      })
    },
    pulled(study, differences) {
      replaceDifferences(store, study, differences)
      markPulled(store, study)
    },
    end: () => void setFact(store, 'ended', String(run)),
    findings: {
      studies: (after, limit) => allStudies(store, run, after, limit),
      missing: () => differencesOf(store, 'missing', run),
      extra: () => differencesOf(store, 'extra', run),
      changed: () => changedObjects(store, run),
      failed: () => failedObjects(store, run),
      duplicates: () => duplicates(store, run),
      identities: () => [
        ...studiesOfSeveral(store, run).map(({ study }) => ({
          of: 'study' as const,
          rows: identitiesOfStudy(store, study, run),
        })),
        ...patientsOfSeveral(store, run).map(({ id, issuer }) => ({
          of: 'patient' as const,
          rows: identitiesOfPatient(store, id, issuer, run),
        })),
      ],
      gone: () => ({ studies: goneStudies(store, run), objects: goneObjects(store, run) }),
      totals: () => countObjects(store, run),
    },
    close: () => store.close(),
  }
}
