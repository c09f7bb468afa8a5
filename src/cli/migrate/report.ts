/**
 * The report of a migration: lines of canonical JSON whose digest the archive's log vouches for (`clearkeep verify` checks it), and
 * the same as CSV and HTML for people, whose digests stand in the lines.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '../../base/canonical-json.ts'
import { csvLine } from '../../base/csv.ts'
import type { MigrationReport } from './findings.ts'
import { htmlReport } from './report-html.ts'

/** Findings that are lines of their own; all are counted, and in the CSV. */
const MOST = 100_000

export interface ReportFiles {
  readonly csv: string
  readonly html: string
  /** All lines but the last, which seals them. */
  readonly lines: string
  readonly sha256: string
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** @param begun  the keys of the log, and the software */
export function filesOf(
  report: MigrationReport,
  begun: { readonly keys: readonly string[]; readonly software: string },
): ReportFiles {
  const { findings, counts, ...facts } = report
  const csv = [
    csvLine(['kind', 'study', 'instance', 'what']),
    ...findings.map(({ kind, study, instance, what }) => csvLine([kind, study, instance, what])),
  ].join('')
  const html = htmlReport(report)
  const head: { readonly [name: string]: Json } = {
    kind: 'report',
    v: 1,
    question: 'migration',
    at: report.at,
    software: begun.software,
    keys: [...begun.keys],
  }
  const lines = [
    head,
    { kind: 'answer', ...facts, counts: { ...counts } },
    ...findings.slice(0, MOST).map(({ kind, ...rest }) => ({ kind: 'finding', of: kind, ...rest })),
    { kind: 'file', name: 'csv', sha256: sha256(csv) },
    { kind: 'file', name: 'html', sha256: sha256(html) },
  ]
    .map((line) => `${canonicalJson(JSON.parse(JSON.stringify(line)) as Json)}\n`)
    .join('')
  return { csv, html, lines, sha256: sha256(lines) }
}

/** The last line: the entry of the log that has the digest of all before. */
export const sealLine = (seal: { readonly [name: string]: Json }): string =>
  `${canonicalJson({ kind: 'seal', ...seal })}\n`
