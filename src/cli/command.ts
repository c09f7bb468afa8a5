/**
 * What every command shares: exit codes, words and progress on standard error, records on standard output.
 */
import { existsSync, readFileSync } from 'node:fs'
import { ArchiveError, asArchiveError } from '../base/errors.ts'
import { parseKey, type VerifierKey } from '../proof/note.ts'

/** 0 done, 1 found or failed something, 2 wrong use. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const
export type Exit = (typeof EXIT)[keyof typeof EXIT]

export interface Progress {
  advance(items: number, bytes: number): void
  done(): void
}

export interface Output {
  /** A sentence for a person, on standard error. */
  say(sentence: string): void
  /** A record for a machine: one JSON a line on standard output when `--json` was given, else nothing. */
  record(value: object): void
  /** A result for a person, on standard output, unless `--json` was given. */
  print(line: string): void
  progress(label: string, total: number | undefined, unit: string): Progress
}

const PIPE_INTERVAL_MS = 10_000
const TERMINAL_INTERVAL_MS = 200

export function output(json: boolean): Output {
  const say = (sentence: string) => void process.stderr.write(`${sentence}\n`)
  return {
    say,
    record: (value) => void (json && process.stdout.write(`${JSON.stringify(value)}\n`)),
    print: (line) => void (json || process.stdout.write(`${line}\n`)),
    progress: (label, total, unit) => progress(label, total, unit, process.stderr.isTTY === true),
  }
}

/** A bar that rewrites its line on a terminal; a line every ten seconds in a pipe. */
function progress(label: string, total: number | undefined, unit: string, terminal: boolean): Progress {
  const begun = Date.now()
  let [items, bytes, shownAt] = [0, 0, begun]
  const line = () => {
    const seconds = Math.max(0.001, (Date.now() - begun) / 1000)
    const count = total === undefined ? group(items) : `${group(items)} / ${group(total)}`
    return `${label}  ${bar(items, total)}${count} ${unit}  ${size(bytes)}  ${size(bytes / seconds)}/s`
  }
  const show = (end: string) => void process.stderr.write(terminal ? `\r\x1b[K${line()}${end}` : `${line()}\n`)
  return {
    advance(moreItems, moreBytes) {
      items += moreItems
      bytes += moreBytes
      if (Date.now() - shownAt < (terminal ? TERMINAL_INTERVAL_MS : PIPE_INTERVAL_MS)) return
      shownAt = Date.now()
      show('')
    },
    done: () => show('\n'),
  }
}

function bar(items: number, total: number | undefined): string {
  if (total === undefined || total === 0) return ''
  const full = Math.min(20, Math.floor((items / total) * 20))
  return `[${'#'.repeat(full)}${'.'.repeat(20 - full)}]  `
}

const group = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ' ')

/** Bytes for people: decimal units, as disks are sold. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let [value, at] = [bytes, 0]
  while (value >= 1000 && at < units.length - 1) [value, at] = [value / 1000, at + 1]
  return `${at === 0 ? Math.round(value) : value.toFixed(1)} ${units[at]}`
}

/** Says what failed, with its remedy, and gives the exit code. */
export function explain(thrown: unknown, out: Output): Exit {
  const error = asArchiveError(thrown)
  out.say(error.code === 'DEFECT' ? `${error.message}\n${stack(thrown)}` : error.message)
  out.record({ error: error.code, fact: error.fact, remedy: error.remedy })
  return error.code === 'USAGE' || error.code === 'CONFIG_INVALID' || error.code === 'CONFIG_UNKNOWN'
    ? EXIT.usage
    : EXIT.failed
}

const stack = (thrown: unknown): string => (thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown))

/** `AET@HOST:PORT` as the DICOM commands take it. @throws {ArchiveError} `USAGE` */
export function dicomAddress(text: string): { readonly aet: string; readonly host: string; readonly port: number } {
  const parts = /^(?:dicom:\/\/)?([^@]{1,16})@(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(text)
  const port = Number(parts?.[3])
  if (parts?.[1] === undefined || parts[2] === undefined || port < 1 || port > 65535)
    throw new ArchiveError('USAGE', {
      why: `"${text}" is not a DICOM address; one looks like CLEARKEEP@127.0.0.1:11112.`,
    })
  return { aet: parts[1], host: parts[2].replace(/^\[|\]$/g, ''), port }
}

/** A verifier key, or the file that holds it. @throws {ArchiveError} `USAGE` */
export function keyGiven(given: string): VerifierKey {
  try {
    return parseKey(existsSync(given) ? readFileSync(given, 'utf8').trim() : given)
  } catch (thrown) {
    throw new ArchiveError('USAGE', {
      why: `${given} is no key, and no file that holds one. ${asArchiveError(thrown).fact}`,
    })
  }
}
