/**
 * Measures the archive, alone or beside a peer.
 *
 *   npm run bench                                  our micro-benchmarks of the hot paths (bench/*.bench.ts)
 *   npm run bench -- find                          those whose name holds a word
 *   npm run bench -- --beside HARNESS [--rounds 3] [--reading 1] [--scale] [--peer orthanc] [--publish]
 *
 * HARNESS is a folder with `run` and `report` as its README describes them, outside this project; its data sets lie in
 * BENCH_WORK. `--rounds` is for starting and receiving, `--reading` for finding and reading, which takes the peer minutes a
 * round; `--scale` adds 50,000 instances. Both archives are measured in one run, round by round, on the machine as it is. `--publish` writes what was
 * printed, and nothing else, to docs/benchmarks.md.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    beside: { type: 'string' },
    peer: { type: 'string', default: 'orthanc' },
    rounds: { type: 'string', default: '3' },
    reading: { type: 'string', default: '1' },
    scale: { type: 'boolean', default: false },
    publish: { type: 'boolean', default: false },
    /** Print the table of an earlier run's results again. */
    again: { type: 'boolean', default: false },
  },
})

/** One measurement of the harness; what is in it depends on the bench. */
type Measured = Readonly<Record<string, unknown>>
type Figure = (row: Measured) => number | undefined
/** The rounds of one measurement, where the harness keeps them in one row. */
type Figures = (row: Measured) => readonly number[]

const of =
  (key: string): Figure =>
  (row) =>
    typeof row[key] === 'number' ? row[key] : undefined
const cpuMs: Figure = (row) => {
  const [seconds, instances] = [of('serverCpuS')(row), of('instances')(row)]
  return seconds === undefined || !instances ? undefined : (seconds / instances) * 1000
}
const all =
  (key: string): Figures =>
  (row) =>
    Array.isArray(row[key]) ? row[key].filter((value): value is number => typeof value === 'number') : []
const instancesPerSecond: Figure = (row) => {
  const [seconds, instances] = [of('seconds')(row), of('instances')(row)]
  return instances === undefined || !seconds ? undefined : instances / seconds
}

interface Row {
  readonly what: string
  readonly unit: string
  /** Which measurements count: each of these must be equal, or begin so for texts that end in `…`. */
  readonly where: Readonly<Record<string, string>>
  readonly figure: Figure | Figures
  /** What ours must be: so many times the peer's at least, or at most. Undefined: only reported. */
  readonly must?: { readonly times: number; readonly sense: 'least' | 'most' } | { readonly atMost: number }
}

const least = (times: number) => ({ times, sense: 'least' }) as const
const most = (times: number) => ({ times, sense: 'most' }) as const

/** The rows of the product contract that concern what this version does. */
const ROWS: readonly Row[] = [
  ingest('C-STORE, 1 association', 'storescu-1', least(2)),
  ingest('C-STORE, 4 associations', 'storescu-4', least(1.7)),
  ingest('STOW-RS, 1 at a time', 'stow-1', least(2)),
  ingest('STOW-RS, 4 at a time', 'stow-4', least(1.5)),
  {
    what: 'server CPU an instance, C-STORE, 4 associations',
    unit: 'ms',
    where: { variant: 'storescu-4' },
    figure: cpuMs,
    must: { atMost: 4 },
  },
  {
    what: 'peak memory in ingest, C-STORE, 4 associations',
    unit: 'MB',
    where: { variant: 'storescu-4' },
    figure: of('serverPeakRssMB'),
    must: { atMost: 300 },
  },
  ...['medium', 'medium+tiny-many'].flatMap((index) =>
    [
      'studies by PatientID',
      'studies, first page of 50',
      'studies by name wildcard…',
      'instances of a study (the largest)',
    ].flatMap((kind) => [
      found(`${kind.replace('…', '')}, alone`, index, kind, of('aloneMs')),
      found(`${kind.replace('…', '')}, 8 at once, 95th percentile`, index, kind, of('p95ms')),
    ]),
  ),
  ...['medium', 'medium+tiny-many'].flatMap((index) =>
    ['study by PatientID', 'study by name wildcard', 'patient by PatientID'].flatMap((kind) => [
      foundByDimse(`${kind}, alone`, index, kind, of('p50ms')),
      foundByDimse(`${kind}, 4 at once, 95th percentile`, index, kind, of('concP95ms')),
    ]),
  ),
  retrieved('C-GET of the largest CT study', 'cget'),
  retrieved('C-MOVE of the largest CT study', 'cmove'),
  wado('metadata of a series of 500', 'metadata of the largest series', of('medianMs'), 'ms', most(0.1)),
  wado('whole CT study, raw', 'whole study, 1 at a time', instancesPerSecond, 'instances/s', least(1)),
  wado('one frame, single-frame image', 'frame of a single-frame image', of('p50ms'), 'ms', most(0.5)),
  wado('one frame of a multi-frame image', 'frame of a multi-frame image', of('p50ms'), 'ms', most(0.01)),
  wado('rendered PNG of a CT frame', 'rendered PNG', of('p50ms'), 'ms', most(0.5)),
  wado('rendered JPEG of a CT frame', 'rendered JPEG', of('p50ms'), 'ms', most(1)),
  {
    what: 'start to first C-ECHO',
    unit: 'ms',
    where: { bench: 'coldstart', label: 'empty' },
    figure: of('echoMs'),
    must: { atMost: 1000 },
  },
  {
    what: 'idle memory',
    unit: 'MB',
    where: { bench: 'coldstart', label: 'empty' },
    figure: of('idleRssMB'),
    must: { atMost: 150 },
  },
]

function ingest(what: string, variant: string, must: Row['must']): Row {
  return { what, unit: 'instances/s', where: { variant }, figure: of('instancesPerS'), ...(must && { must }) }
}

function found(what: string, index: string, kind: string, figure: Figure): Row {
  return query('QIDO-RS', what, { bench: 'qido', kind, index }, figure)
}

function foundByDimse(what: string, index: string, kind: string, figure: Figure): Row {
  return query('C-FIND', what, { bench: 'cfind', kind, index }, figure)
}

/** A tenth of the peer is what the contract asks at 55,000 instances; at 5,000 it is told, not judged. */
function query(service: string, what: string, where: Row['where'] & { readonly index: string }, figure: Figure): Row {
  const large = where.index !== 'medium'
  return {
    what: `${service} at ${large ? '55,000' : '5,000'} instances: ${what}`,
    unit: 'ms',
    where,
    figure,
    ...(large && { must: most(0.1) }),
  }
}

/** Nothing is written at the receiving end; what lies in the inbox goes out as it came. */
function retrieved(what: string, bench: 'cget' | 'cmove'): Row {
  return {
    what,
    unit: 'MB/s',
    where: { bench, kind: `${bench === 'cget' ? 'C-GET' : 'C-MOVE'} of a CT study` },
    figure: all('MBperSall'),
    must: least(1),
  }
}

function wado(what: string, kind: string, figure: Figure, unit: string, must: Row['must']): Row {
  return { what: `WADO-RS: ${what}`, unit, where: { bench: 'wado', kind }, figure, ...(must && { must }) }
}

function figures(results: readonly Measured[], { where, figure }: Row): readonly number[] {
  const fits = (row: Measured) =>
    row['failed'] !== true &&
    Object.entries(where).every(([key, wanted]) => {
      const value = String(row[key] ?? '')
      return wanted.endsWith('…') ? value.startsWith(wanted.slice(0, -1)) : value === wanted
    })
  return results
    .filter(fits)
    .flatMap((row) => figure(row) ?? [])
    .sort((a, b) => a - b)
}

const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
const digits = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
const spread = (sorted: readonly number[]): string =>
  sorted.length === 0 ? '–' : `${digits(median(sorted))} (${digits(sorted[0] ?? 0)}–${digits(sorted.at(-1) ?? 0)})`

function verdict(row: Row, ours: readonly number[], theirs: readonly number[]): string {
  const { must } = row
  if (must === undefined || ours.length === 0) return '–'
  if ('atMost' in must) return `${must.atMost} at most: ${median(ours) <= must.atMost ? 'met' : '**missed**'}`
  if (theirs.length === 0) return '–'
  const ratio = median(ours) / median(theirs)
  const met = must.sense === 'least' ? ratio >= must.times : ratio <= must.times
  return `× ${must.times} at ${must.sense}: ${met ? 'met' : '**missed**'}`
}

function table(ours: readonly Measured[], theirs: readonly Measured[], peer: string): string {
  const lines = [`| what | unit | Clearkeep | ${peer} | ratio | must |`, '| --- | --- | ---: | ---: | ---: | --- |']
  for (const row of ROWS) {
    const [a, b] = [figures(ours, row), figures(theirs, row)]
    if (a.length === 0) continue
    const ratio = b.length === 0 ? '–' : `× ${digits(median(a) / median(b))}`
    lines.push(`| ${row.what} | ${row.unit} | ${spread(a)} | ${spread(b)} | ${ratio} | ${verdict(row, a, b)} |`)
  }
  return lines.join('\n')
}

const version = (command: string, ...words: readonly string[]): string => {
  try {
    return (
      execFileSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
        .split('\n')[0]
        ?.trim() ?? ''
    )
  } catch {
    return ''
  }
}

function machine(peer: string): string {
  const [cpu] = cpus()
  return [
    `Machine: ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}.`,
    `Peer: ${version('Orthanc', '--version') || peer}. Clients: ${version('storescu', '--version').replace(/^\$dcmtk: /, 'DCMTK ')}.`,
    'Clients and servers share the cores over loopback. Both servers, and the DCMTK clients, with TCP_NODELAY; the peer syncs each file.',
    'Medians, in brackets the least and the greatest. All of ours with audit on, every answer after its sync.',
  ].join('\n')
}

/** Where the harness has a C-MOVE go. */
const DESTINATION = '[{aet: BENCHSCP, host: 127.0.0.1, port: 14299}]'

function beside(harness: string): number {
  const work = process.env['BENCH_WORK']
  if (work === undefined) {
    console.error('BENCH_WORK must name the folder with the data sets; the harness’s README says how to make them.')
    return 2
  }
  const peer = values.peer
  const stages = [
    ['cold,ingest', values.rounds],
    [values.scale ? 'load,query,wado,dimse,scale' : 'load,query,wado,dimse', values.reading],
  ] as const
  const results = (target: string, stage: number) => join(work, 'results', `${target}-bench-${stage}.json`)
  if (!values.again)
    for (const [stage, [phases, reps]] of stages.entries())
      for (const target of ['clearkeep', peer]) {
        const words = [target, '--phases', phases, '--reps', reps, '--out', results(target, stage)]
        const { status } = spawnSync(join(harness, 'run'), words, {
          stdio: ['ignore', 'ignore', 'inherit'],
          env: { ...process.env, CLEARKEEP: resolve('.'), CLEARKEEP_DICOM__DESTINATIONS: DESTINATION },
        })
        if (status !== 0) return 1
      }
  const read = (target: string): readonly Measured[] =>
    stages.flatMap(
      (_, stage) =>
        (JSON.parse(readFileSync(results(target, stage), 'utf8')) as { readonly results: readonly Measured[] }).results,
    )
  const said = `${machine(peer)}\n\n${table(read('clearkeep'), read(peer), peer)}\n`
  console.log(said)
  if (values.publish) publish(said)
  return 0
}

/** What the page says of the figures stands below them and is kept. */
function publish(said: string): void {
  const page = 'docs/benchmarks.md'
  const [begin, end] = ['<!-- bench: begin -->', '<!-- bench: end -->']
  const now = readFileSync(page, 'utf8')
  const [before] = now.split(begin)
  const after = now.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`${page} has no place for figures`)
  writeFileSync(page, `${before}${begin}\n${said}${end}${after}`)
}

function alone(): number {
  let failed = 0
  for (const name of readdirSync('bench').filter((one) => one.endsWith('.bench.ts'))) {
    if (positionals.length > 0 && !positionals.some((word) => name.includes(word))) continue
    console.log(`# ${name}`)
    const { status } = spawnSync(process.execPath, [join('bench', name)], { stdio: ['ignore', 'inherit', 'inherit'] })
    if (status !== 0) failed += 1
  }
  return failed === 0 ? 0 : 1
}

process.exit(values.beside === undefined ? alone() : beside(resolve(values.beside)))
