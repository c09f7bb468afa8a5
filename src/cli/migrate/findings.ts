/** What came of a migration: every object the old archive lists held against what is here, as findings of six kinds. */
import type { Book } from './book.ts'

export const KINDS = ['missing', 'extra', 'changed', 'duplicate', 'identity', 'unreadable'] as const
export type Kind = (typeof KINDS)[number]

export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  missing: 'Listed by the old archive, and not here',
  extra: 'Here, and not listed by the old archive',
  changed: 'Other content under a UID that was here before: both are kept, see Conflicts',
  duplicate: 'One UID in several places of the old archive',
  identity: 'The old archive contradicts itself about whose a study is, or who a patient is',
  unreadable: 'Refused here, or not given by the old archive',
}

export interface Finding {
  readonly kind: Kind
  readonly study: string
  readonly instance: string
  readonly what: string
}

export interface MigrationReport {
  readonly source: string
  readonly run: number
  readonly at: string
  readonly stopped: boolean
  readonly studies: number
  readonly pulled: number
  readonly listed: number
  readonly came: number
  readonly counts: Readonly<Record<Kind, number>>
  readonly findings: readonly Finding[]
}

export function reportOf(book: Book, facts: Pick<MigrationReport, 'source' | 'at' | 'stopped'>): MigrationReport {
  const { findings: found } = book
  const failed = found.failed()
  const unreadable = new Set(failed.map(({ study, instance }) => `${study} ${instance}`))
  const gone = found.gone()
  const all: Finding[] = [
    // What was refused is told of once, with its reason.
    ...found
      .missing()
      .filter(({ study, instance }) => !unreadable.has(`${study} ${instance}`))
      .map(({ study, instance }): Finding => ({ kind: 'missing', study, instance, what: '' })),
    ...found.extra().map(({ study, instance }): Finding => ({ kind: 'extra', study, instance, what: '' })),
    ...gone.studies.map(
      ({ study }): Finding => ({
        kind: 'extra',
        study,
        instance: '',
        what: 'an earlier run was told of this study, and this one not',
      }),
    ),
    ...found.changed().map(
      ({ study, instance, ds }): Finding => ({
        kind: 'changed',
        study,
        instance,
        what: `its data set has the SHA-256 ${ds}`,
      }),
    ),
    ...found.duplicates().map(
      ({ instance, places, studies }): Finding => ({
        kind: 'duplicate',
        study: studies.split(',')[0] ?? '',
        instance,
        what: `in ${places} places, of the studies ${studies.split(',').join(', ')}`,
      }),
    ),
    ...found.identities().map(
      ({ of, rows }): Finding => ({
        kind: 'identity',
        study: rows[0]?.study ?? '',
        instance: '',
        what:
          of === 'study'
            ? `the study is of several patients: ${rows.map((row) => patientOf(row)).join('; ')}`
            : `patient ${patientOf(rows[0])} is said to be ${[...new Set(rows.map(personOf))].join('; ')}`,
      }),
    ),
    ...failed.map(
      ({ study, instance, code, why }): Finding => ({
        kind: 'unreadable',
        study,
        instance,
        what: `${code}: ${why}`,
      }),
    ),
  ]
  const { studies, pulled } = book.counts()
  const { listed, came } = found.totals()
  const counts = Object.fromEntries(
    KINDS.map((kind) => [kind, all.filter((one) => one.kind === kind).length]),
  ) as Record<Kind, number>
  return { ...facts, run: book.run, studies, pulled, listed, came, counts, findings: all }
}

const patientOf = (row: { readonly id: string; readonly issuer: string } | undefined): string =>
  row === undefined ? '' : `${row.issuer}|${row.id}`
const personOf = ({ birth, sex }: { readonly birth: string; readonly sex: string }): string =>
  `born ${birth || 'not stated'}, sex ${sex || 'not stated'}`
