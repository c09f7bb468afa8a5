/**
 * Runs a suite and closes with one plain line: `N passed, N failed, N skipped`, the skipped ones by name.
 *
 *   npm test [-- FILTER…]             unit, contracts, journeys; SQLite and PostgreSQL; browser; DCMTK as peer
 *   npm run test:long [-- FILTER…]    crashes by the thousand, fuzzing by the million, 4 GB objects
 *   npm run test:peers [-- FILTER…]   other archives and engines
 *
 * A filter is a part of a file's path, so a room is chosen by its name: `npm test -- src/vault`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SUITES: Record<string, readonly string[]> = {
  unit: ['src', 'test/boundaries.test.ts', 'test/docs.test.ts'],
  test: [
    'src',
    'test/boundaries.test.ts',
    'test/docs.test.ts',
    'test/contract',
    'test/journeys',
    'test/fuzz',
    'test/support',
  ],
  long: ['test/long'],
  peers: ['test/peers'],
}

const words = process.argv.slice(2)
const at = words.indexOf('--suite')
const suite = at < 0 ? 'test' : (words[at + 1] ?? '')
const filters = at < 0 ? words : words.filter((_, index) => index !== at && index !== at + 1)
const folders = SUITES[suite]
if (folders === undefined) {
  console.error(`There is no suite ${suite}; there are ${Object.keys(SUITES).join(', ')}.`)
  process.exit(2)
}

const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-test-'))
const report = join(scratch, 'report.json')
const chosen = filters.length > 0 ? filters : folders
const run = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...chosen,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ],
  { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, TEST_SUITE: suite } },
)

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

let failed = run.status !== 0
const count = { passed: 0, failed: 0, skipped: 0 }
try {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
  const skipped: string[] = []
  for (const file of testResults) {
    if (file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed')) count.failed += 1
    for (const { status, fullName } of file.assertionResults) {
      if (status === 'passed') count.passed += 1
      else if (status === 'failed') count.failed += 1
      else {
        count.skipped += 1
        skipped.push(fullName)
      }
    }
  }
  for (const name of skipped) console.log(`skipped: ${name}`)
} catch {
  console.error('The test runner left no report: it ended early.')
  failed = true
}
rmSync(scratch, { recursive: true, force: true })
if (count.passed === 0 && !failed) {
  console.error('No test ran.')
  failed = true
}
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
process.exit(failed || count.failed > 0 ? 1 : 0)
