/**
 * The corpus, in Debian's Orthanc, is brought over by `clearkeep migrate` that is killed twice on the way: every object Orthanc
 * lists is here or in the report, with the reason; five that are altered there are found by the next run.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { openTower } from '../../src/server.ts'
import { corpus, corpusDir } from '../support/corpus.ts'
import { missing, type Orthanc, openOrthanc } from '../support/orthanc.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const freePort = (): Promise<number> =>
  new Promise((settle) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => settle(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

const made = Array.from({ length: 60 }, (_, at) =>
  syntheticInstance({ seed: 500 + at, study: 50 + Math.floor(at / 10), patientId: `MADE-${Math.floor(at / 10)}` }),
)
/** More to bring over, such as a data set of the bench: a folder. */
const extra = (): readonly string[] => {
  const folder = process.env['MIGRATE_SET']
  return folder === undefined
    ? []
    : readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => join(folder, name))
        .filter((file) => file.endsWith('.dcm'))
}
const why = missing || (corpusDir() === undefined ? 'needs the corpus' : '')

describe.skipIf(why !== '')(`a migration from Orthanc${why && `: ${why}`}`, { timeout: 900_000 }, () => {
  let orthanc: Orthanc
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-migrate-peer-'))
  const data = join(scratch, 'data')
  beforeAll(async () => {
    orthanc = await openOrthanc({
      httpPort: await freePort(),
      dicomPort: await freePort(),
      archive: { aet: 'CLEARKEEP', dicomPort: 1, dicomweb: 'http://127.0.0.1:1/dicom-web' },
    })
    let taken = 0
    // Not the malformed ones: Debian's Orthanc dies of the deeply nested sequence among them.
    for (const { file } of corpus().filter((one) => !one.file.includes('/malformed/')))
      await orthanc.post('/instances', readFileSync(file)).then(
        () => (taken += 1),
        () => {},
      )
    for (const { bytes } of made) await orthanc.post('/instances', bytes)
    for (const file of extra())
      await orthanc.post('/instances', readFileSync(file)).then(
        () => (taken += 1),
        () => {},
      )
    console.info(`Orthanc took ${taken} files and ${made.length} made ones`)
  }, 600_000)
  afterAll(async () => {
    await orthanc?.stop()
    rmSync(scratch, { recursive: true, force: true })
  })

  const migrate = (
    killAfter?: number,
  ): Promise<{ code: number | null; lines: Record<string, unknown>[]; said: string }> =>
    new Promise((settle, fail) => {
      const words = ['--json', 'migrate', orthanc.address, '--data', data, '--parallel', '3']
      const child = spawn(resolve('bin/clearkeep'), words, { cwd: scratch, stdio: ['ignore', 'pipe', 'pipe'] })
      let [told, said, rest] = [0, '', '']
      const lines: Record<string, unknown>[] = []
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const parts = (rest + text).split('\n')
        rest = parts.pop() ?? ''
        for (const part of parts) {
          const line = JSON.parse(part) as Record<string, unknown>
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
  const of = (lines: readonly Record<string, unknown>[], kind: string) =>
    lines.filter((line) => line['kind'] === kind).map((line) => String(line['instance']))

  const listed = async (): Promise<readonly string[]> => {
    const instances = await orthanc.get<{ MainDicomTags: { SOPInstanceUID: string } }[]>('/instances?expand')
    return instances.map(({ MainDicomTags }) => MainDicomTags.SOPInstanceUID)
  }
  const kept = async (): Promise<ReadonlySet<string>> => {
    const tower = await openTower(loadConfig({ data }, undefined, {}).config, '0', 'test')
    const rows = await tower.db.read.selectFrom('instances').select('sop_uid').where('current', '=', 1).execute()
    await tower.close()
    return new Set(rows.map(({ sop_uid }) => sop_uid))
  }

  it('is exact after two kills, and finds five objects that were altered since', async () => {
    expect((await migrate(5)).code).toBeNull()
    expect((await migrate(5)).code).toBeNull()
    const done = await migrate()
    expect(done.said).toContain('The report is in')
    const [theirs, ours] = [await listed(), await kept()]
    const told = new Set([...of(done.lines, 'missing'), ...of(done.lines, 'unreadable')])
    const lost = theirs.filter((uid) => !ours.has(uid))
    console.info(
      `listed ${theirs.length}, here ${ours.size}; not here ${lost.length}; told of: ` +
        ['missing', 'extra', 'changed', 'duplicate', 'identity', 'unreadable']
          .map((kind) => `${kind} ${of(done.lines, kind).length}`)
          .join(', '),
    )
    for (const line of done.lines.filter((one) => one['kind'] === 'unreadable')) console.info(JSON.stringify(line))
    expect(new Set(lost)).toEqual(told)
    expect(of(done.lines, 'changed')).toEqual([])
    expect([...ours].filter((uid) => !theirs.includes(uid))).toEqual([])

    const five = made.filter((_, at) => at % 12 === 0)
    const ids = await orthanc.get<{ ID: string; MainDicomTags: { SOPInstanceUID: string } }[]>('/instances?expand')
    for (const { instance, study } of five) {
      const id = ids.find(({ MainDicomTags }) => MainDicomTags.SOPInstanceUID === instance)?.ID ?? ''
      await fetch(`${orthanc.url}/instances/${id}`, { method: 'DELETE' })
      const at = made.findIndex((one) => one.instance === instance)
      const other = syntheticInstance({
        seed: 500 + at,
        study: 50 + Math.floor(at / 10),
        patientId: `MADE-${Math.floor(at / 10)}`,
        value: () => 9,
      })
      expect([other.instance, other.study]).toEqual([instance, study])
      await orthanc.post('/instances', other.bytes)
    }
    const again = await migrate()
    expect(of(again.lines, 'changed').sort()).toEqual(five.map(({ instance }) => instance).sort())
    expect(new Set([...of(again.lines, 'missing'), ...of(again.lines, 'unreadable')])).toEqual(told)
  })
})
