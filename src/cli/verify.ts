/**
 * `clearkeep verify`: a data folder, a log folder alone, or a report, checked offline and step by step. It only reads, so it may look at
 * a backup, at a stranger's copy, or at the folder of an archive that runs.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { ArchiveError, asArchiveError } from '../base/errors.ts'
import { type KeptCheckpoint, keptCheckpoint } from '../ledger/verify/kept-checkpoint.ts'
import { checkLog, quotes, readLogTexts } from '../ledger/verify/log-check.ts'
import { namesIn, openLogFolder } from '../ledger/verify/read-log.ts'
import { openReport, type Report, type Step } from '../ledger/verify/report.ts'
import type { Checkpoint } from '../proof/checkpoint.ts'
import type { VerifierKey } from '../proof/note.ts'
import { isReportFile, verifyReportFile } from '../proof/report-file.ts'
import { diskFiles } from '../storage/files/disk.ts'
import { readHolder } from '../storage/lock.ts'
import { verifyData } from '../vault/verify-data.ts'
import { EXIT, type Exit, keyGiven, type Output, type Progress } from './command.ts'

export interface VerifyFlags {
  /** Verifier keys, or files that hold them. */
  readonly key?: readonly string[]
  /** Files of checkpoints kept elsewhere. */
  readonly checkpoint?: readonly string[]
  /** Verifier keys of witnesses, or files that hold them. */
  readonly witness?: readonly string[]
}

/** What the caller brought to hold the folder against. */
interface Given {
  readonly keys: readonly VerifierKey[]
  readonly kept: readonly KeptCheckpoint[]
  readonly witnesses: readonly VerifierKey[]
}

/** Findings shown of one step; `--json` has more. */
const SHOWN = 20
const MEGABYTE = 1_000_000

export async function verify(path: string, flags: VerifyFlags, signal: AbortSignal, out: Output): Promise<Exit> {
  const folder = resolve(path)
  const keys = (flags.key ?? []).map(keyGiven)
  const kept = (flags.checkpoint ?? []).map(checkpointOf)
  const given: Given = { keys, kept, witnesses: (flags.witness ?? []).map(keyGiven) }
  const report = openReport((step) => tell(step, out))
  if (statSync(folder, { throwIfNoEntry: false })?.isFile()) {
    reportFile(folder, given, report)
    return verdict(report, kept.length > 0, out)
  }
  const kind = await kindOf(folder)
  if (kind === 'data') await dataFolder(folder, given, report, signal, out)
  else await logFolders(kind === 'log' ? [folder] : await yearsIn(folder), given, report, out)
  return verdict(report, kept.length > 0, out)
}

/** The answer to a question, as the archive gave it out. @throws {ArchiveError} `USAGE` */
function reportFile(path: string, { keys, witnesses }: Given, report: Report): void {
  const text = readFileSync(path, 'utf8')
  if (!isReportFile(text))
    throw new ArchiveError('USAGE', {
      why: `${path} is no report of this archive (.ndjson); an evidence pack is checked by the verifier in it.`,
    })
  const outcomes = { pass: 'passed', FAIL: 'failed', skip: 'not checked' } as const
  for (const { what, outcome, fact, findings } of verifyReportFile(text, {
    keys: [...keys, ...witnesses],
    checkpoints: [],
  }))
    if (findings.length === 0) report.add('report', what, outcomes[outcome], fact)
    else {
      const step = report.open('report', what)
      for (const finding of findings) step.finding(finding)
      step.end(fact)
    }
}

/** What the folder is. @throws {ArchiveError} `USAGE` when it is nothing that can be checked */
async function kindOf(folder: string): Promise<'data' | 'log' | 'logs'> {
  if (existsSync(join(folder, 'inbox'))) return 'data'
  if (existsSync(join(folder, 'checkpoint')) || existsSync(join(folder, 'tile'))) return 'log'
  if ((await yearsIn(folder)).length > 0) return 'logs'
  throw new ArchiveError('USAGE', {
    why: `${folder} is neither a data folder (it has no inbox) nor a log (it has no checkpoint).`,
  })
}

async function yearsIn(folder: string): Promise<readonly string[]> {
  const names = await namesIn(diskFiles(), folder)
  return names.filter((name) => /^\d{4}\/$/.test(name)).map((name) => join(folder, name.slice(0, -1)))
}

async function dataFolder(data: string, given: Given, report: Report, signal: AbortSignal, out: Output): Promise<void> {
  const files = diskFiles()
  const running = holderOf(data)
  if (running !== undefined)
    out.say(`Process ${running} has this folder open: what arrives from now on is not looked at.`)
  const before = growth(data)
  const progress = steadily(out)
  try {
    await verifyData({
      files,
      data,
      ...given,
      running: running !== undefined,
      report,
      total: progress.total,
      advance: progress.advance,
      signal,
    })
  } finally {
    progress.done()
  }
  const after = growth(data)
  if (before !== after) out.say('The folder was written to meanwhile; what came is not looked at.')
}

/** The process that holds the folder, if it is alive on this machine. */
function holderOf(data: string): number | undefined {
  const holder = readHolder(data)
  if (holder === undefined) return undefined
  try {
    process.kill(holder.pid, 0)
    return holder.pid
  } catch (thrown) {
    return Reflect.get(Object(thrown), 'code') === 'EPERM' ? holder.pid : undefined
  }
}

/** Changes when an archive writes to its log or its lock. */
function growth(data: string): string {
  const seen = (name: string): string => {
    const found = statSync(join(data, name), { throwIfNoEntry: false })
    return found === undefined ? '' : `${found.size} ${found.mtimeMs}`
  }
  return ['keys/log-checkpoint', 'lock.json', 'inbox'].map(seen).join(', ')
}

async function logFolders(folders: readonly string[], given: Given, report: Report, out: Output): Promise<void> {
  const files = diskFiles()
  const progress = out.progress('Verifying', undefined, 'leaves')
  const origins: string[] = []
  let before: { readonly part: string; readonly checkpoint: Checkpoint } | undefined
  try {
    for (const path of folders) {
      const part = `log/${basename(path)}`
      const folder = openLogFolder(files, path)
      const texts = await readLogTexts(folder)
      const { checkpoint, previous } = await checkLog(
        { part, folder, texts, ...given, advance: (entries) => progress.advance(entries, 0) },
        report,
      )
      if (checkpoint !== undefined) origins.push(checkpoint.origin)
      if (before !== undefined) {
        const quoted = quotes(previous, before.checkpoint)
        report.add(
          part,
          'begins where the year before ended',
          quoted ? 'passed' : 'failed',
          `its first leaf ${quoted ? 'quotes' : 'does not quote'} the last checkpoint of ${before.part}`,
        )
      }
      before = checkpoint && { part, checkpoint }
    }
  } finally {
    progress.done()
  }
  for (const { where, origin } of given.kept)
    if (!origins.includes(origin))
      report.add('log', `extends ${where}`, 'failed', `it is of ${origin}, and there is no such log here`)
  report.add(
    'journal',
    'bodies',
    'not checked',
    'a log alone names nobody: what its leaves speak of is in the data folder',
  )
}

/** Progress in whole megabytes, so that the bar ends full. */
function steadily(out: Output) {
  let progress: Progress | undefined
  let rest = 0
  return {
    total: (bytes: number) => {
      progress = out.progress('Verifying', Math.round(bytes / MEGABYTE), 'MB')
    },
    advance: (bytes: number) => {
      rest += bytes
      const whole = Math.floor(rest / MEGABYTE)
      rest -= whole * MEGABYTE
      progress?.advance(whole, bytes)
    },
    done: () => progress?.done(),
  }
}

// --- what is said

const WORDS = { passed: 'pass', failed: 'FAIL', 'not checked': 'skip' } as const

function tell(step: Step, out: Output): void {
  const { part, what, outcome, fact, findings, found } = step
  out.record({ ...step })
  out.print(
    `${WORDS[outcome]}  ${part}, ${what}: ${outcome === 'failed' && found > 0 && findings.length > 0 ? `${found} wrong. Looked at: ` : ''}${fact}`,
  )
  for (const finding of findings.slice(0, SHOWN)) out.print(`      ${finding}`)
  if (found > SHOWN) out.print(`      and ${found - Math.min(SHOWN, findings.length)} more`)
}

function verdict({ steps }: Report, held: boolean, out: Output): Exit {
  const count = (outcome: Step['outcome']) => steps.filter((step) => step.outcome === outcome).length
  const [failed, passed, open] = [count('failed'), count('passed'), count('not checked')]
  const intact = failed === 0
  out.record({ verdict: { intact, passed, failed, notChecked: open } })
  out.say(
    `${intact ? 'Intact' : 'NOT intact'}: ${passed} steps passed, ${failed} failed, ${open} could not be checked.`,
  )
  if (intact && !held)
    out.say(
      'That nothing was written anew as a whole is shown only by a checkpoint the archive cannot reach (--checkpoint).',
    )
  return intact ? EXIT.done : EXIT.failed
}

// --- what is given

/** @throws {ArchiveError} `USAGE` */
function checkpointOf(path: string): KeptCheckpoint {
  if (!existsSync(path)) throw new ArchiveError('USAGE', { why: `There is no file ${path}.` })
  try {
    return keptCheckpoint(path, readFileSync(path, 'utf8'))
  } catch (thrown) {
    throw new ArchiveError('USAGE', { why: `${path} is no checkpoint. ${asArchiveError(thrown).fact}` })
  }
}
