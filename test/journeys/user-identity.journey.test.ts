/**
 * User identity negotiation with DCMTK as requestor (PS3.7 D.3.3.7): who proved who they are does what is done on the
 * association; who did not, does not; kinds that are not looked at change nothing.
 */
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Control, openControl } from '../../src/compliance/control.ts'
import { type Identities, openIdentities } from '../../src/compliance/identities.ts'
import { hasDcmtk, run } from '../support/dcmtk.ts'
import { type DoorForTests, openDoor } from '../support/dicom-door.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const PASSWORD = 'a right long password'
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const KEYS = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const TRUST = { keys: KEYS, issuer: 'https://id.example', audience: 'CLEARKEEP' }

function token(name: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 300
  const text = `${part({ alg: 'EdDSA' })}.${part({ iss: TRUST.issuer, aud: TRUST.audience, exp, sub: name })}`
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`
}

describe.skipIf(!hasDcmtk())('who is on the association', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-identity-'))
  const object = join(folder, 'one.dcm')
  writeFileSync(object, syntheticInstance({ seed: 3, rows: 8, columns: 8 }).bytes)
  const now = () => new Date()
  let control: Control
  let here: DoorForTests

  beforeAll(async () => {
    control = openControl(':memory:', { configuredDevices: [] })
    const { account, password } = await control.accounts.create('ada', ['technologist'])
    await control.accounts.changePassword(account.id, password, PASSWORD)
  })
  beforeEach(() => door(openIdentities({ accounts: control.accounts, jwt: TRUST, now })))
  afterAll(() => {
    control.close()
    rmSync(folder, { recursive: true, force: true })
  })
  afterEach(async () => {
    await here.close()
  })
  async function door(identities: Identities): Promise<void> {
    here = await openDoor({ graceMs: 100, identities, unknownCallers: 'refuse' })
  }

  /** storescu as a listed device, asking for a positive response: DCMTK says what it got. */
  async function store(...words: readonly string[]) {
    const told = ['--debug', '--aetitle', 'LISTED', ...words, '127.0.0.1', String(here.port), object]
    const { code, said } = await run('storescu', ...told)
    const answer = /User Identity Negotiation Response:\s*(\S.*)?$/m.exec(said.split('BEGIN A-ASSOCIATE-AC')[1] ?? '')
    const principal = here.archive.kept.at(-1)?.context.principal
    return { code, answered: answer !== null && !/none/.test(answer[1] ?? ''), principal, said }
  }
  const logins = () =>
    here.archive.recorded.filter(({ happened }) => happened.type === 'aud.110114').map(({ happened }) => happened)

  it('a name and passcode: what is done the person does, at the device, and the login is an event', async () => {
    const { code, answered, principal } = await store('--user', 'ada', '--password', PASSWORD, '--pos-response')
    expect({ code, answered }).toEqual({ code: 0, answered: true })
    expect(principal).toMatchObject({
      kind: 'user',
      name: 'ada',
      roles: ['technologist'],
      authMethod: 'password',
      device: { aeTitle: 'LISTED', known: true },
    })
    expect(logins()).toMatchObject([{ outcome: 0, detail: { name: 'ada' } }])
  })

  it('without a response asked for there is none, and the person is known all the same', async () => {
    const { code, answered, principal } = await store('--user', 'ada', '--password', PASSWORD)
    expect({ code, answered }).toEqual({ code: 0, answered: false })
    expect(principal).toMatchObject({ kind: 'user', name: 'ada' })
  })

  it('a wrong passcode: the association is rejected, in words, with an event; nothing is stored', async () => {
    const { code, said } = await store('--user', 'ada', '--password', 'a wrong long password')
    expect(code).not.toBe(0)
    expect(said).toMatch(/Rejected/)
    expect(here.archive.kept).toEqual([])
    expect(logins()).toMatchObject([{ outcome: 4, detail: { name: 'ada', why: 'name or password wrong' } }])
    expect(here.associations()[0] ?? {}).toMatchObject({ refusals: [{ code: 'NET_IDENTITY' }] })
    expect(JSON.stringify([here.associations(), here.logged])).not.toMatch(/wrong long|ada/)
  })

  it('guessing is stopped: after five wrong passcodes the right one is not looked at', async () => {
    for (let times = 0; times < 5; times += 1) await store('--user', 'ada', '--password', `wrong password ${times}`)
    const { code } = await store('--user', 'ada', '--password', PASSWORD)
    expect(code).not.toBe(0)
    expect(logins().at(-1)).toMatchObject({ detail: { why: expect.stringContaining('too many attempts') } })
  })

  it('a one-time password opens nothing here', async () => {
    const { password } = await control.accounts.create('new', ['technologist'])
    expect((await store('--user', 'new', '--password', password)).code).not.toBe(0)
  })

  it('a name alone proves nothing: it is answered, and the device acts', async () => {
    const known = await store('--user', 'ada', '--pos-response')
    expect(known).toMatchObject({ code: 0, answered: true, principal: { kind: 'device', aeTitle: 'LISTED' } })
  })

  it('a name that is no account’s is as if it had not been said', async () => {
    const { answered, principal, said } = await store('--user', 'nobody', '--pos-response')
    expect(answered).toBe(false)
    expect(principal?.kind === 'user', said).toBe(false)
  })

  it('a token signed by the configured issuer', async () => {
    const file = join(folder, 'token')
    writeFileSync(file, token('ada'))
    const { code, answered, principal } = await store('--jwt', file, '--pos-response')
    expect({ code, answered }).toEqual({ code: 0, answered: true })
    expect(principal).toMatchObject({ kind: 'user', name: 'ada', authMethod: 'token' })
  })

  it('a token of somebody else, or of nobody here, is rejected', async () => {
    const file = join(folder, 'token')
    for (const text of [`${token('ada').slice(0, -4)}AAAA`, token('nobody')]) {
      writeFileSync(file, text)
      expect((await store('--jwt', file)).code).not.toBe(0)
    }
    expect(here.archive.kept).toEqual([])
  })

  it.each([
    ['--kerberos', 'a Kerberos ticket'],
    ['--saml', 'a SAML assertion'],
  ])('%s is not taken: the device acts, no positive response, and Connections says why', async (flag, what) => {
    const file = join(folder, 'ticket')
    writeFileSync(file, Buffer.alloc(3000, 7))
    const { answered } = await store(flag, file, '--pos-response')
    expect(answered).toBe(false)
    const [association] = here.associations()
    expect(association?.refusals).toMatchObject([{ code: 'NET_IDENTITY', fact: expect.stringContaining(what) }])
    await store(flag, file)
    expect(here.archive.kept.at(-1)?.context.principal).toMatchObject({ kind: 'device' })
  })

  it('a person opens no door to a device that is not listed', async () => {
    const words = ['--aetitle', 'STRANGER', '--user', 'ada', '--password', PASSWORD]
    const { code } = await run('storescu', ...words, '127.0.0.1', String(here.port), object)
    expect(code).not.toBe(0)
    expect(logins()).toEqual([])
  })
})
