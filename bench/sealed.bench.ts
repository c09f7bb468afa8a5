/**
 * What sealing makes of images: bytes as received and as kept, by modality and form, what is kept as received and why, and
 * how long it takes: `node bench/sealed.bench.ts corpus|FOLDER…`.
 *
 * `corpus` takes the uncompressed CT, MR, CR and DX of the real files, when they are there. Each is imported and sealed by the
 * commands themselves into a folder of its own; what is counted is what each study's `study.json` says. That every file came
 * back bit for bit was proved by the sealing.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { SealedInstance, SealedStudy } from '../src/vault/seal/order.ts'
import { corpus } from '../test/support/corpus.ts'

const UNCOMPRESSED = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2'])
const MODALITIES = new Set(['CT', 'MR', 'CR', 'DX'])

const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-bench-'))
function measure(name: string): void {
  const files = name === 'corpus' ? uncompressedOfCorpus() : name
  const data = join(scratch, 'data')
  clearkeep('import', files, '--data', data)
  const began = performance.now()
  clearkeep('seal', '--all', '--data', data)
  const seconds = (performance.now() - began) / 1000
  const instances = sealedIn(join(data, 'vault'))
  const received = sum(instances, ({ original }) => original.length)
  const load = loadavg().map((one) => one.toFixed(1))
  console.log(`\n## ${basename(name)}\n`)
  console.log(
    '| modality | kept as | objects | received | kept | of what came |\n| --- | --- | ---: | ---: | ---: | ---: |',
  )
  const groups = Map.groupBy(instances, (one) => `${modalityOf(one)} | ${one.form === 'htj2k' ? 'HTJ2K' : 'received'}`)
  for (const [group, of] of [...groups].sort()) row(group, of)
  row('**all** | ', instances)
  console.log('\n| kept as received because | objects | bytes |\n| --- | ---: | ---: |')
  const reasons = Map.groupBy(
    instances.filter(({ form }) => form === 'received'),
    ({ why = '' }) => why,
  )
  for (const [why, of] of [...reasons].sort()) console.log(`| ${why} | ${of.length} | ${mega(sum(of, kept))} |`)
  console.log(
    `\nSealed in ${seconds.toFixed(1)} s, the start of the command counted: ${((seconds / received) * 1e9).toFixed(0)} s a GB received. Load of the machine then: ${load.join(', ')}.`,
  )
  rmSync(data, { recursive: true, force: true })
}

function row(group: string, of: readonly SealedInstance[]): void {
  const received = sum(of, ({ original }) => original.length)
  const now = sum(of, kept)
  console.log(
    `| ${group} | ${of.length} | ${mega(received)} | ${mega(now)} | ${((now / received) * 100).toFixed(1)} % |`,
  )
}

/** Its recipe is counted. */
const kept = ({ length, recipe }: SealedInstance): number => length + (recipe?.[1] ?? 0)
const sum = <T>(of: readonly T[], value: (one: T) => number): number => of.reduce((total, one) => total + value(one), 0)
const mega = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`
/** As the pack's name has it: small series of several modalities share one. */
const modalityOf = ({ pack }: SealedInstance): string => /-([A-Z0-9]+)\.zip$/.exec(pack)?.[1] ?? 'small series together'

function sealedIn(vault: string): readonly SealedInstance[] {
  const found = new Map<string, string>()
  for (const { parentPath, name } of readdirSync(vault, { recursive: true, withFileTypes: true })) {
    if (name !== 'study.json') continue
    // The newest version has all of it.
    const [, object = '', version = ''] = /^(.*)\/v(\d+)\/content$/.exec(parentPath) ?? []
    const other = /\/v(\d+)\//.exec(found.get(object) ?? '')?.[1] ?? '0'
    if (Number(version) > Number(other)) found.set(object, join(parentPath, name))
  }
  return [...found.values()].flatMap((path) => (JSON.parse(readFileSync(path, 'utf8')) as SealedStudy).instances)
}

function uncompressedOfCorpus(): string {
  const to = join(scratch, 'corpus')
  mkdirSync(to)
  for (const [at, { file, transferSyntax, columns }] of corpus().entries())
    if (MODALITIES.has(columns['modality'] ?? '') && UNCOMPRESSED.has(transferSyntax))
      copyFileSync(file, join(to, `${at}.dcm`))
  return to
}

/** Ends with 1 when some of the files cannot be taken, which the corpus has on purpose. */
function clearkeep(...words: readonly string[]): void {
  try {
    execFileSync('bin/clearkeep', words, { stdio: ['ignore', 'ignore', 'pipe'] })
  } catch (thrown) {
    if (Reflect.get(Object(thrown), 'status') !== 1) throw thrown
  }
}

const asked = process.argv.slice(2)
try {
  for (const name of asked.length === 0 ? ['corpus'] : asked) measure(name)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
