/**
 * Nothing but disposition takes away what was received (product section 5, "Removal"): everybody does whatever the doors
 * allow, by chance, over HTTP, DIMSE and the command line, and afterwards every byte that was acknowledged is still there.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Role } from '../../src/base/context.ts'
import { CONTROL_MIGRATIONS, insertAccount } from '../../src/compliance/control.queries.ts'
import { hashPassword } from '../../src/compliance/password.ts'
import { openTokens } from '../../src/compliance/tokens.ts'
import { send } from '../../src/network/services/send.ts'
import { openControlStore } from '../../src/storage/sql/control-store.ts'
import { COLUMNS } from '../support/access-matrix.ts'
import { below, type Random, seeded } from '../support/random.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'
import { look } from '../support/verify.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 })

const SEED = 20_261_127
const ACTS = 600
/** Of every account: approvals are signed with it. */
const PASSWORD = 'walk about as you like 1'

type Schema = {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly required?: readonly string[]
}
interface Operation {
  readonly method: string
  readonly path: string
  readonly body: Schema | undefined
  readonly query: readonly string[]
}

/** Doors that end a session or change who may come in: not what is asked here, and they would stop the walk. */
const NOT_ASKED = /\/api\/(session|sessions|account|accounts|tokens|demo)\b/

describe('whatever anybody does by any door', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-walk-'))
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-walk-'))
  const random = seeded(SEED)
  const images = Array.from({ length: 12 }, (_, at) =>
    syntheticInstance({ seed: at, study: at % 4, series: at % 2, studyDate: at % 4 < 2 ? '19900315' : '20240315' }),
  )
  const tokens = new Map<Role, string>()
  let server: RunningServer
  let operations: readonly Operation[]

  beforeAll(async () => {
    const store = openControlStore(join(folder, 'control.db'), CONTROL_MIGRATIONS)
    const at = '2026-01-01T00:00:00.000Z'
    const password = await hashPassword(PASSWORD)
    writeFileSync(join(scratch, 'password'), PASSWORD)
    for (const [n, role] of COLUMNS.entries()) {
      const account_id = `u:${String(n).padStart(16, '0')}`
      insertAccount(store, {
        account_id,
        name: role,
        name_key: role,
        roles: JSON.stringify([role]),
        password,
        must_change: 0,
        disabled: 0,
        created_at: at,
        password_set_at: at,
        last_login_at: at,
      })
      tokens.set(role, openTokens(store, () => new Date()).create(account_id, 'walk', 1).secret)
    }
    store.close()
    const config = join(folder, 'clearkeep.json')
    writeFileSync(config, JSON.stringify({ dicom: { devices: [{ aet: 'CT1', host: '127.0.0.1' }] } }))
    server = await startServer({ open: false, data: folder, flags: ['--config', config] })
    for (const { bytes } of images)
      expect((await ask('service', 'POST', '/dicom-web/studies', new Uint8Array(bytes))).status).toBe(200)
    const { paths } = (await (await ask('records', 'GET', '/api/openapi.json')).json()) as {
      paths: Record<string, Record<string, object>>
    }
    operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => operationOf(method.toUpperCase(), path, operation)),
    )
  })
  afterAll(async () => {
    await server?.stop()
    for (const made of [folder, scratch]) rmSync(made, { recursive: true, force: true })
  })

  const ask = (role: Role, method: string, path: string, body?: Uint8Array | object): Promise<Response> =>
    fetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${tokens.get(role)}`,
        ...(body !== undefined && {
          'content-type': body instanceof Uint8Array ? 'application/dicom' : 'application/json',
        }),
      },
      ...(body !== undefined && { body: body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    })
  const one = <T>(of: readonly T[]): T => of[below(random, of.length)] as T

  it('every byte that was acknowledged is there afterwards', async () => {
    const answers = new Map<number, number>()
    const count = (status: number) => answers.set(status, (answers.get(status) ?? 0) + 1)
    for (let step = 0; step < ACTS; step += 1) {
      const chance = below(random, 40)
      if (chance === 0) await storeOther(one(images))
      else if (chance === 1) byCommand()
      else if (chance === 2) {
        // No such route: whoever tries to delete by DICOMweb is told so.
        const { study, series, instance } = one(images)
        const address = one([
          `/${study}`,
          `/${study}/series/${series}`,
          `/${study}/series/${series}/instances/${instance}`,
        ])
        expect((await ask(one(COLUMNS), 'DELETE', `/dicom-web/studies${address}`)).status).toBeGreaterThanOrEqual(400)
      } else {
        const operation = one(operations)
        if (NOT_ASKED.test(operation.path) || operation.path === '/api/events') continue
        const answer = await ask(one(COLUMNS), operation.method, addressOf(operation), bodyOf(operation))
        count(answer.status)
        expect(answer.status, `${operation.method} ${operation.path}`).not.toBe(500)
        await answer.arrayBuffer()
      }
    }
    // The walk went somewhere: acts were done, refused to some, and refused as nonsense.
    expect(answers.get(200) ?? 0).toBeGreaterThan(50)
    expect(answers.get(403) ?? 0).toBeGreaterThan(50)
    expect(answers.get(400) ?? 0).toBeGreaterThan(5)

    for (const { study, series, instance, bytes } of images) {
      const original = await ask('service', 'GET', `/api/instances/${study}/${series}/${instance}/original`)
      // What was rejected is out of sight, not gone: `verify` reads it below.
      if (original.status === 404) continue
      expect(Buffer.from(await original.arrayBuffer()).equals(bytes)).toBe(true)
    }
    await server.stop()
    const { exit, failed, steps } = await look(folder)
    expect({ exit, failed }).toEqual({ exit: 0, failed: {} })
    const received = steps.find(({ what }) => what === 'received bytes')?.fact ?? ''
    expect(received).not.toContain('destroyed')
    expect(Number(/^(\d+) instances/.exec(received)?.[1])).toBeGreaterThanOrEqual(images.length)
  })

  /** Another content under a UID that is taken, by C-STORE. */
  async function storeOther({ bytes, instance }: Synthetic): Promise<void> {
    const other = Buffer.from(bytes)
    other[other.length - 1 - below(random, 1000)] = below(random, 256)
    const object = {
      name: instance,
      inOrder: false,
      open: async function* () {
        yield new Uint8Array(other)
      },
    }
    const peer = { host: '127.0.0.1', port: server.dicomPort, calledAet: server.aet, callingAet: 'CT1' }
    for await (const { outcome } of send([object], { ...peer, signal: AbortSignal.timeout(30_000) }))
      expect(outcome).toBe('stored')
  }

  function byCommand(): void {
    const { study } = one(images)
    const words = one([
      ['seal', study],
      ['fixity', study],
      ['hold', 'place', '--matter', 'M', '--study', study, '--reason', 'R'],
      ['dispose', 'propose', study, '--looked-at', study, '--reason', 'R'],
      ['dispose', 'approve', '5', 'second', '--reason', 'R', '--password-file', join(scratch, 'password')],
      ['retention', 'tell', '--study', study, 'study=1990-01-01', 'tag.cancer=yes', '--reason', 'R'],
      ['retention', 'let-go', study, '--evidence', 'E', '--reason', 'R'],
      ['retention', 'propose', '--jurisdictions', 'us', '--instead', '--reason', 'R'],
    ])
    const token = tokens.get(one(COLUMNS)) ?? ''
    const { status } = spawnSync(resolve('bin/clearkeep'), [...words, '--server', server.url, '--token', token])
    expect([0, 1]).toContain(status)
  }

  function addressOf({ path, query }: Operation): string {
    const { study, series, instance } = one(images)
    const named: Readonly<Record<string, string>> = {
      study,
      series,
      instance,
      frames: '1',
      path: '7FE00010',
      key: Buffer.from('|SYN-1').toString('base64url'),
      n: String(below(random, 60)),
    }
    const address = path.replace(/\{(\w+)\}/g, (_, name: string) => named[name] ?? String(below(random, 60)))
    const search = new URLSearchParams()
    for (const name of query) if (below(random, 3) === 0) search.set(name, wordFor(name))
    return search.size === 0 ? address : `${address}?${search}`
  }
  const bodyOf = ({ method, body }: Operation): object | undefined => {
    if (method === 'GET' || method === 'DELETE' || method === 'OPTIONS') return undefined
    const made = body === undefined ? {} : valueFor('', body, random)
    return typeof made === 'object' && made !== null ? made : {}
  }

  function wordFor(name: string): string {
    if (name === 'password') return PASSWORD
    const { study, series, instance } = one(images)
    if (/stud/i.test(name)) return study
    if (/series/i.test(name)) return series
    if (/instance/i.test(name)) return instance
    return one([
      '113001',
      '113037',
      '113039',
      'us',
      'us-ca',
      'hospital',
      'all',
      '2030-01-01',
      '1',
      'records',
      'SYNTHETIC',
    ])
  }

  /** Something the schema allows, more or less. */
  function valueFor(name: string, schema: Schema, by: Random): unknown {
    if (below(by, 40) === 0) return one([null, -1, '', [], '\u0000', { a: 1 }])
    if (schema.enum !== undefined) return one(schema.enum)
    if (schema.anyOf !== undefined) return valueFor(name, one(schema.anyOf), by)
    switch (schema.type) {
      case 'object': {
        const wanted = new Set(schema.required ?? [])
        const members = Object.entries(schema.properties ?? {}).filter(([key]) => wanted.has(key) || below(by, 2) === 0)
        return Object.fromEntries(members.map(([key, of]) => [key, valueFor(key, of, by)]))
      }
      case 'array':
        return Array.from({ length: 1 + below(by, 2) }, () => valueFor(name, schema.items ?? {}, by))
      case 'boolean':
        return below(by, 2) === 0
      case 'integer':
      case 'number':
        return below(by, 60)
      case 'null':
        return null
      default:
        return wordFor(name)
    }
  }
})

function operationOf(method: string, path: string, operation: object): Operation {
  const { requestBody, parameters = [] } = operation as {
    requestBody?: { content?: Record<string, { schema?: Schema }> }
    parameters?: readonly { name: string; in: string }[]
  }
  return {
    method,
    path,
    body: requestBody?.content?.['application/json']?.schema,
    query: parameters.filter((one) => one.in === 'query').map(({ name }) => name),
  }
}
