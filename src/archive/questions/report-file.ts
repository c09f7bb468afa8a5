/**
 * The answer to a question as a file a stranger can check: lines of canonical JSON, with the entries of the log the answer
 * rests on and their proofs. The digest of the file is itself journaled; that entry and its proof are the last line. So the
 * log's key vouches for the file without signing anything but its checkpoints. `proof/report-file.ts` checks it.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '../../base/canonical-json.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { TransparencyLog } from '../../ledger/log/log.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { EventsTable } from '../../storage/sql/schema.ts'
import type { Acts } from '../acts.ts'
import type { Answers, Question } from '../answers.ts'
import { entriesAt, leafSaying } from './questions.queries.ts'

export interface ReportFileParts {
  readonly db: Database
  readonly acts: Acts
  readonly ledger: Pick<TransparencyLog, 'sign' | 'state' | 'proof' | 'key' | 'years'>
  readonly version: string
}

type Line = { readonly kind: string; readonly [name: string]: Json | undefined }

/** What the file says, and the numbers of the leaves it rests on. */
interface Contents {
  readonly about: { readonly study?: string; readonly patient?: string }
  readonly lines: readonly Line[]
  readonly rests: readonly number[]
}

export function openReportFile(
  { db, acts, ledger, version }: ReportFileParts,
  answers: Omit<Answers, 'reportFile' | 'subjects'>,
): Pick<Answers, 'reportFile'> {
  const entryLine = async (row: EventsTable, kind: string): Promise<Line> => ({
    kind,
    n: Number(row.n),
    leaf: row.leaf,
    body: row.body,
    salt: row.salt,
    proof: await ledger.proof(Number(row.n)),
  })

  return {
    reportFile: async (context, question) => {
      const { about, lines, rests } = await contentsOf(answers, context, question)
      const head: Line = {
        kind: 'report',
        v: 1,
        question: question.question,
        at: context.now().toISOString(),
        software: `Clearkeep ${version}`,
        keys: ledger.years().flatMap((year) => ledger.key(year) ?? []),
      }
      const text: string[] = [head, ...lines].map((line) => `${canonicalJson(line)}\n`)
      for (const row of await entriesAt(
        db,
        [...new Set(rests)].sort((a, b) => a - b),
      )) {
        context.signal.throwIfAborted()
        text.push(`${canonicalJson(await entryLine(row, 'entry'))}\n`)
      }
      const sha256 = createHash('sha256').update(text.join('')).digest('hex')
      const before = ledger.state.leaves - 1
      await acts.event(
        context,
        {
          type: 'aud.110101',
          action: 'R',
          outcome: 0,
          ...about,
          detail: { what: 'report file', question: question.question, lines: text.length, sha256 },
        },
        'now',
      )
      await ledger.sign()
      const seal = await leafSaying(db, 'aud.110101', before, sha256)
      if (seal === undefined)
        throw new ArchiveError('DEFECT', { what: 'a report was journaled and is not in the index' })
      text.push(`${canonicalJson(await entryLine(seal, 'seal'))}\n`)
      return { name: `${question.question}-${stamp(context)}`, text: text.join('') }
    },
  }
}

const stamp = (context: Context): string => context.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')

/** The report as lines: its tables a line a row, and what is left in one line before them. */
async function contentsOf(
  answers: Omit<Answers, 'reportFile' | 'subjects'>,
  context: Context,
  question: Question,
): Promise<Contents> {
  switch (question.question) {
    case 'access': {
      const { people, disclosures, ...report } = await answers.accessReport(context, question.patient)
      return {
        about: { patient: question.patient },
        lines: [
          { kind: 'answer', patient: question.patient, ...report },
          ...people.map((one) => ({ kind: 'person', ...json(one) })),
          ...disclosures.map((one) => ({ kind: 'disclosure', ...json(one) })),
        ],
        rests: disclosures.map(({ n }) => n),
      }
    }
    case 'integrity': {
      const { instances, acts, ...report } = await answers.integrity(context, question.study, question.read ?? false)
      return {
        about: aboutOf(report),
        lines: [
          { kind: 'answer', ...json(report) },
          ...instances.map((one) => ({ kind: 'object', ...json(one), study: report.study })),
          ...acts.map((one) => ({ kind: 'act', ...json(one) })),
        ],
        rests: [...instances, ...acts].map(({ n }) => n),
      }
    }
    case 'destruction': {
      const { acts, ...report } = await answers.destruction(context, question.study)
      return {
        about: aboutOf(report),
        lines: [{ kind: 'answer', ...json(report) }, ...acts.map((one) => ({ kind: 'act', ...json(one) }))],
        rests: acts.map(({ n }) => n),
      }
    }
    case 'completeness': {
      const { studies, incidents, expected, destroyed, ...report } = await answers.completeness(context, question)
      return {
        about: report.patientKey === '' ? {} : { patient: report.patientKey },
        lines: [
          { kind: 'answer', ...json(report) },
          ...studies.map((one) => ({ kind: 'study', ...json(one) })),
          ...destroyed.map((one) => ({ kind: 'destroyed', ...json(one) })),
          ...incidents.map((one) => ({ kind: 'act', ...json(one) })),
          ...expected.map((one) => ({ kind: 'expected', ...json(one) })),
        ],
        rests: [
          ...destroyed.map(({ tombstone }) => tombstone),
          ...[...incidents, ...expected].map(({ n }) => n),
          ...studies.flatMap(({ missing }) => missing),
        ],
      }
    }
  }
}

const aboutOf = ({ study, patientKey }: { readonly study: string; readonly patientKey: string }) => ({
  study,
  ...(patientKey !== '' && { patient: patientKey }),
})

const json = (value: object): { readonly [name: string]: Json } =>
  JSON.parse(JSON.stringify(value)) as { readonly [name: string]: Json }
