/**
 * `clearkeep import`: files, folders, media, ZIP and TAR into a running archive or straight into a data folder.
 *
 * Again is fine: what is there already is recognised by its content. Files that an earlier run of the same import has
 * brought in are not even read again; their names stand in a list beside the data folder's caches, or in `--resume`.
 */
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type ArchiveError, asArchiveError, type ErrorCode } from '../base/errors.ts'
import { EXIT, type Exit, type Output, size } from './command.ts'
import { type Listed, listedObjects } from './media.ts'
import { type Candidate, isDicomdir, shortName } from './sources.ts'

export type ImportAnswer =
  | { readonly outcome: 'stored' | 'already' | 'conflict'; readonly study: string; readonly instance: string }
  /** `code` as in the error table, when the archive tells it; `words`: what happened and what to do about it. */
  | { readonly outcome: 'refused'; readonly code: string; readonly words: string }

/** Where objects go: an archive in this process, or one behind a URL. */
export interface ImportTarget {
  /** @throws {ArchiveError} when the object is refused by this process, or the archive cannot be asked */
  receive(bytes: AsyncIterable<Uint8Array>): Promise<ImportAnswer>
}

export interface ImportOptions {
  /** What is brought in; `candidates(paths)`, or objects that are made on the way. */
  readonly from: AsyncIterable<Candidate> | Iterable<Candidate>
  /** How many these are, when that is known beforehand. */
  readonly total?: number
  /** List of what has been brought in: `mark path` a line. */
  readonly resume?: string
  readonly signal: AbortSignal
}

interface Tally {
  stored: number
  already: number
  conflict: number
  refused: number
  passedOver: number
  skipped: number
  bytes: number
}

/** Objects on their way at the same time: enough for the archive to make several durable with one sync. */
const IN_FLIGHT = 8

/** Failures that concern the archive, not the object: going on would only fail again. */
const FATAL: readonly ErrorCode[] = ['ACCESS_DENIED', 'ACCESS_LOGIN', 'NET_TIMEOUT', 'NET_REFUSED']

export async function importAll(target: ImportTarget, options: ImportOptions, out: Output): Promise<Exit> {
  const tally: Tally = { stored: 0, already: 0, conflict: 0, refused: 0, passedOver: 0, skipped: 0, bytes: 0 }
  const { resume } = options
  const done = resume === undefined ? new Set<string>() : linesOf(resume)
  const progress = out.progress('Importing', options.total, 'objects')
  const listed: Listed[] = []
  const met = new Set<string>()
  const running = new Set<Promise<void>>()
  let fatal: ArchiveError | undefined

  const refused = (candidate: Candidate, code: string, words: string): void => {
    const passedOver = code === 'DICOM_NOT_DICOM' && !candidate.named
    tally[passedOver ? 'passedOver' : 'refused'] += 1
    out.record({ file: candidate.name, outcome: passedOver ? 'passed over' : 'refused', code, reason: words })
    if (!passedOver) out.say(`refused  ${shortName(candidate.name)}: ${words}`)
  }

  const take = async (candidate: Candidate): Promise<void> => {
    try {
      const answer = await target.receive(candidate.open())
      if (answer.outcome === 'refused') return refused(candidate, answer.code, answer.words)
      tally[answer.outcome] += 1
      tally.bytes += candidate.bytes
      out.record({ file: candidate.name, ...answer })
      if (candidate.mark !== undefined && resume !== undefined) appendFileSync(resume, `${resumeLine(candidate)}\n`)
    } catch (thrown) {
      const error = asArchiveError(thrown)
      if (FATAL.includes(error.code)) fatal = error
      refused(candidate, error.code, error.message)
    } finally {
      progress.advance(1, candidate.bytes)
    }
  }

  for await (const candidate of options.from) {
    if (fatal !== undefined || options.signal.aborted) break
    met.add(candidate.name)
    if (isDicomdir(candidate)) {
      listed.push(...(await listedObjects(candidate, out)))
      continue
    }
    if (candidate.mark !== undefined && done.has(resumeLine(candidate))) {
      tally.skipped += 1
      continue
    }
    const task = take(candidate)
    if (candidate.inOrder) await task
    else {
      running.add(task)
      task.finally(() => running.delete(task))
      if (running.size >= IN_FLIGHT) await Promise.race(running)
    }
  }
  await Promise.all(running)
  progress.done()
  if (fatal !== undefined) throw fatal

  const missing = missingFrom(listed, met)
  for (const { name } of missing) out.say(`missing  ${shortName(name)}: the DICOMDIR lists it and it is not there.`)
  report(tally, missing.length, options.signal.aborted, out)
  return tally.refused + missing.length > 0 || options.signal.aborted ? EXIT.failed : EXIT.done
}

/** The list as it stands; its folder is made for what will be added. */
function linesOf(resume: string): Set<string> {
  mkdirSync(dirname(resume), { recursive: true })
  return new Set(existsSync(resume) ? readFileSync(resume, 'utf8').split('\n') : [])
}

const resumeLine = (candidate: Candidate): string => `${candidate.mark} ${resolve(candidate.name)}`

/** Media are written by systems that do not tell upper from lower case, and some add `.` or version numbers. */
function missingFrom(listed: readonly Listed[], met: ReadonlySet<string>): readonly Listed[] {
  const names = new Set([...met].map((name) => name.toLowerCase()))
  return listed.filter(({ name }) => !names.has(name.toLowerCase()) && !names.has(`${name.toLowerCase()}.dcm`))
}

function report(tally: Tally, missing: number, stopped: boolean, out: Output): void {
  const parts = [
    `${tally.stored} stored`,
    `${tally.already} already there`,
    ...(tally.conflict > 0 ? [`${tally.conflict} kept beside other content of the same UID (see conflicts)`] : []),
    `${tally.refused} refused`,
    ...(tally.passedOver > 0 ? [`${tally.passedOver} passed over (no DICOM objects)`] : []),
    ...(tally.skipped > 0 ? [`${tally.skipped} brought in by an earlier run`] : []),
    ...(missing > 0 ? [`${missing} listed on the medium and missing`] : []),
  ]
  out.say(`${stopped ? 'Stopped; run it again to go on. ' : ''}${parts.join(', ')}; ${size(tally.bytes)}.`)
  out.record({ report: { ...tally, missing, stopped } })
}

/** The list of one import in a data folder's caches, named after what is imported. */
export function resumeFile(data: string, paths: readonly string[]): string {
  const name = createHash('sha256')
    .update(paths.map((path) => resolve(path)).join('\n'))
    .digest('hex')
  return join(data, 'cache', 'imports', `${name.slice(0, 16)}.list`)
}
