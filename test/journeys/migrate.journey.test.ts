/**
 * `clearkeep migrate`: another archive is brought over, killed on the way and gone on with; its report says exactly what is not
 * as it was listed, the log vouches for it, and a second run finds what was changed at the source.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { original, qido, stow } from '../support/client.ts'
import { run } from '../support/dcmtk.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })

const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-migrate-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const freePort = (): Promise<number> =>
  new Promise((settle) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => settle(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

async function archive(options: Parameters<typeof startServer>[0] = {}): Promise<RunningServer> {
  const server = await startServer(options)
  ends.push(() => server.stop())
  return server
}

/** Eight studies over thirty years, one without a date: forty objects. */
const images = Array.from({ length: 40 }, (_, at) => {
  const study = Math.floor(at / 5) + 1
  return syntheticInstance({
    seed: at + 1,
    study,
    rows: 128,
    columns: 128,
    patientId: `OLD-${Math.ceil(study / 2)}`,
    patientName: `OLD^PATIENT ${Math.ceil(study / 2)}`,
    studyDate: study === 8 ? '' : `${1996 + study * 4}0${study}15`,
    ...(study < 3 && { birthDate: study === 1 ? '19700203' : '19710203' }),
  })
})
const altered = images
  .filter((_, at) => at % 8 === 0)
  .map((_, at) =>
    syntheticInstance({
      seed: at * 8 + 1,
      study: Math.floor((at * 8) / 5) + 1,
      rows: 128,
      columns: 128,
      patientId: `OLD-${Math.ceil((Math.floor((at * 8) / 5) + 1) / 2)}`,
      value: () => 7,
    }),
  )

const fill = async (server: RunningServer, some: readonly Synthetic[]) => {
  for (const { bytes } of some) expect((await stow(server.dicomweb, bytes)).status).toBe(200)
}

/** Runs to its end, or is killed when it has fetched that many studies. */
function migrate(
  words: readonly string[],
  killAfter?: number,
): Promise<{ code: number | null; lines: object[]; said: string }> {
  return new Promise((settle, fail) => {
    const child = spawn(resolve('bin/clearkeep'), ['--json', 'migrate', ...words], {
      cwd: scratch,
      env: { ...process.env, CLEARKEEP_LOG__LEVEL: 'warn' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [told, said, rest] = [0, '', '']
    const lines: object[] = []
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const line = JSON.parse(part) as object
        lines.push(line)
        if ('fetched' in line) told += 1
        if (killAfter !== undefined && told >= killAfter) child.kill('SIGKILL')
      }
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    child.once('error', fail)
    child.once('close', (code) => settle({ code, lines, said }))
  })
}
const findings = (lines: readonly object[]) =>
  lines.filter((line) => 'kind' in line) as { kind: string; instance: string }[]
const kinds = (lines: readonly object[]) => [...new Set(findings(lines).map(({ kind }) => kind))].sort()

describe('a migration by C-GET into a data folder', () => {
  it('killed twice it goes on, brings everything over bit for bit, and reports what the source contradicts itself in', async () => {
    const dicomPort = await freePort()
    const old = await archive({ flags: ['--dicom-port', String(dicomPort), '--ae-title', 'OLDPACS'] })
    await fill(old, images)
    const data = join(scratch, 'data')
    const words = [
      `OLDPACS@127.0.0.1:${dicomPort}`,
      '--data',
      data,
      '--parallel',
      '2',
      '--book',
      join(scratch, 'book.db'),
    ]
    const report = ['--report', join(scratch, 'report')]

    const first = await migrate([...words, ...report, '--rate', '1'], 2)
    expect(first.code, first.said).toBeNull()
    const second = await migrate([...words, ...report, '--rate', '1'], 2)
    expect(second.code, second.said).toBeNull()
    expect(second.said).toContain('Run 1 goes on where it was')
    const done = await migrate([...words, ...report])
    const fetched = [...first.lines, ...second.lines, ...done.lines].filter((line) => 'fetched' in line)
    // None is fetched again that was fetched: two at a time may be under way when it is killed.
    expect(fetched.length).toBeLessThanOrEqual(8 + 2)
    // Patient OLD-1 has two birth dates: that is found, and nothing else.
    expect(kinds(done.lines), done.said).toEqual(['identity'])
    expect(done.code).toBe(1)

    const names = readdirSync(join(scratch, 'report')).sort()
    expect(names.map((name) => name.replace(/.*\./, ''))).toEqual(['csv', 'html', 'ndjson'])
    const [csv = '', html = '', sealed = ''] = names.map((name) => join(scratch, 'report', name))
    expect(readFileSync(csv, 'utf8').trim().split('\r\n')).toHaveLength(1 + 1)
    expect(readFileSync(html, 'utf8')).toContain('OLD-1')
    const lines = readFileSync(sealed, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines[1]).toMatchObject({ studies: 8, pulled: 8, listed: 40, came: 40, stopped: false })
    const digest = createHash('sha256').update(readFileSync(html)).digest('hex')
    expect(lines).toContainEqual({ kind: 'file', name: 'html', sha256: digest })
    const checked = await run(resolve('bin/clearkeep'), 'verify', sealed)
    expect(checked.code, checked.said).toBe(0)

    const here = await archive({ data })
    const kept = await qido(here.dicomweb, '/instances?limit=100')
    expect(kept).toHaveLength(40)
    for (const { study, series, instance, bytes, dataSetStart } of images.filter((_, at) => at % 7 === 0)) {
      const given = await original(here.url, study, series, instance)
      expect(given.subarray(given.length - (bytes.length - dataSetStart)).equals(bytes.subarray(dataSetStart))).toBe(
        true,
      )
    }
    await here.stop()

    // The old archive is another now: five objects are not what they were, and one has gone.
    await old.stop()
    const after = await archive({ flags: ['--dicom-port', String(dicomPort), '--ae-title', 'OLDPACS'] })
    const changed = new Set(altered.map(({ instance }) => instance))
    await fill(after, [...altered, ...images.filter(({ instance }) => !changed.has(instance)).slice(0, -1)])
    const again = await migrate([...words, ...report])
    const found = findings(again.lines)
    expect(
      found
        .filter(({ kind }) => kind === 'changed')
        .map(({ instance }) => instance)
        .sort(),
    ).toEqual([...changed].sort())
    expect(found.filter(({ kind }) => kind === 'extra').map(({ instance }) => instance)).toEqual([
      images.at(-1)?.instance,
    ])
    expect(found.filter(({ kind }) => kind === 'missing' || kind === 'unreadable')).toEqual([])
  })
})

describe('a migration into a running archive', () => {
  it('by C-GET through its web door, and by C-MOVE to its DICOM port: the same, and nothing is left', async () => {
    const herePort = await freePort()
    const old = await archive({
      flags: ['--ae-title', 'OLDPACS'],
      environment: {
        CLEARKEEP_DICOM__DESTINATIONS: JSON.stringify([{ aet: 'CLEARKEEP', host: '127.0.0.1', port: herePort }]),
      },
    })
    const few = images.slice(10, 20)
    await fill(old, few)
    const here = await archive({ flags: ['--dicom-port', String(herePort)] })
    const address = `OLDPACS@127.0.0.1:${old.dicomPort}`
    const target = ['--server', here.url]
    const got = await migrate([address, ...target, '--book', join(scratch, 'got.db'), '--report', join(scratch, 'got')])
    expect(got.code, got.said).toBe(0)
    expect(await qido(here.dicomweb, '/instances?limit=100')).toHaveLength(10)
    await fill(old, images.slice(20, 25))
    const moved = await migrate([
      address,
      ...target,
      '--move',
      'CLEARKEEP',
      '--book',
      join(scratch, 'moved.db'),
      '--report',
      join(scratch, 'moved'),
    ])
    expect(moved.code, moved.said).toBe(0)
    expect(await qido(here.dicomweb, '/instances?limit=100')).toHaveLength(15)
    const [sealed = ''] = readdirSync(join(scratch, 'moved')).filter((name) => name.endsWith('.ndjson'))
    expect((await run(resolve('bin/clearkeep'), 'verify', join(scratch, 'moved', sealed))).code).toBe(0)
  })

  it('is refused where the address is none, or C-MOVE has nowhere to go', async () => {
    expect((await migrate(['nowhere'])).code).toBe(2)
    expect((await migrate(['OLD@127.0.0.1:1', '--data', join(scratch, 'none'), '--move', 'US'])).code).toBe(2)
  })
})
