import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { original, qido, stow, value } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'

const MIB = 1024 * 1024
const mayMount = process.getuid?.() === 0

/** A file system of its own, small enough to fill in seconds. */
function smallDisk(megabytes: number): { folder: string; unmount: () => void } {
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-disk-'))
  const [image, folder] = [join(scratch, 'image'), join(scratch, 'disk')]
  execFileSync('truncate', ['-s', `${megabytes}M`, image])
  execFileSync('mkfs.ext4', ['-q', '-m', '0', image])
  mkdirSync(folder)
  execFileSync('mount', ['-o', 'loop', image, folder])
  return {
    folder,
    unmount() {
      execFileSync('umount', [folder])
      rmSync(scratch, { recursive: true })
    },
  }
}

/** Stores objects several at a time until the archive refuses some; gives the acknowledged ones. */
async function fill(
  server: RunningServer,
  firstSeed: number,
  pixels: number,
): Promise<{ kept: Synthetic[]; refused: number[] }> {
  const kept: Synthetic[] = []
  const refused: number[] = []
  for (let seed = firstSeed; refused.length === 0 && seed < firstSeed + 400; seed += 4)
    await Promise.all(
      [0, 1, 2, 3].map(async (step) => {
        const sent = syntheticInstance({ seed: seed + step, rows: pixels, columns: pixels })
        const { status } = await stow(server.dicomweb, sent.bytes)
        if (status === 200) kept.push(sent)
        else refused.push(status)
      }),
    )
  return { kept, refused }
}

async function expectAll(server: RunningServer, kept: readonly Synthetic[]): Promise<void> {
  const found = await qido(server.dicomweb, '/instances?limit=1000')
  const uids = new Set(found.map((answer) => value(answer, '00080018')))
  for (const sent of kept) {
    expect(uids).toContain(sent.instance)
    expect((await original(server.url, sent.study, sent.series, sent.instance)).equals(sent.bytes)).toBe(true)
  }
}

// Mounting a file system needs root; without it there is no disk small enough to fill.
describe.skipIf(!mayMount)('a disk that fills up under load', () => {
  const disks: { unmount: () => void }[] = []
  const servers: RunningServer[] = []
  let reserved: { folder: string; unmount: () => void }

  beforeAll(() => {
    reserved = smallDisk(160)
    disks.push(reserved)
  })
  afterAll(async () => {
    for (const server of servers) await server.stop()
    for (const disk of disks) disk.unmount()
  })

  it('refuses before the reserve is touched, keeps all it acknowledged, and goes on by itself when there is room', async () => {
    const filler = join(reserved.folder, 'filler')
    writeFileSync(filler, Buffer.alloc(64 * MIB))
    const server = await startServer({
      data: join(reserved.folder, 'data'),
      environment: {
        CLEARKEEP_STORAGE__RESERVEBYTES: String(24 * MIB),
        CLEARKEEP_STORAGE__SEGMENTBYTES: String(8 * MIB),
      },
    })
    servers.push(server)

    const { kept, refused } = await fill(server, 1, 512)
    expect(refused.every((status) => status === 507)).toBe(true)
    expect(kept.length).toBeGreaterThan(10)
    const free = Number(
      execFileSync('df', ['--output=avail', '-B1', reserved.folder], { encoding: 'utf8' }).split('\n')[1],
    )
    expect(free).toBeGreaterThan(16 * MIB)
    await expectAll(server, kept)

    rmSync(filler)
    const after = syntheticInstance({ seed: 5000, rows: 512, columns: 512 })
    await expect
      .poll(async () => (await stow(server.dicomweb, after.bytes)).status, { timeout: 20_000, interval: 500 })
      .toBe(200)
    await expectAll(server, [...kept, after])
  }, 240_000)

  it('survives a disk that is full to the last byte: refusals, then everything acknowledged is there after a restart', async () => {
    const disk = smallDisk(48)
    disks.push(disk)
    const data = join(disk.folder, 'data')
    const filler = join(disk.folder, 'filler')
    writeFileSync(filler, Buffer.alloc(6 * MIB))
    const environment = { CLEARKEEP_STORAGE__RESERVEBYTES: '0', CLEARKEEP_STORAGE__SEGMENTBYTES: String(4 * MIB) }
    const first = await startServer({ data, environment })
    servers.push(first)
    const { kept, refused } = await fill(first, 10_000, 900) // over 1 MiB: spool files
    const small = await fill(first, 20_000, 64) // into the journal itself
    expect(refused.length + small.refused.length).toBeGreaterThan(0)
    for (const status of [...refused, ...small.refused]) expect([503, 507]).toContain(status)
    // No audit, no disclosure: while not even a leaf can be written, nothing is given out either.
    const sent = kept[0] as Synthetic
    const read = await fetch(`${first.url}/api/instances/${sent.study}/${sent.series}/${sent.instance}/original`)
    await read.arrayBuffer()
    expect([200, 507]).toContain(read.status)
    await first.kill()

    rmSync(filler) // the administrator makes room
    const second = await startServer({ data, environment })
    servers.push(second)
    await expectAll(second, [...kept, ...small.kept])
  }, 240_000)
})
