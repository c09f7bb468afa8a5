/**
 * The first question of an audit: who saw this patient's images, and to whom were they given? Making the report is itself an
 * act, journaled before anything is answered.
 */
import { ArchiveError } from '../../base/errors.ts'
import { ACCOUNTING_YEARS, openAccessReport } from '../../ledger/access-report.ts'
import type { TransparencyLog } from '../../ledger/log/log.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import type { Answers } from '../answers.ts'
import { actsAbout } from '../evidence/acts-about.ts'
import { studiesOfPatient } from '../evidence/evidence.queries.ts'
import { openGuard } from '../restrictions/guard.ts'
import { lastCheckpoint } from './telling.ts'

export function openAccess({
  db,
  acts,
  ledger,
}: {
  readonly db: Database
  readonly acts: Acts
  readonly ledger: Pick<TransparencyLog, 'sign' | 'state' | 'years' | 'checkpoint'>
}): Pick<Answers, 'accessReport'> {
  return {
    accessReport: async (context, patient) => {
      await admit(acts, context, 'audit.see')
      await openGuard({ db, acts }).patient(context, patient)
      const studies = await studiesOfPatient(db, patient)
      await acts.event(
        context,
        { type: 'aud.110101', action: 'R', outcome: 0, patient, detail: { what: 'access report' } },
        'now',
      )
      await ledger.sign()
      const now = context.now()
      const since = new Date(Date.UTC(now.getUTCFullYear() - ACCOUNTING_YEARS, now.getUTCMonth(), now.getUTCDate()))
      const counting = openAccessReport(since.toISOString())
      for await (const event of actsAbout(db, { studies, patient }, ledger.state.signed - 1)) {
        context.signal.throwIfAborted()
        counting.add({ ...event, n: Number(event.n) })
      }
      const report = counting.report()
      // Its own act is always there: without another, nobody ever named this patient.
      if (studies.length === 0 && report.acts <= 1) throw new ArchiveError('NOT_FOUND', { what: 'such patient' })
      return { ...report, since: since.toISOString(), checkpoint: lastCheckpoint(ledger) }
    },
  }
}
