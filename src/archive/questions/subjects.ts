/** To whom a question can be put: what an ID or a UID names, among what is here and what was destroyed. */
import { isUsableUid } from '../../dicom/uid.ts'
import { patientKeys } from '../../ledger/audit.queries.ts'
import { splitPatientKey } from '../../ledger/subject.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import type { Answers, Subjects } from '../answers.ts'
import { tombstonesOfStudy } from '../disposition/disposition.queries.ts'
import { openGuard } from '../restrictions/guard.ts'
import { patientNamed, patientsActedOn, studiesCalled, studiesNamedWith, tombstonesIn } from './questions.queries.ts'

const MOST = 200

export function openSubjects({ db, acts }: { readonly db: Database; readonly acts: Acts }): Pick<Answers, 'subjects'> {
  return {
    subjects: async (context, words) => {
      await admit(acts, context, 'audit.see')
      const asked = words.trim()
      const patients = new Set(await patientsActedOn(db, await patientKeys(db, asked)))
      const here = await studiesCalled(db, asked, [...patients], MOST + 1)
      const studies = new Map<string, Subjects['studies'][number]>()
      for (const row of here)
        studies.set(row.study_uid, {
          study: row.study_uid,
          patientKey: row.person_key,
          studyDate: row.study_date,
          modalities: row.modalities.split('\\').filter((one) => one !== ''),
          destroyed: false,
        })
      const named: string[] = isUsableUid(asked) ? [asked] : []
      for (const patient of patients) named.push(...(await studiesNamedWith(db, patient)))
      for (const { study } of await tombstonesIn(db, { studies: [...new Set(named)] })) {
        const [last] = await tombstonesOfStudy(db, study)
        if (last === undefined || studies.has(study)) continue
        studies.set(study, {
          study,
          patientKey: await patientNamed(db, study),
          studyDate: last.study_date,
          modalities: last.modalities.split('\\').filter((one) => one !== ''),
          destroyed: true,
        })
      }
      for (const { patientKey } of studies.values()) if (patientKey !== '') patients.add(patientKey)
      const guard = openGuard({ db, acts })
      const shownPatients = await guard.rows(context, [...patients].sort(), (key) => ({ patients: [key] }))
      const shownStudies = await guard.rows(context, [...studies.values()].slice(0, MOST), (one) => ({
        studies: [one.study],
        patients: [one.patientKey],
      }))
      const found: Subjects = {
        patients: shownPatients.map((key) => ({ key, issuer: '', id: '', ...splitPatientKey(key) })),
        studies: shownStudies,
        truncated: studies.size > MOST,
      }
      const detail = { what: 'subject of a question', asked, results: found.patients.length + found.studies.length }
      await acts.event(context, { type: 'aud.110101', action: 'R', outcome: 0, detail }, 'now')
      return found
    },
  }
}
