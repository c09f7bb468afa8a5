/**
 * Reports of a study that came by HL7 (ORU^R01): those that name it, or its accession number, and the same person. A number that
 * was used for two patients shows neither the other's report.
 */
import { ArchiveError } from '../../base/errors.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import { personsOfKeys } from '../persons/persons.queries.ts'
import { openGuard } from '../restrictions/guard.ts'
import { reportMessages, studyNumbers } from './workflow.queries.ts'
import type { Workflow } from './workflow.ts'

export function openReports({ db, acts }: { readonly db: Database; readonly acts: Acts }): Pick<Workflow, 'reportsOf'> {
  return {
    reportsOf: async (context, study) => {
      await admit(acts, context, 'read')
      await openGuard({ db, acts }).study(context, study)
      const row = await studyNumbers(db, study)
      if (row === undefined) throw new ArchiveError('NOT_FOUND', { what: `study ${study}` })
      const found = await reportMessages(db, study, row.accession)
      const persons = await personsOfKeys(
        db,
        found.map(({ patient_key }) => patient_key),
      )
      const reports = found.filter(({ patient_key }) => persons.get(patient_key) === row.person_key)
      await acts.event(
        context,
        { type: 'aud.110112', action: 'E', outcome: 0, study, detail: { reports: study, results: reports.length } },
        'soon',
      )
      return reports.map(({ id, received_at, raw }) => ({
        message: Number(id),
        at: received_at,
        raw: Buffer.from(raw, 'base64'),
      }))
    },
  }
}
