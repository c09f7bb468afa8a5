/** The archive and a witness, two programs over loopback: cosigned, away, back, and a fork and an old backup refused. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseCheckpoint } from '../../src/proof/checkpoint.ts'
import { parseKey, parseNote, signersOf } from '../../src/proof/note.ts'
import { verifyProof } from '../../src/proof/verify.ts'
import { remakeLog, retold, stolenKey, takeJournal } from '../support/attacker.ts'
import { stow } from '../support/client.ts'
import { hasPython, python } from '../support/python.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { failedSteps, look } from '../support/verify.ts'
import { type RunningWitness, startWitness } from '../support/witness.ts'

const YEAR = String(new Date().getUTCFullYear())
const ORIGIN = `archive.example.org/log/${YEAR}`
const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-witnessed-'))
const data = join(scratch, 'data')
const backup = join(scratch, 'backup')
let key = ''
let witness: RunningWitness
let server: RunningServer | undefined

const start = async (folder = data) => {
  const witnesses = witness === undefined ? [] : [{ url: witness.url, key: witness.key }]
  server = await startServer({
    data: folder,
    environment: {
      CLEARKEEP_LOG__ORIGIN: 'archive.example.org',
      CLEARKEEP_LOG__WITNESSES: JSON.stringify(witnesses),
      CLEARKEEP_LOG__WITNESSSECONDS: '1',
    },
  })
  return server
}
const stop = async () => {
  expect(await server?.stop()).toBe(0)
  server = undefined
}
const get = async (path: string) => (await fetch(`${server?.url}${path}`)).text()
const peer = async () => JSON.parse(await get('/api/status')).log.witnesses[0]
const logSize = async () => parseCheckpoint(await get(`/log/${YEAR}/checkpoint`)).size
const cosigned = async (): Promise<string[]> =>
  JSON.parse(await (await fetch(`${witness.url}/checkpoints`)).text()).checkpoints
const until = (holds: () => Promise<void>) => vi.waitFor(holds, { timeout: 30_000, interval: 100 })
/** Figures are a second old at most. */
const metric = (line: string) => until(async () => expect((await get('/metrics')).split('\n')).toContain(line))
/** Until the witness has seen all there is. */
const caughtUp = () =>
  until(async () => {
    const { size, problem } = await peer()
    expect({ size, problem }).toEqual({ size: await logSize(), problem: '' })
  })

beforeAll(async () => {
  await start()
  await until(async () => expect(JSON.parse(await get('/log')).shards).toHaveLength(1))
  key = (await get(`/log/${YEAR}/key`)).trim()
  await stop()
  cpSync(data, backup, { recursive: true })
  witness = await startWitness(join(scratch, 'witness'), key)
  await start()
})
afterAll(async () => {
  await server?.stop()
  await witness?.stop()
  rmSync(scratch, { recursive: true, force: true })
})

describe('a witness', () => {
  it('cosigns what the archive signs; whoever fetches the checkpoint or a proof has both signatures', async () => {
    await stow(server?.dicomweb ?? '', syntheticInstance({ seed: 1 }).bytes)
    const [log, theirs] = [parseKey(key), parseKey(witness.key)]
    let text = ''
    // A leaf more, and there is a checkpoint that was not shown to it yet.
    await until(async () => {
      await caughtUp()
      text = await get(`/log/${YEAR}/checkpoint`)
      expect(signersOf(parseNote(text), [log, theirs])).toHaveLength(2)
      const [kept = ''] = await cosigned()
      expect(parseNote(kept).text).toBe(parseNote(text).text)
    })

    const leaf = readFileSync(join(data, `log/${YEAR}/tile/entries/000.p/${parseCheckpoint(text).size}`))
    const first = leaf.subarray(2, 2 + leaf.readUInt16BE(0))
    const steps = verifyProof(first, await get('/api/log/proof/0'), { logs: [log], witnesses: [theirs], quorum: 1 })
    expect(steps.filter(({ passed }) => !passed)).toEqual([])
    expect(steps.map(({ what }) => what)).toContain('witnesses')
    await metric('clearkeep_log_witness_problem{witness="witness.example.org"} 0')
  })

  it('that is away holds up nothing, and is caught up with when it is back', async () => {
    const port = Number(new URL(witness.url).port)
    await witness.stop()
    const { status } = await stow(server?.dicomweb ?? '', syntheticInstance({ seed: 2 }).bytes)
    expect(status).toBe(200)
    await until(async () => expect((await peer()).problem).toBe('it does not answer: ECONNREFUSED'))
    expect(await get('/readyz')).toContain('"ready"')
    await metric('clearkeep_log_witness_problem{witness="witness.example.org"} 1')
    expect((await peer()).refused).toBe(false)

    witness = await startWitness(join(scratch, 'witness'), key, port)
    await caughtUp()
  })

  it('is asked to go on where it was after a restart, and verify sees when it saw what', async () => {
    await stop()
    await start()
    await caughtUp()
    const kept = join(scratch, 'witnessed.txt')
    writeFileSync(kept, (await cosigned())[0] ?? '')
    await stop()
    const { steps, failed } = await look(data, { key: [key], witness: [witness.key], checkpoint: [kept] })
    expect(failed).toEqual({})
    const { size } = parseCheckpoint(readFileSync(kept, 'utf8'))
    expect(steps.find(({ what }) => what === 'witnesses')?.fact).toContain(
      `witness.example.org saw ${size} leaves at ${YEAR}-`,
    )
    expect(steps.find(({ what }) => what === `extends log/${YEAR}/cosigned`)?.outcome).toBe('passed')
    if (hasPython) expect(python('tools/verify-log.py', 'log', join(data, `log/${YEAR}`), key, kept).status).toBe(0)
    expect(witness.said()).toBe('')
  })
})

describe('a witness refuses', () => {
  const refused = async (why: string) => {
    await until(async () => expect(await peer()).toMatchObject({ refused: true, problem: why }))
    await metric('clearkeep_log_witness_refused{witness="witness.example.org"} 1')
    await until(async () => {
      const { events } = JSON.parse(await get('/api/audit?type=aud.110113'))
      expect(events[0]).toMatchObject({ type: 'aud.110113', outcome: 12 })
    })
    // Images are taken all the same.
    expect((await stow(server?.dicomweb ?? '', syntheticInstance({ seed: 90 }).bytes)).status).toBe(200)
  }

  it('a log that somebody with the key forked, and says so', async () => {
    const before = await cosigned()
    const forked = join(scratch, 'forked')
    cpSync(data, forked, { recursive: true })
    const journal = takeJournal(forked)
    const event = journal.events().find(({ leaf }) => leaf.includes('obj.ingest'))
    if (event === undefined) throw new Error('nothing was stored')
    journal.replace(event, retold(event, { body: { outcome: 8 } }))
    journal.putBack()
    remakeLog(
      join(forked, `log/${YEAR}`),
      journal.events().map(({ leaf }) => leaf),
      stolenKey(forked, ORIGIN),
    )
    writeFileSync(join(forked, 'keys/log-checkpoint'), readFileSync(join(forked, `log/${YEAR}/checkpoint`)))
    for (const name of readdirSync(forked)) if (name.startsWith('index.db')) rmSync(join(forked, name))
    rmSync(join(forked, `log/${YEAR}/cosigned`))
    expect((await look(forked, { key: [key] })).failed).toEqual({})

    await start(forked)
    const { size } = parseCheckpoint(before[0] ?? '')
    await refused(`the log does not extend the ${size} leaves it has cosigned`)
    expect(JSON.parse(await get('/api/status')).log.alarm).toBe('')
    expect(witness.said()).toContain(`ALARM: ${ORIGIN} does not extend the ${size} leaves that were cosigned`)
    expect(readdirSync(join(scratch, 'witness/refused')).length).toBeGreaterThan(0)
    expect(await cosigned()).toEqual(before)
    await stop()

    const kept = join(scratch, 'before-the-fork.txt')
    writeFileSync(kept, before[0] ?? '')
    const looked = await look(forked, { key: [key], witness: [witness.key], checkpoint: [kept] })
    expect(failedSteps(looked)).toEqual([`journal, extends ${kept}`, `log/${YEAR}, extends ${kept}`])
  })

  it('an old backup that was put back, and says so', async () => {
    const before = await cosigned()
    await start(backup)
    const { size } = parseCheckpoint(before[0] ?? '')
    await until(async () => expect((await peer()).problem).toMatch(/^it has cosigned \d+ leaves, and the log has \d+$/))
    const { problem } = await peer()
    expect(problem).toContain(`it has cosigned ${size} leaves`)
    await refused(problem)
    expect(await cosigned()).toEqual(before)
  })
})
