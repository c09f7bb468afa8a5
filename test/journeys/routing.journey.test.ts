/**
 * Routing: what arrives is sent on by rules, each object once to each destination, whether that is slow, away for a while,
 * refuses something, or the archive is killed in between.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { ArchiveError } from '../../src/base/errors.ts'
import { openControl } from '../../src/compliance/control.ts'
import type { RouteRule } from '../../src/compliance/routes.ts'
import { dicomOutlet } from '../../src/network/routing/dicom-outlet.ts'
import type { Outlet } from '../../src/network/routing/outlet.ts'
import { openRouter } from '../../src/network/routing/router.ts'
import { webOutlet } from '../../src/network/routing/web-outlet.ts'
import { ADMINISTRATOR, asFile, eventsOf, type Running, removeArchives, runArchive } from '../support/archives.ts'
import { stow } from '../support/client.ts'
import { type DoorForTests, openDoor } from '../support/dicom-door.ts'
import { person } from '../support/people.ts'
import { startServer } from '../support/server.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(removeArchives)

const QUIET = { info: () => {}, warn: () => {} }
const image = (seed: number, more: object = {}) =>
  syntheticInstance({ seed, rows: 8, columns: 8, study: Math.ceil(seed / 5), ...more })

async function station(options: object = {}): Promise<DoorForTests> {
  const door = await openDoor(options)
  ends.push(() => door.close().catch(() => {}))
  return door
}
/** SOP Instance UIDs as they came, and each but once. */
const kept = ({ archive }: DoorForTests) => archive.kept.map(({ arrival }) => arrival.stream?.sopInstance ?? '')
const once = (door: DoorForTests, images: readonly Synthetic[]) =>
  expect.poll(() => kept(door).sort(), { timeout: 30_000 }).toEqual(images.map(({ instance }) => instance).sort())

const rule = (to: readonly string[], more: Partial<RouteRule> = {}): RouteRule => ({
  attributes: [],
  from: [],
  doors: [],
  to,
  ...more,
})

function routed(running: Running, outlets: readonly Outlet[], rules: readonly RouteRule[], retryMs = 30) {
  const control = openControl(join(running.folder, 'control.db'), { configuredDevices: [] })
  const { archive } = running
  const router = openRouter({ archive, routes: control.routes, outlets, retryMs, log: QUIET, now: () => new Date() })
  const received = archive.onReceived(() => void router.nudge())
  const close = async () => {
    received()
    await router.close()
    control.close()
  }
  ends.push(close)
  const begin = async () => {
    for (const [at, one] of rules.entries())
      control.routes.add({ name: `rule ${at}`, enabled: true, rule: one }, 'test')
    // What is here already is not sent: a rule is about what comes.
    await router.nudge()
  }
  return { router, routes: control.routes, begin, close }
}
const to = ({ archive }: Running, { port }: { readonly port: number }, aet: string) =>
  dicomOutlet(archive, { aet, host: '127.0.0.1', port }, 'CLEARKEEP')

const store = async ({ archive }: Running, images: readonly Synthetic[]) => {
  for (const { bytes } of images) await archive.receive(ADMINISTRATOR, asFile(bytes))
}

describe('routing', () => {
  it('sends what is restricted to destinations on the list and to no other, and tells of it in the log', async () => {
    const running = await runArchive()
    const [ward, all] = [await station(), await station()]
    await running.archive.restrict(person('paula', 'privacy'), {
      kind: 'patient',
      subject: '|SECLUDED',
      level: 'restricted',
      admits: ['role:radiologist', 'ae:WARD'],
      reason: 'Of a psychiatric ward.',
    })
    const { begin, routes } = routed(
      running,
      [to(running, ward, 'WARD'), to(running, all, 'ALL')],
      [rule(['WARD', 'ALL'])],
    )
    await begin()
    const [secluded, open] = [image(1, { patientId: 'SECLUDED' }), image(11)]
    await store(running, [secluded, open])
    await once(ward, [secluded, open])
    await once(all, [open])
    await expect.poll(() => routes.queues()).toEqual([])
    expect(kept(all)).toEqual([open.instance])
    await expect.poll(async () => (await eventsOf(running, 'aud.110113')).map((one) => one['to'])).toEqual(['ALL'])
  })

  it('sends what a rule is about, as it was received, to each destination once, however many rules lead there', async () => {
    const running = await runArchive()
    const [ct, all] = [await station(), await station()]
    await store(running, [image(90)])
    const { begin, routes } = routed(
      running,
      [to(running, ct, 'CTWS'), to(running, all, 'ALL')],
      [
        rule(['CTWS'], { attributes: [{ keyword: 'Modality', value: 'CT' }] }),
        rule(['ALL']),
        rule(['ALL', 'CTWS'], { attributes: [{ keyword: 'StudyDescription', value: 'KNEE*' }] }),
      ],
    )
    await begin()
    const images = [
      image(1),
      image(2),
      image(3, { modality: 'MR' }),
      image(4, { modality: 'MR', studyDescription: 'KNEE' }),
    ]
    await store(running, images)
    await once(all, images)
    await once(ct, [image(1), image(2), image(4)])
    expect(all.archive.kept.map(({ sha256 }) => sha256).sort()).toEqual(images.map(({ ds }) => ds).sort())
    await expect.poll(() => routes.queues()).toEqual([])
    await expect
      .poll(async () => (await eventsOf(running, 'aud.110104')).map((one) => one['to']))
      .toEqual(expect.arrayContaining(['CTWS', 'ALL']))
  })

  it('a destination that is away gets it all when it is there again, and keeps no other waiting', async () => {
    const running = await runArchive()
    const [here, gone] = [await station(), await station()]
    const { port } = gone
    await gone.close()
    const { begin, router, routes } = routed(
      running,
      [to(running, here, 'HERE'), to(running, { port }, 'GONE')],
      [rule(['HERE', 'GONE'])],
    )
    await begin()
    const images = Array.from({ length: 30 }, (_, at) => image(at + 1))
    await store(running, images)
    await once(here, images)
    await expect.poll(() => router.destinations().find(({ name }) => name === 'GONE')?.away?.why).toBeTruthy()
    expect(routes.queues()).toMatchObject([{ destination: 'GONE', waiting: 30, stuck: 0 }])

    const back = await station({ port })
    await once(back, images)
    expect(kept(here)).toHaveLength(30)
    await expect.poll(() => router.destinations().every(({ away }) => away === undefined)).toBe(true)
  })

  it('one that breaks off in the middle again and again gets the rest, and none twice', async () => {
    const running = await runArchive()
    const flaky = await station()
    const { begin } = routed(running, [to(running, flaky, 'FLAKY')], [rule(['FLAKY'])])
    await begin()
    let seen = 0
    flaky.archive.before = async () => {
      seen += 1
      if (seen % 7 === 0) throw new ArchiveError('STORE_NO_SPACE', { needed: 1, free: 0 })
    }
    const images = Array.from({ length: 20 }, (_, at) => image(at + 1))
    await store(running, images)
    await once(flaky, images)
  })

  it('a slow destination keeps no other waiting', async () => {
    const running = await runArchive()
    const [fast, slow] = [await station(), await station()]
    let let_go: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      let_go = resolve
    })
    slow.archive.before = () => held
    const { begin } = routed(running, [to(running, slow, 'SLOW'), to(running, fast, 'FAST')], [rule(['SLOW', 'FAST'])])
    await begin()
    const images = [image(1), image(2), image(3)]
    await store(running, images)
    await once(fast, images)
    expect(kept(slow)).toEqual([])
    let_go()
    await once(slow, images)
  })

  it('what a destination refuses again and again waits for a person, and goes when it is tried again', async () => {
    const running = await runArchive()
    const picky = await station()
    const bad = image(2).instance
    let refuse = true
    picky.archive.before = async ({ stream }) => {
      if (refuse && stream?.sopInstance === bad) throw new ArchiveError('DICOM_MALFORMED', { at: 1, why: 'of taste' })
    }
    const { begin, router, routes } = routed(running, [to(running, picky, 'PICKY')], [rule(['PICKY'])], 5)
    await begin()
    await store(running, [image(1), image(2), image(3)])
    await once(picky, [image(1), image(3)])
    await expect.poll(() => routes.stuck('PICKY', 10)).toMatchObject([{ instance: bad, attempts: 5 }])
    expect(routes.stuck('PICKY', 10)[0]?.why).toBeTruthy()
    refuse = false
    routes.retry('PICKY')
    router.wake('PICKY')
    await once(picky, [image(1), image(2), image(3)])
    expect(routes.queues()).toEqual([])
  })

  it('a rule that is off sends nothing, nor what came while it was', async () => {
    const running = await runArchive()
    const door = await station()
    const { begin, routes, router } = routed(running, [to(running, door, 'WS')], [rule(['WS'])])
    await begin()
    const [one] = routes.list()
    if (one === undefined) throw new Error('no rule')
    routes.change(one.id, { ...one, enabled: false }, 'test')
    await store(running, [image(1)])
    routes.change(one.id, { ...one, enabled: true }, 'test')
    await router.nudge()
    await store(running, [image(2)])
    await once(door, [image(2)])
  })

  it('says which recent studies a rule would have sent, and nothing of their patients', async () => {
    const running = await runArchive()
    await store(running, [image(1), image(6, { modality: 'MR' })])
    const administrator = person('adam', 'administrator')
    const asked = rule(['WS'], { attributes: [{ keyword: 'Modality', value: 'MR' }] })
    const tried = await running.archive.tryRoute(administrator, asked)
    expect(tried.map(({ modalities, matching, series }) => [modalities, matching, series])).toEqual([
      [['MR'], 1, 1],
      [['CT'], 0, 1],
    ])
    expect(JSON.stringify(tried)).not.toContain('PATIENT')
    await expect(running.archive.tryRoute(person('ruth', 'radiologist'), asked)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    })
  })
})

describe('routing of a running archive', () => {
  it('to a DICOM node and a DICOMweb service; killed in between, all of it arrives at both', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clearkeep-routing-'))
    ends.push(() => rmSync(folder, { recursive: true, force: true }))
    const node = await station()
    const web = await startServer()
    ends.push(() => web.stop())
    const config = join(folder, 'clearkeep.json')
    const destinations = [{ aet: 'NODE', host: '127.0.0.1', port: node.port }]
    const services = [{ name: 'cloud', url: web.dicomweb }]
    writeFileSync(
      config,
      JSON.stringify({ dicom: { destinations }, dicomweb: { destinations: services }, routing: { retrySeconds: 1 } }),
    )
    const data = join(folder, 'data')
    const open = () => startServer({ data, flags: ['--config', config] })
    const first = await open()
    const post = (url: string, body: object) =>
      fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    const entry = { name: 'all', rule: { attributes: [{ keyword: 'Modality', value: 'CT' }], to: ['NODE', 'cloud'] } }
    expect((await post(`${first.url}/api/routing/routes`, entry)).status).toBe(200)
    const wrong = { ...entry, rule: { ...entry.rule, to: ['NOWHERE'] } }
    expect((await post(`${first.url}/api/routing/routes`, wrong)).status).toBe(400)

    // One at a time, and slowly, so that it is killed with most of it still in the queue.
    let taken = 0
    node.archive.before = async () => {
      taken += 1
      await new Promise((resolve) => setTimeout(resolve, 40))
    }
    const images = Array.from({ length: 40 }, (_, at) => image(at + 1))
    for (const { bytes } of images) await stow(first.dicomweb, bytes)
    await expect.poll(() => taken, { timeout: 20_000 }).toBeGreaterThan(5)
    await first.kill()
    expect(new Set(kept(node)).size).toBeLessThan(40)

    const second = await open()
    ends.push(() => second.stop())
    await expect.poll(() => new Set(kept(node)).size, { timeout: 60_000 }).toBe(40)
    const there = async () => {
      const response = await fetch(`${web.dicomweb}/instances?limit=100`)
      return response.status === 204 ? 0 : ((await response.json()) as unknown[]).length
    }
    await expect.poll(there, { timeout: 60_000 }).toBe(40)
    // Kept and not yet let go of when the power failed: these few are sent again, and no other.
    expect(kept(node).length - 40).toBeLessThanOrEqual(12)
    const page = (await (await fetch(`${second.url}/api/routing`)).json()) as { destinations: object[] }
    expect(page.destinations).toMatchObject([
      { name: 'NODE', kind: 'dicom', waiting: 0, stuck: 0 },
      { name: 'cloud', kind: 'dicomweb', waiting: 0, stuck: 0 },
    ])
  })

  it('a DICOMweb service that is not there is tried again; what it says of an object is told', async () => {
    const running = await runArchive()
    const answers: number[] = [503, 503, 409, 200]
    const bodies: number[] = []
    const server = createServer((request, response) => {
      let length = 0
      request.on('data', (piece: Buffer) => {
        length += piece.length
      })
      request.on('end', () => {
        bodies.push(length)
        const status = answers.shift() ?? 200
        const failed = { '00081198': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [0x0110] } }] } }
        response.writeHead(status, { 'content-type': 'application/dicom+json' })
        response.end(status === 409 ? JSON.stringify(failed) : '{}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ends.push(() => server.close())
    const address = server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const url = `http://127.0.0.1:${port}/dicom-web`
    const outlet = webOutlet(running.archive, { name: 'cloud', url, tokenFile: '' })
    const { begin, routes } = routed(running, [outlet], [rule(['cloud'])], 10)
    await begin()
    await store(running, [image(1)])
    await expect.poll(() => bodies.length, { timeout: 20_000 }).toBe(4)
    await expect.poll(() => routes.queues()).toEqual([])
  })
})
