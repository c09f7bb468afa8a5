/**
 * `clearkeep migrate`: brings over what another DICOM archive has. A census by C-FIND, the objects by C-GET or C-MOVE, several
 * studies at a time and no faster than is said; then a report of all that is not as it was listed. Broken off it goes on where it
 * was; run again it finds what was changed at the source.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import type { Loaded } from '../../config.ts'
import type { QueryOptions, Root } from '../../network/services/query.ts'
import { dicomAddress, EXIT, type Exit, type Output } from '../command.ts'
import { type TlsFlags, tlsOf } from '../tls.ts'
import { type Book, openBook } from './book.ts'
import { listStudies } from './census.ts'
import { KIND_WORDS, KINDS, type MigrationReport, reportOf } from './findings.ts'
import { type Here, withHere } from './here.ts'
import { openPace } from './pace.ts'
import { pullStudy } from './pull.ts'
import { filesOf, sealLine } from './report.ts'

export interface MigrateFlags extends TlsFlags {
  readonly calling: string
  readonly root: string
  readonly move?: string
  readonly parallel: number
  /** Megabytes a second; 0: as fast as it goes. */
  readonly rate: number
  readonly book?: string
  readonly report?: string
  readonly [flag: string]: unknown
}

/** The old archive may be away for a while: asked again after so long, so often. */
const AGAIN_MS = [1000, 5000, 15_000, 60_000]

export async function migrate(
  address: string,
  flags: MigrateFlags,
  loaded: Loaded,
  version: string,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const { aet, host, port } = dicomAddress(address)
  if (flags.root !== 'patient' && flags.root !== 'study')
    throw new ArchiveError('USAGE', { why: '--root is patient or study.' })
  if (flags.parallel < 1 || flags.parallel > 16)
    throw new ArchiveError('USAGE', { why: '--parallel is from 1 to 16 studies at a time.' })
  if (flags.move !== undefined && flags['server'] === undefined)
    throw new ArchiveError('USAGE', {
      why: '--move needs a running archive that the old one can send to: --server URL.',
    })
  const query: QueryOptions = {
    host,
    port,
    calledAet: aet,
    callingAet: flags.calling,
    root: flags.root satisfies Root,
    signal,
    ...tlsOf(flags),
  }
  const source = `${aet}@${host}:${port}`
  return withHere(flags, loaded, version, signal, async (here) => {
    const book = openBook(flags.book ?? `migration-${fileName(aet)}.db`)
    try {
      const begun = await here.begin(source, book.run)
      out.say(book.resumed ? `Run ${book.run} goes on where it was.` : `Run ${book.run} begins.`)
      const stopped = await perform(book, here, query, flags, out)
      const report = reportOf(book, { source, at: new Date().toISOString(), stopped })
      await write(here, report, begun, flags.report ?? `migration-${fileName(aet)}`, out)
      if (!stopped) book.end()
      tell(report, out)
      const found = KINDS.some((kind) => report.counts[kind] > 0)
      return stopped || found ? EXIT.failed : EXIT.done
    } finally {
      book.close()
    }
  })
}

/** @returns whether it was stopped before its end */
async function perform(
  book: Book,
  here: Here,
  query: QueryOptions,
  flags: MigrateFlags,
  out: Output,
): Promise<boolean> {
  const { signal } = query
  const stopped = () => signal?.aborted === true
  const listing = out.progress('Listing', undefined, 'studies')
  try {
    const today = new Date().toISOString().slice(0, 10).replaceAll('-', '')
    await patiently(
      () => listStudies(book, query, today, { listed: (studies) => listing.advance(studies, 0) }),
      out,
      signal,
    )
  } catch (thrown) {
    if (stopped()) return true
    throw thrown
  } finally {
    listing.done()
  }
  const open = [...book.open()]
  const { studies, pulled } = book.counts()
  out.say(`${studies} studies are listed${pulled > 0 ? `, ${pulled} of them were fetched already` : ''}.`)
  const fetching = out.progress('Fetching', undefined, 'objects')
  const pace = openPace(flags.rate * 1_000_000)
  const options = {
    query,
    moveTo: flags.move,
    pace,
    came: (bytes: number) => fetching.advance(1, bytes),
  }
  let failure: ArchiveError | undefined
  const work = async (): Promise<void> => {
    for (let next = open.shift(); next !== undefined && failure === undefined && !stopped(); next = open.shift()) {
      const { study, listed } = next
      try {
        await patiently(() => pullStudy(book, here, study, listed === 1, options), out, signal)
        out.record({ fetched: study })
      } catch (thrown) {
        if (!stopped()) failure ??= asArchiveError(thrown)
      }
    }
  }
  await Promise.all(Array.from({ length: flags.parallel }, work))
  fetching.done()
  if (failure !== undefined) throw failure
  return stopped()
}

/** Tries again when the old archive is away; what is written in the book is not done twice. */
async function patiently(work: () => Promise<void>, out: Output, signal: AbortSignal | undefined): Promise<void> {
  for (let attempt = 0; ; attempt += 1)
    try {
      return await work()
    } catch (thrown) {
      const error = asArchiveError(thrown)
      const wait = AGAIN_MS[attempt]
      const away = ['NET_UNREACHABLE', 'NET_ABORTED', 'NET_TIMEOUT', 'NET_REFUSED', 'NET_QUERY'].includes(error.code)
      if (!away || wait === undefined || signal?.aborted === true) throw error
      out.say(`${error.fact} Asked again in ${wait / 1000} s.`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, wait)
        function done(): void {
          clearTimeout(timer)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        signal?.addEventListener('abort', done)
      })
    }
}

async function write(
  here: Here,
  report: MigrationReport,
  begun: Parameters<typeof filesOf>[1],
  folder: string,
  out: Output,
): Promise<void> {
  const { csv, html, lines, sha256 } = filesOf(report, begun)
  const { source, run, counts } = report
  const seal = await here.seal({ source, run, sha256, counts })
  const name = `run-${run}-${report.at.slice(0, 19).replaceAll(/[-:]/g, '')}`
  mkdirSync(folder, { recursive: true })
  const files = [
    [`${name}.ndjson`, lines + sealLine({ ...seal })],
    [`${name}.csv`, csv],
    [`${name}.html`, html],
  ] as const
  for (const [file, text] of files) writeFileSync(join(folder, file), text, { flag: 'wx' })
  out.say(`The report is in ${join(folder, `${name}.html`)}, as CSV and sealed lines beside it.`)
  out.record({ report: { ...report, findings: undefined, folder, name } })
}

function tell({ studies, listed, came, counts, findings, stopped }: MigrationReport, out: Output): void {
  for (const finding of findings) out.record(finding)
  if (stopped) out.say('Stopped; run it again to go on.')
  out.print(`${studies} studies and ${listed} objects are listed, ${came} objects were fetched.`)
  for (const kind of KINDS) if (counts[kind] > 0) out.print(`${String(counts[kind]).padStart(8)}  ${KIND_WORDS[kind]}`)
  if (KINDS.every((kind) => counts[kind] === 0) && !stopped) out.print('Everything listed is here, as it was given.')
}

/** An AE title may hold what no file name does. */
const fileName = (aet: string): string => aet.trim().replaceAll(/[^A-Za-z0-9._-]/g, '_')
