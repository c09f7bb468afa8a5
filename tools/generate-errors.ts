/** `docs/errors.md` from the table of errors. */
import { ERRORS, type ErrorRow } from '../src/base/errors.ts'

export function generateErrors(): ReadonlyMap<string, string> {
  const rows = Object.entries(ERRORS as Record<string, ErrorRow>).map(
    ([code, { says, remedy, http, dimse }]) =>
      `| ${code} | ${cell(says)} | ${cell(remedy)} | ${http} | ${dimse.toString(16).toUpperCase().padStart(4, '0')}H |`,
  )
  const text = `# Errors

Every error a person or a peer can meet: what it says, what to do, and how each door answers. Words in braces are the
facts of the case. Generated from \`src/base/errors.ts\` by \`npm run generate\`; do not edit.

| code | says | remedy | HTTP | DIMSE |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`
  return new Map([['docs/errors.md', text]])
}

const cell = (text: string): string => text.replaceAll('|', '\\|')
