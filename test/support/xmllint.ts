/** libxml2's validator and the standard's schema of audit messages, which lies beside the corpus: `../shared/standard`. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const corpus = resolve(process.env['CORPUS_DIR'] ?? '../shared/corpus')
const SCHEMA = join(dirname(corpus), 'standard', 'audit-message.xsd')

/** Why messages cannot be validated here; '' when they can. */
export const missing: string = !existsSync(SCHEMA)
  ? `needs ${'standard/audit-message.xsd'} beside the corpus`
  : spawnSync('xmllint', ['--version']).error !== undefined
    ? 'needs xmllint: apt-get install libxml2-utils'
    : ''

/** What is wrong with these messages, each by its index; none are right. No entity is loaded from anywhere. */
export function faultsOf(messages: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-xml-'))
  try {
    const names = messages.map((message, at) => {
      writeFileSync(join(folder, `${at}.xml`), message)
      return `${at}.xml`
    })
    const faults: string[] = []
    // As many as a command line takes.
    for (let at = 0; at < names.length; at += 1000) {
      const { stderr } = spawnSync(
        'xmllint',
        ['--nonet', '--noout', '--schema', SCHEMA, ...names.slice(at, at + 1000)],
        {
          cwd: folder,
          encoding: 'utf8',
          maxBuffer: 64 * 1024 * 1024,
        },
      )
      faults.push(...stderr.split('\n').filter((line) => line !== '' && !line.endsWith(' validates')))
    }
    return faults
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
