import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { noteSigner } from '../../../test/support/made-log.ts'
import { parseCheckpoint } from '../../proof/checkpoint.ts'
import { parseKey, parseNote, signersOf } from '../../proof/note.ts'
import { diskFiles } from '../../storage/files/disk.ts'
import { leafText } from '../leaf.ts'
import { openWitness, type Witness } from '../witness/witness.ts'
import { openLog, type TransparencyLog } from './log.ts'
import { type Answer, openWitnessing, type Witnessing } from './witnessing.ts'

const folders: string[] = []
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const NOW = new Date('2026-11-26T12:00:00.000Z')
const ORIGIN = 'archive.example.org/log/2026'

interface Parties {
  readonly log: TransparencyLog
  readonly witnesses: readonly Witness[]
  readonly witnessing: Witnessing
  readonly refusals: string[]
  readonly asked: string[]
  grow(count: number): Promise<void>
}

/** A real log and real witnesses; `post` may answer in a witness's place. */
async function parties(post?: (url: string, body: string) => Promise<Answer | undefined>, count = 1): Promise<Parties> {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-witnessing-'))
  folders.push(folder)
  const files = diskFiles()
  let n = 0
  const log = await openLog({
    files,
    folder: join(folder, 'log'),
    keys: join(folder, 'keys'),
    origin: 'archive.example.org',
    leaves: async function* () {},
    nextN: 0,
    complain: () => {},
    intervalMs: 1,
  })
  closing.push(() => log.close())
  const grow = async (more: number): Promise<void> => {
    for (let at = 0; at < more; at += 1, n += 1) {
      const first = n === 0 && { public: { ...log.first('2026') } }
      const leaf = leafText({
        n,
        type: n === 0 ? 'log.open' : 'heartbeat',
        ts: NOW.toISOString(),
        actor: 'sys:a',
        ...first,
      })
      log.append([{ n, leaf }])
    }
    await log.sign()
  }
  await grow(3)
  const witnesses: Witness[] = []
  for (let at = 0; at < count; at += 1)
    witnesses.push(
      await openWitness({
        files,
        folder: join(folder, `witness-${at}`),
        name: `w${at}.example.org`,
        logs: [parseKey(log.key('2026') ?? '')],
        now: () => NOW,
        alarm: () => {},
      }),
    )
  const refusals: string[] = []
  const asked: string[] = []
  const witnessing = openWitnessing({
    log,
    witnesses: witnesses.map(({ key }, at) => ({ url: `http://w${at}`, key })),
    intervalMs: 3_600_000,
    now: () => NOW,
    complain: () => {},
    refused: (name, why) => refusals.push(`${name}: ${why}`),
    post: async (url, body) => {
      asked.push(body.split('\n')[0] ?? '')
      const answered = await post?.(url, body)
      return answered ?? (witnesses[Number(/\d/.exec(url)?.[0])] as Witness).add(body)
    },
  })
  closing.push(() => witnessing.close())
  return { log, witnesses, witnessing, refusals, asked, grow }
}

const cosigners = ({ log, witnesses }: Parties): number =>
  signersOf(
    parseNote(log.cosigned('2026') ?? log.checkpoint('2026') ?? ''),
    witnesses.map(({ key }) => key),
  ).length

describe('the log and its witnesses', () => {
  it('each is asked from where it was, and not again while nothing grew', async () => {
    const one = await parties()
    await one.witnessing.round()
    await one.witnessing.round()
    await one.grow(400)
    await one.witnessing.round()
    expect(one.asked).toEqual(['old 0', 'old 3'])
    expect(one.witnessing.state).toMatchObject([
      { name: 'w0.example.org', size: 403, at: NOW.toISOString(), problem: '' },
    ])
    expect(parseCheckpoint(one.log.cosigned('2026') ?? '').size).toBe(403)
  })

  it('a checkpoint has its witnesses’ lines while it is the last, and the cosigned one is kept beside the next', async () => {
    const one = await parties(undefined, 2)
    await one.witnessing.round()
    expect(parseNote(one.log.checkpoint('2026') ?? '').signatures).toHaveLength(3)
    await one.grow(1)
    expect(parseNote(one.log.checkpoint('2026') ?? '').signatures).toHaveLength(1)
    expect(cosigners(one)).toBe(2)
    expect(await one.log.proof(0)).toContain('— w1.example.org ')
    expect(await one.log.proof(3)).not.toContain('— w1.example.org ')
  })

  it('one that is away does not keep the others from signing', async () => {
    const away = async (url: string): Promise<undefined> => {
      if (url.startsWith('http://w0')) throw Object.assign(new Error('no'), { code: 'EHOSTUNREACH' })
    }
    const one = await parties(away, 2)
    await one.witnessing.round()
    expect(one.witnessing.state.map(({ size, problem }) => ({ size, problem }))).toEqual([
      { size: 0, problem: 'it does not answer: EHOSTUNREACH' },
      { size: 3, problem: '' },
    ])
    expect(cosigners(one)).toBe(1)
    expect(one.refusals).toEqual([])
  })

  it.each<[string, Answer, string, boolean]>([
    ['signs with another key', { status: 200, body: '' }, 'its answer is not its signature', false],
    ['does not know the log', { status: 404, body: 'no' }, 'it answers 404', false],
    ['says 409 and no size', { status: 409, body: 'perhaps' }, 'it answers 409', false],
    [
      'has cosigned more than there is',
      { status: 409, body: '99\n' },
      'it has cosigned 99 leaves, and the log has 3',
      true,
    ],
    ['has cosigned others', { status: 409, body: '0\n' }, 'it has cosigned other 0 leaves than the log has', true],
    [
      'does not see it extended',
      { status: 422, body: 'no' },
      'the log does not extend the 0 leaves it has cosigned',
      true,
    ],
  ])('one that %s is told of, and nothing of it is kept', async (_, answer, problem, refused) => {
    const stranger = noteSigner('w0.example.org', 7)
    const body = answer.status === 200 ? `${stranger.sign(`${ORIGIN}\n`).split('\n\n')[1]}` : answer.body
    const one = await parties(async () => ({ ...answer, body }))
    await one.witnessing.round()
    await one.witnessing.round()
    expect(one.witnessing.state[0]).toMatchObject({ size: 0, problem: expect.stringContaining(problem), refused })
    // Told once, however often it says so.
    expect(one.refusals).toEqual(refused ? [`w0.example.org: ${problem}`] : [])
    expect(one.log.cosigned('2026')).toBeUndefined()
  })
})
