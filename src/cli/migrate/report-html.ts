/** The report of a migration as a page for people: it needs nothing but itself. */
import { KIND_WORDS, KINDS, type MigrationReport } from './findings.ts'

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem;color:#16202b}
table{border-collapse:collapse;width:100%;margin:0 0 2rem}th,td{text-align:left;vertical-align:top;padding:.4rem .7rem;border-bottom:1px solid #ccd3da}
th{background:#eef1f4}td.uid{font-family:ui-monospace,monospace;font-size:.85rem;overflow-wrap:anywhere}.good{color:#0a6b3d}.bad{color:#a3261b}`

/** Listed of each kind; the CSV has all. */
const MOST = 2000

export function htmlReport(report: MigrationReport): string {
  const { source, run, at, stopped, studies, pulled, listed, came, counts, findings } = report
  const found = KINDS.reduce((sum, kind) => sum + counts[kind], 0)
  const verdict = stopped
    ? 'The migration was stopped; this is what is known so far.'
    : found === 0
      ? 'Everything the old archive lists is here, as it gave it.'
      : `${found} findings, each below.`
  const sections = KINDS.filter((kind) => counts[kind] > 0).map((kind) => {
    const rows = findings.filter((one) => one.kind === kind)
    return `<h2>${escaped(KIND_WORDS[kind])} (${counts[kind]})</h2>
<table><thead><tr><th scope="col">Study</th><th scope="col">Object</th><th scope="col">What</th></tr></thead><tbody>
${rows
  .slice(0, MOST)
  .map(
    ({ study, instance, what }) =>
      `<tr><td class="uid">${escaped(study)}</td><td class="uid">${escaped(instance)}</td><td>${escaped(what)}</td></tr>`,
  )
  .join('\n')}
</tbody></table>${rows.length > MOST ? `<p>${rows.length - MOST} more are in the CSV.</p>` : ''}`
  })
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Migration from ${escaped(source)}</title>
<style>${STYLE}</style></head><body>
<h1>Migration from ${escaped(source)}</h1>
<p class="${found === 0 && !stopped ? 'good' : 'bad'}">${verdict}</p>
<table><tbody>
<tr><th scope="row">Run</th><td>${run}, ${escaped(at)}</td></tr>
<tr><th scope="row">Studies listed, and fetched</th><td>${studies}, ${pulled}</td></tr>
<tr><th scope="row">Objects listed, and fetched</th><td>${listed}, ${came}</td></tr>
${KINDS.map((kind) => `<tr><th scope="row">${escaped(KIND_WORDS[kind])}</th><td>${counts[kind]}</td></tr>`).join('\n')}
</tbody></table>
${sections.join('\n')}
<p>The digest of this page stands in the report beside it (report.ndjson), which the archive’s log vouches for: <code>clearkeep verify</code> checks it.</p>
</body></html>
`
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign)
