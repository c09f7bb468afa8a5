/**
 * The corpus of real files that tests read: `CORPUS_DIR`, or `../shared/corpus` beside the checkout.
 *
 * Without one, tests that need it are skipped by name (`describe.skipIf(corpusDir() === undefined)`); on CI a missing
 * corpus is a failure, so that nothing goes untested unnoticed.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** One line of MANIFEST.tsv; the columns are described in the corpus's README. */
export interface CorpusFile {
  /** Below the corpus, with slashes: `series/ct-chest-143/…`. */
  readonly path: string
  /** Where it lies. */
  readonly file: string
  readonly sha256: string
  readonly bytes: number
  /** `ok`, or why a reader fails or must be careful. */
  readonly expect: string
  readonly transferSyntax: string
  readonly sopClass: string
  readonly characterSet: string
  /** Every column, by its heading. */
  readonly columns: Readonly<Record<string, string>>
}

let found: string | undefined
let looked = false

/** Undefined when there is none; a warning is printed once. Throws on CI. */
export function corpusDir(): string | undefined {
  if (!looked) {
    looked = true
    const folder = resolve(process.env['CORPUS_DIR'] ?? '../shared/corpus')
    if (existsSync(join(folder, 'MANIFEST.tsv'))) found = folder
    else if (process.env['CI'] === 'true') throw new Error(`no corpus at ${folder}: set CORPUS_DIR`)
    else console.warn('no corpus: the tests that read it are skipped; set CORPUS_DIR')
  }
  return found
}

/** A tab-separated table of the corpus as rows by heading; empty when there is no corpus. */
export function corpusTable(name: string): readonly Readonly<Record<string, string>>[] {
  const folder = corpusDir()
  if (folder === undefined) return []
  const [headings = '', ...lines] = readFileSync(join(folder, name), 'utf8').split('\n')
  const names = headings.split('\t')
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const cells = line.split('\t')
      return Object.fromEntries(names.map((heading, at) => [heading, cells[at] ?? '']))
    })
}

/** The files of the corpus, or of one folder of it (`charsets`); none when there is no corpus. */
export function corpus(folder = ''): readonly CorpusFile[] {
  const root = corpusDir() ?? ''
  const within = folder === '' ? '' : `${folder.replace(/\/$/, '')}/`
  return corpusTable('MANIFEST.tsv')
    .filter((row) => (row['path'] ?? '').startsWith(within))
    .map((row) => ({
      path: row['path'] ?? '',
      file: join(root, row['path'] ?? ''),
      sha256: row['sha256'] ?? '',
      bytes: Number(row['bytes']),
      expect: row['expect'] ?? '',
      transferSyntax: row['transfer_syntax_uid'] ?? '',
      sopClass: row['sop_class_uid'] ?? '',
      characterSet: row['charset'] ?? '',
      columns: row,
    }))
}
