/**
 * Other people's test vectors, beside the corpus: `../shared/vectors`. Without them the tests that read them are skipped
 * by name; on CI their absence is a failure.
 */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Undefined when there are none of this name. */
export function vectorsDir(name: string): string | undefined {
  const corpus = resolve(process.env['CORPUS_DIR'] ?? '../shared/corpus')
  const folder = join(dirname(corpus), 'vectors', name)
  if (existsSync(folder)) return folder
  if (process.env['CI'] === 'true') throw new Error(`no vectors at ${folder}`)
  return undefined
}
