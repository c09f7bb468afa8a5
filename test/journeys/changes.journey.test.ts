/** A program that keeps up with the archive by its change feed: in order, without a gap, across restarts of both. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Changes } from '../../src/api/changes.ts'
import { stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const made = (seed: number, study: number, value?: number) =>
  syntheticInstance({ seed, study, rows: 4, columns: 4, ...(value !== undefined && { value: () => value }) })

describe('the change feed', { timeout: 180_000 }, () => {
  const data = mkdtempSync(join(tmpdir(), 'clearkeep-changes-'))
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer({ data })
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  async function feed(query = ''): Promise<Changes> {
    const answer = await fetch(`${server.url}/api/changes${query}`)
    expect(answer.status).toBe(200)
    return (await answer.json()) as Changes
  }
  const store = async (...files: readonly { readonly bytes: Buffer }[]) => {
    for (const { bytes } of files) expect((await stow(server.dicomweb, bytes)).status).toBeLessThan(300)
  }
  const post = (path: string, body: object) =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  let at = -1

  it('begins at the beginning, and has nothing to tell of an empty archive', async () => {
    const { changes, next, more } = await feed()
    expect([changes, more]).toEqual([[], false])
    at = next
  })

  it('tells what came, in the order it came, page by page', async () => {
    const files = [made(1, 1), made(2, 1), made(3, 2)]
    await store(...files)
    await fetch(`${server.dicomweb}/studies`) // an act that is no change
    const first = await feed(`?after=${at}&limit=2`)
    const rest = await feed(`?after=${first.next}&limit=2`)
    expect([first.more, rest.more]).toEqual([true, false])
    expect([...first.changes, ...rest.changes]).toMatchObject(
      files.map(({ study, series, instance }) => ({
        kind: 'stored',
        study,
        instances: [{ series, instance, sopClass: '1.2.840.10008.5.1.4.1.1.2' }],
      })),
    )
    expect(await feed(`?after=${at}&limit=2`)).toEqual(first)
    at = rest.next
    expect((await feed(`?after=${at}`)).changes).toEqual([])
  })

  it('tells what went out of sight, what came back, and what is in conflict', async () => {
    const { study, instance } = made(3, 2)
    const rejected = await post(`/api/studies/${study}/rejections`, { code: '113001', reason: 'blurred' })
    const { id } = (await rejected.json()) as { id: number }
    expect((await post(`/api/rejections/${id}/restore`, { reason: 'a mistake' })).status).toBe(200)
    await store(made(1, 1, 7))
    const { changes, next } = await feed(`?after=${at}`)
    expect(changes.map(({ kind }) => kind).filter((kind) => kind !== 'stored')).toEqual([
      'rejected',
      'restored',
      'conflict',
    ])
    for (const change of changes.filter(({ kind }) => kind === 'rejected' || kind === 'restored')) {
      expect(change.study).toBe(study)
      expect(change.instances.map((one) => one.instance)).toContain(instance)
    }
    at = next
  })

  it('answers who waits as soon as there is something, and in time when there is nothing', async () => {
    const waiting = feed(`?after=${at}&wait=60`)
    const file = made(10, 3)
    await store(file)
    const { changes, next } = await waiting
    expect(changes).toMatchObject([{ kind: 'stored', study: file.study }])
    at = next
    const began = performance.now()
    expect((await feed(`?after=${at}&wait=1`)).changes).toEqual([])
    expect(performance.now() - began).toBeGreaterThan(900)
  })

  it('misses nothing and repeats nothing while many send at once and the archive is started again', async () => {
    const seen: string[] = []
    let done = false
    const following = (async () => {
      for (;;) {
        const over = done
        const { changes, next, more } = await feed(`?after=${at}&limit=7&wait=1`)
        seen.push(...changes.flatMap(({ instances }) => instances.map(({ instance }) => instance)))
        at = next
        if (over && !more && changes.length === 0) return
      }
    })()
    const batches = Array.from({ length: 4 }, (_, batch) =>
      Array.from({ length: 25 }, (_, one) => made(1000 + batch * 100 + one, 50 + batch)),
    )
    await Promise.all(batches.map((files) => store(...files)))
    done = true
    await following
    await server.stop()
    server = await startServer({ data })
    const last = made(2000, 60)
    await store(last)
    seen.push(...(await feed(`?after=${at}`)).changes.flatMap(({ instances }) => instances.map((one) => one.instance)))
    expect(seen).toHaveLength(101)
    expect(new Set(seen)).toEqual(new Set([...batches.flat(), last].map(({ instance }) => instance)))
    const { changes } = await feed('?limit=1000')
    expect(changes.map(({ n }) => n)).toEqual(changes.map(({ n }) => n).sort((a, b) => a - b))
  })

  it('refuses what is no place in it', async () => {
    for (const query of ['?after=x', '?after=-2', '?limit=0', '?limit=1001', '?wait=61'])
      expect((await fetch(`${server.url}/api/changes${query}`)).status, query).toBe(400)
  })
})
