/** The report of an evidence pack: what is in it, in plain words, to read and to print. Pure. */
import type { InstanceRecord, StudyRetention } from '../archive.ts'
import type { SummaryRow } from '../worklist.queries.ts'

export interface ReportStudy {
  readonly summary: SummaryRow
  readonly records: readonly InstanceRecord[]
  readonly retention: StudyRetention
}

export interface ReportAct {
  readonly n: number
  readonly ts: string
  readonly sentence: string
}

export interface Report {
  readonly studies: readonly ReportStudy[]
  readonly acts: readonly ReportAct[]
  readonly at: Date
  readonly version: string
}

const STYLE = `
:root { color-scheme: light; }
body { font: 14px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; border-bottom: 1px solid #999; } h3 { font-size: 1rem; }
table { width: 100%; border-collapse: collapse; margin: .5rem 0; } th, td { text-align: left; vertical-align: top; padding: .25rem .5rem; border-bottom: 1px solid #ccc; }
td { overflow-wrap: anywhere; } time { white-space: nowrap; } code { font-size: .8rem; overflow-wrap: anywhere; } .dim { color: #555; }
@media print { body { margin: 0; } h2 { break-after: avoid; } tr { break-inside: avoid; } thead { display: table-header-group; } }
@page { margin: 18mm 15mm; }
`

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const row = (...cells: readonly string[]): string => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
/** `2026-11-26 23:22:56`, with the whole of it for machines. */
const moment = (iso: string): string =>
  `<time datetime="${escaped(iso)}">${escaped(iso.slice(0, 19).replace('T', ' '))}</time>`
const code = (text: string): string => `<code>${escaped(text)}</code>`
const day = (date: string): string =>
  /^\d{8}$/.test(date) ? `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}` : date || 'not given'

export function reportHtml({ studies, acts, at, version }: Report): string {
  const [first] = studies
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Evidence report</title>
<style>${STYLE}</style>
<h1>Evidence report</h1>
<p>Made ${escaped(at.toISOString())} by Clearkeep ${escaped(version)}. This report only repeats what lies beside it; what proves it is described in
VERIFY.md, and <code>verify.html</code> checks it.</p>
${first ? patient(first.summary) : ''}
${studies.map(study).join('\n')}
<h2>What was done, and by whom</h2>
<p>${acts.length} acts, each with its proof in <code>data/entries</code> under its number. Times are UTC.</p>
<table><thead><tr><th scope="col">Leaf</th><th scope="col">Time</th><th scope="col">What</th></tr></thead><tbody>
${acts.map(({ n, ts, sentence }) => row(String(n), moment(ts), escaped(sentence))).join('\n')}
</tbody></table>
</html>
`
}

const patient = ({ patient_name, patient_id, issuer, birth_date, sex }: SummaryRow): string => `<h2>Patient</h2>
<table><tbody>
${row('Name', escaped(patient_name.split('=')[0]?.replaceAll('^', ' ').trim() || 'not given'))}
${row('Patient ID', `${escaped(patient_id || 'not given')}${issuer === '' ? '' : ` <span class="dim">(${escaped(issuer)})</span>`}`)}
${row('Birth date', escaped(day(birth_date)))}
${row('Sex', escaped(sex || 'not given'))}
</tbody></table>`

function study({ summary, records, retention }: ReportStudy): string {
  const { governing, holds, status, retainThrough } = retention
  const kept =
    holds.length > 0
      ? `On legal hold since ${holds[0]?.since ?? ''}.`
      : retainThrough === undefined
        ? status === 'UNDETERMINED'
          ? 'Kept until more is known.'
          : 'Kept without end.'
        : `Kept at least through ${retainThrough}.`
  return `<h2>Study of ${escaped(day(summary.study_date))}: ${escaped(summary.description || 'without a description')}</h2>
<table><tbody>
${row('Study Instance UID', code(summary.study_uid))}
${row('Accession number', escaped(summary.accession || 'not given'))}
${row('Modalities', escaped(summary.modalities.replaceAll('\\', ', ')))}
${row('Received', `${escaped(summary.received_first)} to ${escaped(summary.received_last)}`)}
${row('Kept', `${escaped(kept)}${governing.map(({ title, source }) => `<br>${escaped(title)} <span class="dim">(${escaped(source)})</span>`).join('')}`)}
</tbody></table>
<h3>${records.length} objects as received</h3>
<table><thead><tr><th scope="col">Leaf</th><th scope="col">SOP Instance UID</th><th scope="col">Received</th><th scope="col">SHA-256 of the data set</th></tr></thead><tbody>
${records
  .map((record) =>
    row(
      String(record.id),
      `${code(record.key.instance)}${record.current ? '' : `<br><span class="dim">version ${record.version}, kept beside the first</span>`}`,
      moment(record.receivedAt),
      code(record.ds),
    ),
  )
  .join('\n')}
</tbody></table>`
}
