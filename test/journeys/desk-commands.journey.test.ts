/** The compliance desk from a terminal: each person with a token of the own, and the archive's refusals in its own words. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, OWN_PASSWORD, type Session, storeAs } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

describe('the compliance desk from a terminal', () => {
  const old = syntheticInstance({ seed: 1, study: 1, studyDate: '19900315' })
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-desk-'))
  let server: RunningServer

  /** Runs a command with somebody's token; the reason is always the same. */
  const as = (who: 'rita' | 'rosa' | 'paul' | 'tom', ...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      resolve('bin/clearkeep'),
      [...words, '--server', server.url, '--token-file', join(scratch, who)],
      { encoding: 'utf8', cwd: scratch },
    )
    return { status, said: `${stdout}${stderr}` }
  }
  const WHY = ['--reason', 'SYNTHETIC']
  const SIGNED = [...WHY, '--password-file', join(scratch, 'password')]
  const numberIn = (said: string): string => /^(\d+) {2}/m.exec(said)?.[1] ?? ''

  beforeAll(async () => {
    server = await startServer({ open: false })
    const adam = await firstAdministrator(server)
    const give = async (name: string, role: string): Promise<Session> => {
      const session = await newPerson(adam, name, role)
      const made = await session.ask('POST', '/api/tokens', { label: 'terminal', days: 1 })
      writeFileSync(join(scratch, name), `${made.json['secret']}\n`)
      return session
    }
    writeFileSync(join(scratch, 'password'), `${OWN_PASSWORD}\n`)
    const rita = await give('rita', 'records')
    await give('rosa', 'records')
    await give('paul', 'privacy')
    await give('tom', 'technologist')
    expect((await storeAs(server, rita, old.bytes)).status).toBe(200)
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(scratch, { recursive: true, force: true })
  })

  it('has rules proposed by one person and adopted by another, after a look at what they would change', () => {
    expect(as('rita', 'retention', 'show', old.study).said).toContain('no rules of retention have been adopted')
    const tried = as('rita', 'retention', 'calendar', '--jurisdictions', 'us,us-ca', '--institution', 'hospital')
    expect(tried).toMatchObject({ status: 0 })
    expect(tried.said).toMatch(/May be considered today +1 /)
    const choice = ['--jurisdictions', 'us,us-ca', '--institution', 'hospital']
    const made = as('rita', 'retention', 'propose', ...choice, ...WHY)
    expect(made.said).toMatch(/^\d+ {2}proposed {2}us, us-ca for hospital {2}proposed .* by rita/)
    const number = numberIn(made.said)
    expect(as('rosa', 'retention', 'approve', number, 'second', ...SIGNED)).toMatchObject({
      status: 1,
      said: expect.stringContaining('This token may not rules.approve.second'),
    })
    expect(as('paul', 'retention', 'approve', number, 'second', ...SIGNED).said).toContain('in force')
    expect(as('rita', 'retention', 'show', old.study).said).toMatch(/^TIMED {2}kept at least through \d{4}-/)
    expect(as('rita', 'retention', 'due').said).toContain(old.study)
    expect(as('rita', 'retention', 'rules').said).toContain('There are rules for ae, ar, at')
  })

  it('has a hold placed, its release asked for, and released by another', () => {
    const placed = as('rita', 'hold', 'place', '--matter', 'Roe v. Hospital', '--study', old.study, ...WHY)
    expect(placed.said).toMatch(/Roe v\. Hospital {2}placed .* by rita {2}holds 1 study/)
    const number = numberIn(placed.said)
    expect(as('rita', 'dispose', 'propose', old.study, '--looked-at', old.study, ...WHY)).toMatchObject({
      status: 1,
      said: expect.stringContaining(`legal hold ${number} covers it`),
    })
    expect(as('rita', 'hold', 'ask', number, ...WHY).said).toContain('release asked for')
    expect(as('paul', 'hold', 'release', number, ...SIGNED).said).toContain('released')
    expect(as('paul', 'hold', 'list', '--json').said).toContain('"matter":"Roe v. Hospital"')
  })

  it('has a destruction proposed, approved and called off, never by the same person twice', () => {
    const made = as('rita', 'dispose', 'propose', old.study, '--looked-at', old.study, ...WHY)
    expect(made.status).toBe(0)
    const number = numberIn(made.said)
    expect(as('rita', 'dispose', 'approve', number, 'first', ...SIGNED)).toMatchObject({
      status: 1,
      said: expect.stringContaining('It takes three people'),
    })
    expect(as('rosa', 'dispose', 'approve', number, 'first', ...SIGNED).said).toContain('approved')
    expect(as('paul', 'dispose', 'approve', number, 'second', ...SIGNED).said).toContain('cooling, destroyed from')
    expect(as('rita', 'dispose', 'end', number, ...WHY).said).toContain('ended')
    expect(as('paul', 'dispose', 'list').said).toContain(old.study)
    expect(as('paul', 'dispose', 'certificate', '1').status).toBe(1)
  })

  it('has something said that no image says, a promised date let go, and a request for erasure answered', () => {
    const patient = Buffer.from('|SYN-1').toString('base64url')
    const shown = as('rita', 'retention', 'show', old.study).said
    const promised = /through (\d{4}-\d\d-\d\d)/.exec(shown)?.[1] ?? ''
    const told = as('rita', 'retention', 'tell', '--patient', patient, 'birth=1950-01-01', ...WHY)
    expect(told.said).toContain(`${promised} stands: it would end earlier`)
    expect(as('paul', 'retention', 'facts', '--patient', patient).said).toMatch(/^birth=1950-01-01 {2}.* by rita/)
    expect(as('paul', 'retention', 'show', old.study).said).toContain(`stands through ${promised}: promised before`)
    const made = as('rita', 'retention', 'let-go', old.study, '--evidence', 'A certificate', ...WHY)
    expect(made.said).toMatch(/^\d+ {2}proposed/)
    const number = numberIn(made.said)
    expect(as('rosa', 'retention', 'approve-let-go', number, 'first', ...SIGNED).said).toContain('approved')
    expect(as('paul', 'retention', 'approve-let-go', number, 'second', ...SIGNED).said).toContain('let go')
    expect(as('paul', 'retention', 'show', old.study).said).not.toContain('stands')
    expect(as('paul', 'retention', 'reductions').said).toContain('let go')

    const identity = ['--by', 'The patient, by letter', '--identity', 'Passport seen']
    const asked = as('rita', 'erasure', 'record', patient, '--asked-on', '2026-01-31', ...identity)
    expect(asked.said).toMatch(/^\d+ {2}recorded {2}patient SYN-1 {2}asked 2026-01-31 {2}to be answered by 2026-03-01/)
    expect(asked.said).toContain(`${old.study}  candidate`)
    const request = numberIn(asked.said)
    expect(as('rita', 'erasure', 'answer', request).status).toBe(1)
    expect(as('paul', 'erasure', 'answer', request).said).toContain('answered')
    expect(as('paul', 'erasure', 'letter', request).status).toBe(0)
    expect(readFileSync(join(scratch, `erasure-${request}.txt`), 'utf8')).toContain('put forward for')
    expect(as('paul', 'erasure', 'letter', request, '--pdf').status).toBe(0)
    expect(readFileSync(join(scratch, `erasure-${request}.pdf`), 'latin1')).toMatch(/^%PDF-1\.7/)
    expect(as('paul', 'erasure', 'list').said).toContain('patient SYN-1')
  })

  it('says what is missing, and who may not', () => {
    expect(as('rita', 'hold', 'place', '--matter', 'M', '--study', old.study)).toMatchObject({
      status: 2,
      said: expect.stringContaining('Say why, with --reason'),
    })
    expect(as('rita', 'dispose', 'approve', '1', 'third', ...WHY).status).toBe(2)
    expect(as('rita', 'dispose', 'approve', '1', 'first', ...WHY)).toMatchObject({
      status: 2,
      said: expect.stringContaining('An approval is signed'),
    })
    expect(as('tom', 'hold', 'list')).toMatchObject({
      status: 1,
      said: expect.stringContaining('This token may not hold.see'),
    })
  })
})
