/**
 * Who sees which study: asked by every room that finds, reads or tells of one, after `admit`. Whatever is out of somebody's
 * sight is for them as if it were not here; that they asked for it by name is an alert of the log.
 */
import { type Context, pseudonym } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import { admittedAs } from '../../compliance/access.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { Acts } from '../acts.ts'
import { anyHiddenOf, hiddenPatients, hiddenStudies, type Sight } from './restrictions.queries.ts'

/** Undefined for who sees everything: the archive's own jobs. */
export function sightOf({ principal, now }: Pick<Context, 'principal' | 'now'>): Sight | undefined {
  const lists = admittedAs(principal)
  return lists === 'everything' ? undefined : { lists, actor: pseudonym(principal), now: now().toISOString() }
}

export interface Guard {
  /** @throws {ArchiveError} `NOT_FOUND`, as for a study that is not here */
  study(context: Context, study: string): Promise<void>
  /** A whole patient: who may not see one of the studies is not told of the others together. @throws {ArchiveError} `NOT_FOUND` */
  patient(context: Context, patientKey: string): Promise<void>
  /** Rows that name studies and patients, without those out of sight. */
  rows<Row>(
    context: Context,
    rows: readonly Row[],
    of: (row: Row) => { readonly studies?: readonly string[]; readonly patients?: readonly string[] },
  ): Promise<readonly Row[]>
}

export function openGuard({ db, acts }: { readonly db: Database; readonly acts: Pick<Acts, 'event'> }): Guard {
  const refused = (context: Context, about: { readonly study?: string; readonly patient?: string }) =>
    acts.event(
      context,
      {
        type: 'aud.110113',
        action: 'E',
        outcome: 4,
        ...about,
        detail: { act: 'restricted images', because: 'is not on the list of those who see them' },
      },
      'soon',
    )
  return {
    study: async (context, study) => {
      const sight = sightOf(context)
      if (sight === undefined || !(await hiddenStudies(db, sight, [study])).has(study)) return
      await refused(context, { study })
      throw new ArchiveError('NOT_FOUND', { what: `study ${study}` })
    },
    patient: async (context, patient) => {
      const sight = sightOf(context)
      if (sight === undefined || patient === '') return
      if (!(await hiddenPatients(db, sight, [patient])).has(patient) && !(await anyHiddenOf(db, sight, patient))) return
      await refused(context, { patient })
      throw new ArchiveError('NOT_FOUND', { what: 'such patient' })
    },
    rows: async (context, rows, of) => {
      const sight = sightOf(context)
      if (sight === undefined || rows.length === 0) return rows
      const named = rows.map(of)
      const all = (pick: 'studies' | 'patients') => [
        ...new Set(named.flatMap((one) => one[pick] ?? []).filter((name) => name !== '')),
      ]
      const [studies, patients] = [
        await hiddenStudies(db, sight, all('studies')),
        await hiddenPatients(db, sight, all('patients')),
      ]
      if (studies.size === 0 && patients.size === 0) return rows
      return rows.filter((_, at) => {
        const { studies: ofStudies = [], patients: ofPatients = [] } = named[at] ?? {}
        return !ofStudies.some((one) => studies.has(one)) && !ofPatients.some((one) => patients.has(one))
      })
    },
  }
}
