/**
 * C-MOVE that does not come to its end: cancelled half way, refused, given up by a destination in the middle of an object, a
 * destination that is killed or was never there. Who asked is told, and nothing is left open in the archive.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stow } from '../support/client.ts'
import { hasDcmtk, run, type StoreScp, startStoreScp } from '../support/dcmtk.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const OBJECTS = 60
const ROUNDS = Number(process.env['ROUNDS'] ?? 5)
/** A702H when nothing arrived, B000H when some did, as movescu says it. */
const NOT_SENT = /Final Move Response \((Refused: OutOfResourcesSubOperations|Warning)/
/** Grown caches and a socket that is just closing. */
const FILES_MORE = 4
const MB_MORE = 60

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A storescp on a port that stays the same when it is killed and started again. */
function destinationOn(port: number, ...words: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-dying-'))
  let child: ChildProcess | undefined
  return {
    async start() {
      child = spawn('storescp', ['-od', folder, ...words, String(port)], { stdio: 'ignore' })
      for (let tries = 0; tries < 100; tries += 1) {
        const socket = connect(port, '127.0.0.1')
        const open = await once(socket, 'connect').then(
          () => true,
          () => false,
        )
        socket.destroy()
        if (open) return
        await sleep(50)
      }
      throw new Error('storescp did not start')
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

describe.skipIf(!hasDcmtk())(`C-MOVE that does not come to its end, ${ROUNDS} times each`, { timeout: 900_000 }, () => {
  const objects = Array.from({ length: OBJECTS }, (_, at) => syntheticInstance({ seed: at + 1, rows: 64, columns: 64 }))
  const study = objects[0]?.study ?? ''
  let server: RunningServer
  let whole: StoreScp
  let slow: ReturnType<typeof destinationOn>
  let aborts: ReturnType<typeof destinationOn>
  let refuses: ReturnType<typeof destinationOn>
  let before: { readonly files: number; readonly mb: number }

  beforeAll(async () => {
    const [slowPort, abortsPort, refusesPort, gone] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ]
    whole = await startStoreScp()
    slow = destinationOn(slowPort, '--sleep-during', '1')
    aborts = destinationOn(abortsPort, '--abort-during')
    refuses = destinationOn(refusesPort, '--refuse')
    await Promise.all([slow.start(), aborts.start(), refuses.start()])
    const destination = (aet: string, port: number) => ({ aet, host: '127.0.0.1', port })
    server = await startServer({
      environment: {
        CLEARKEEP_DICOM__DESTINATIONS: JSON.stringify([
          destination('WHOLE', whole.port),
          destination('SLOW', slowPort),
          destination('ABORTS', abortsPort),
          destination('REFUSES', refusesPort),
          destination('GONE', gone),
        ]),
      },
    })
    for (const { bytes } of objects) expect((await stow(server.dicomweb, bytes)).status).toBe(200)
    expect((await move('WHOLE')).code).toBe(0)
    before = await held()
  })
  afterAll(async () => {
    await Promise.all([slow?.kill(), aborts?.kill(), refuses?.kill(), whole?.stop()])
    for (const one of [slow, aborts, refuses]) one?.remove()
    await server?.stop()
  })

  const move = (to: string, ...words: readonly string[]) => {
    const keys = ['-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${study}`]
    const where = ['-aec', server.aet, '127.0.0.1', String(server.dicomPort)]
    return run('movescu', '-v', '-S', '-aem', to, ...words, ...keys, ...where)
  }
  /** Files and sockets that are open, and memory. */
  async function held() {
    await sleep(1500)
    const files = readdirSync(`/proc/${server.pid}/fd`).length
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8')
    return { files, mb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024 }
  }
  async function leavesNothing() {
    const now = await held()
    expect(now.files).toBeLessThanOrEqual(before.files + FILES_MORE)
    expect(now.mb).toBeLessThanOrEqual(before.mb + MB_MORE)
    expect((await move('WHOLE')).code).toBe(0)
  }

  it('ends where it was cancelled, and says so', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { said } = await move('SLOW', '--cancel', '1')
      expect(said).toContain('Final Move Response (Cancel')
    }
    await leavesNothing()
  })

  it.each(['ABORTS', 'REFUSES', 'GONE'])('tells what was not sent to %s', async (to) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { said } = await move(to)
      expect(said).toMatch(NOT_SENT)
    }
    await leavesNothing()
  })

  it('tells what was not sent to a destination that was killed', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const moving = move('SLOW')
      await sleep(2500)
      await slow.kill()
      const { said } = await moving
      expect(said).toMatch(NOT_SENT)
      await slow.start()
    }
    await leavesNothing()
  })

  it('leaves nothing of an asker that is killed', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const where = ['-aec', server.aet, '127.0.0.1', String(server.dicomPort)]
      const keys = ['-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${study}`]
      const asker = spawn('movescu', ['-S', '-aem', 'SLOW', ...keys, ...where], { stdio: 'ignore' })
      await sleep(1500)
      asker.kill('SIGKILL')
      await once(asker, 'exit')
    }
    await sleep(3000)
    await leavesNothing()
  })
})
