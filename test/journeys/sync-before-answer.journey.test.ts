import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stow } from '../support/client.ts'
import { startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const traced = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0

type Call = { readonly kind: 'synced' | 'answered'; readonly line: string }

/**
 * What strace saw, in order: successful syncs of the journal or of a spool file when they *returned*, and answers of
 * success when they were *begun*. A call that another thread interrupts is printed in two halves.
 */
function calls(trace: string, isAnswer: (line: string) => boolean): readonly Call[] {
  const open = new Map<string, string>()
  const seen: Call[] = []
  for (const line of trace.split('\n')) {
    const thread = line.split(' ', 1)[0] ?? ''
    if (/\bf(data)?sync\(/.test(line) && line.includes('<unfinished')) open.set(thread, line)
    else if (/<\.\.\. f(data)?sync resumed/.test(line)) {
      const begun = open.get(thread) ?? ''
      if (/\/inbox\//.test(begun) && /= 0$/.test(line)) seen.push({ kind: 'synced', line: begun })
    } else if (/\bf(data)?sync\(.*\/inbox\/.*= 0$/.test(line)) seen.push({ kind: 'synced', line })
    else if (/\b(write|writev|sendto|sendmsg)\(.*TCP/.test(line) && isAnswer(line))
      seen.push({ kind: 'answered', line })
  }
  return seen
}

/** Each answer, and how many syncs had returned since the answer before it. */
function syncsBeforeAnswers(seen: readonly Call[]): readonly number[] {
  const counts: number[] = []
  let syncs = 0
  for (const { kind } of seen) {
    if (kind === 'synced') syncs += 1
    else {
      counts.push(syncs)
      syncs = 0
    }
  }
  return counts
}

describe.skipIf(!traced)('an acknowledgement, as the system sees it (strace)', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-strace-'))
  const trace = join(scratch, 'trace')
  const objects = [1, 2, 3, 4, 5].map((seed) =>
    syntheticInstance({ seed, rows: seed === 5 ? 1024 : 128, columns: seed === 5 ? 1024 : 128 }),
  )
  const parts: { http: number[]; dimse: number[] } = { http: [], dimse: [] }

  beforeAll(async () => {
    const under = [
      'strace',
      '-f',
      '-y',
      '-yy',
      '-s',
      '24',
      '-e',
      'trace=fsync,fdatasync,write,writev,sendto,sendmsg',
      '-o',
      trace,
    ]
    const server = await startServer({ under })
    for (const { bytes } of objects) expect((await stow(server.dicomweb, bytes)).status).toBe(200)
    const files = objects.map((_, at) => {
      const file = join(scratch, `${at}.dcm`)
      writeFileSync(
        file,
        syntheticInstance({ seed: 100 + at, rows: at === 4 ? 1024 : 128, columns: at === 4 ? 1024 : 128 }).bytes,
      )
      return file
    })
    const sent = spawnSync(resolve('bin/clearkeep'), ['send', `${server.aet}@127.0.0.1:${server.dicomPort}`, ...files])
    expect(sent.status).toBe(0)
    // strace passes no signal on: the server is its child.
    spawnSync('pkill', ['-TERM', '-P', String(server.pid)])
    await server.stop()
    const text = readFileSync(trace, 'utf8')
    parts.http.push(...syncsBeforeAnswers(calls(text, (line) => line.includes('"HTTP/1.1 200'))))
    // A P-DATA-TF of the answer begins 04H; only the C-STORE responses are sent by the server to a DICOM peer as such.
    parts.dimse.push(
      ...syncsBeforeAnswers(
        calls(text, (line) => line.includes('"\\4\\0\\0\\0') && line.includes(`:${server.dicomPort}->`)),
      ),
    )
  })
  afterAll(() => rmSync(scratch, { recursive: true }))

  it('shows a sync of the inbox returning before each STOW-RS answer', () => {
    expect(parts.http).toHaveLength(objects.length)
    for (const syncs of parts.http) expect(syncs).toBeGreaterThan(0)
  })

  it('shows a sync of the inbox returning before each C-STORE answer', () => {
    expect(parts.dimse).toHaveLength(objects.length)
    for (const syncs of parts.dimse) expect(syncs).toBeGreaterThan(0)
  })

  it('shows a large object’s spool file and its journal group both synced', () => {
    expect(parts.http.at(-1)).toBeGreaterThanOrEqual(2)
    expect(parts.dimse.at(-1)).toBeGreaterThanOrEqual(2)
  })
})
