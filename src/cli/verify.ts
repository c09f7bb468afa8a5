/**
 * `clearkeep verify`: is it all there, and is it what it was? Each step in words with its counts, then what was found;
 * never one green tick. Nothing is written, so it may look at a folder that is in use: what arrives meanwhile is not
 * seen.
 */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { verifyData } from '../archive/verify.ts'
import { ArchiveError } from '../base/errors.ts'
import { openStep, type StepReport } from '../base/findings.ts'
import type { Loaded } from '../config.ts'
import { checkYear } from '../ledger/log/check-log.ts'
import { openLogFiles } from '../ledger/log/log-files.ts'
import { openDecoder } from '../server.ts'
import { diskFiles } from '../storage/files/disk.ts'
import { EXIT, type Exit, type Output } from './command.ts'

export async function verify(
  folder: string | undefined,
  flags: Readonly<Record<string, unknown>>,
  { config }: Loaded,
  out: Output,
): Promise<Exit> {
  const path = resolve(folder ?? config.data)
  const keys = (flags['key'] as readonly string[]).map((key) => (existsSync(key) ? readFileSync(key, 'utf8') : key))
  const checkpoints = (flags['checkpoint'] as readonly string[]).map((file) => ({
    from: `in ${basename(file)}`,
    text: textOf(file),
  }))
  const files = diskFiles()

  let reports: readonly StepReport[]
  if (existsSync(join(path, 'inbox'))) {
    const decoder = openDecoder(config)
    const progress = out.progress('Verifying', undefined, 'objects')
    try {
      reports = await verifyData({
        files,
        data: path,
        decoder,
        keys,
        checkpoints,
        progress: (bytes) => progress.advance(1, bytes),
      })
    } finally {
      progress.done()
      await decoder.close()
    }
  } else if (existsSync(join(path, 'checkpoint'))) {
    const step = openStep('The log: entries and tiles against its checkpoint')
    const store = openLogFiles(files, dirname(path), join(path, 'keys'))
    await checkYear({ store, keys, checkpoints, step }, basename(path))
    reports = [step.report()]
  } else throw new ArchiveError('USAGE', { why: `${path} is neither a data folder nor the folder of a log's year.` })

  for (const report of reports) tell(report, out)
  const found = reports.reduce((sum, { findings, more }) => sum + findings.length + more, 0)
  out.record({ folder: path, steps: reports, found })
  out.print(found === 0 ? 'Nothing was found that should not be.' : `${found} findings.`)
  return found === 0 ? EXIT.done : EXIT.failed
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ArchiveError('USAGE', { why: `${file} cannot be read.` }, { cause })
  }
}

function tell({ step, counted, findings, more, not }: StepReport, out: Output): void {
  const counts = Object.entries(counted).map(([what, count]) => `${count} ${what}`)
  out.print(`${step}: ${counts.length === 0 ? 'nothing there' : counts.join(', ')}.`)
  for (const finding of findings) out.print(`  ✗ ${finding}.`)
  if (more > 0) out.print(`  ✗ and ${more} more.`)
  for (const what of not) out.print(`  – not checked: ${what}.`)
}
