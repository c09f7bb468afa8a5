/** Evidence packs: made of a real archive, checked in a bare folder with Node alone, and found out when they were changed. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import type { Context, Role } from '../../src/base/context.ts'
import { uid } from '../../src/dicom/uid.ts'
import { asFile, asStream, type Running, removeArchives, runArchive, sha256 } from '../support/archives.ts'
import { corpus } from '../support/corpus.ts'
import { adoptRules } from '../support/rules.ts'
import { syntheticInstance } from '../support/synthetic.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const person = (name: string, ...roles: Role[]): Context => ({
  principal: {
    kind: 'user',
    id: `u:${Buffer.from(name.padEnd(8)).toString('hex')}`,
    name,
    roles,
    authMethod: 'password',
  },
  client: { address: '127.0.0.1' },
  now: () => new Date(),
  signal: new AbortController().signal,
})
const privacy = person('paul', 'privacy')
const stores = person('tom', 'technologist')

/** Runs the verifier of a pack with nothing but Node, in an empty environment. */
function verify(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', env: {} })
  return { status, said: stdout + stderr }
}

describe('an evidence pack', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-evidence-'))
  let running: Running
  let pack: string
  let folder: string
  let received: readonly { readonly bytes: Uint8Array; readonly instance: string }[]
  let study: string

  beforeAll(async () => {
    running = await runArchive()
    const { archive } = running
    await adoptRules(archive)
    const made = [1, 2, 3].map((seed) => syntheticInstance({ seed, studyDate: '20160315' }))
    study = made[0]?.study ?? ''
    for (const { bytes } of made.slice(0, 2)) await archive.receive(stores, asFile(bytes, 'import'))
    received = made.slice(0, 2)
    // Other content under a UID that is taken: both belong to the evidence.
    const other = Buffer.from(made[0]?.bytes ?? []).fill(7, (made[0]?.bytes.length ?? 0) - 64)
    await archive.receive(stores, asFile(other, 'import'))
    await archive.placeHold(privacy, { matter: 'Roe', reason: 'x', scope: { studies: [study], patients: [] } })
    const taken = await archive.evidence(privacy, { study: uid(study) })
    pack = join(scratch, `${taken.name}.zip`)
    writeFileSync(pack, await gather(taken.bytes))
    const unzipped = spawnSync('python3', ['-m', 'zipfile', '-e', pack, scratch], { encoding: 'utf8' })
    expect(unzipped.stderr).toBe('')
    folder = join(scratch, taken.name)
  })
  afterAll(async () => {
    await running?.close()
    await removeArchives()
    rmSync(scratch, { recursive: true, force: true })
  })

  it('holds each object bit for bit, other versions too, and passes its own check with Node alone', () => {
    const objects = JSON.parse(readFileSync(join(folder, 'data/objects.json'), 'utf8')) as {
      path: string
      instance: string
    }[]
    expect(objects).toHaveLength(3)
    const digests = objects.map(({ path }) => sha256(readFileSync(join(folder, path))))
    for (const { bytes } of received) expect(digests).toContain(sha256(bytes))

    for (const words of [
      [join(folder, 'verify.mjs'), folder],
      [join(folder, 'verify.mjs'), pack],
    ]) {
      const { status, said } = verify(...words)
      expect(said).toContain('objects: 3 objects: the data set of each has the digest the log has of its arrival')
      expect(said).toMatch(/skip {2}key: you gave none/)
      expect(said).not.toContain('FAIL')
      expect(status).toBe(0)
    }
  })

  it('passes as VERIFY.md says it: in the unpacked folder, without a word', () => {
    const { status, stdout } = spawnSync(process.execPath, ['verify.mjs'], { encoding: 'utf8', env: {}, cwd: folder })
    expect(stdout).not.toContain('FAIL')
    expect(status).toBe(0)
  })

  it('is checked against the key and the checkpoint its reader kept', async () => {
    const { archive } = running
    const [year = ''] = archive.log.years()
    const key = archive.log.key(year) ?? ''
    const kept = join(scratch, 'kept')
    writeFileSync(kept, archive.log.checkpoint(year) ?? '')
    const size = Number(readFileSync(kept, 'utf8').split('\n')[1])
    await archive.receive(stores, asFile(syntheticInstance({ seed: 9, study: 9 }).bytes, 'import'))
    const later = await archive.evidence(privacy, { study: uid(study), kept: [size] })
    const file = join(scratch, 'later.zip')
    writeFileSync(file, await gather(later.bytes))
    const { status, said } = verify(join(folder, 'verify.mjs'), file, '--key', key, '--checkpoint', kept)
    expect(said).toMatch(/pass {2}key: the key you gave/)
    expect(said).toMatch(/pass {2}kept checkpoints: the log extends the 1 checkpoints you kept/)
    expect(status).toBe(0)
    // The first pack cannot have the proof of what came after it.
    expect(verify(join(folder, 'verify.mjs'), pack, '--key', key).said).toMatch(/skip {2}kept checkpoints/)
    const wrong = key.replace(/.{6}$/, 'AAAAA=')
    expect(verify(join(folder, 'verify.mjs'), pack, '--key', wrong).status).not.toBe(0)
  })

  it('with one bit changed in any file, names the file', () => {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    expect(files.length).toBeGreaterThan(20)
    const changed = join(scratch, 'changed')
    const verifier = join(scratch, 'verify.mjs')
    cpSync(join(folder, 'verify.mjs'), verifier)
    cpSync(folder, changed, { recursive: true })
    // Of the acts a few stand for all.
    const some = files.filter((name) => !name.startsWith('data/entries/') || /^data\/entries\/[12]\//.test(name))
    for (const name of some) {
      const whole = readFileSync(join(folder, name))
      const flipped = Buffer.from(whole)
      const at = Math.floor(whole.length / 2)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      writeFileSync(join(changed, name), flipped)
      const { status, said } = verify(verifier, changed)
      writeFileSync(join(changed, name), whole)
      expect(status, name).not.toBe(0)
      if (!/^(tag)?manifest/.test(name)) expect(said, name).toContain(name)
    }
  })

  it('is found out when the manifests were mended after the change: an object, a body, a leaf, a proof', () => {
    const changed = join(scratch, 'mended')
    const verifier = join(folder, 'verify.mjs')
    const attack = (name: string, change: (bytes: Buffer) => Buffer): string => {
      rmSync(changed, { recursive: true, force: true })
      cpSync(folder, changed, { recursive: true })
      writeFileSync(join(changed, name), change(readFileSync(join(changed, name))))
      mend(changed)
      const { status, said } = verify(verifier, changed)
      expect(status, name).toBe(1)
      expect(said).toMatch(/pass {2}files:/)
      return said
    }
    const [object] = JSON.parse(readFileSync(join(folder, 'data/objects.json'), 'utf8')) as {
      path: string
      n: number
    }[]
    const flip = (bytes: Buffer): Buffer => {
      const at = bytes.length - 10
      bytes[at] = (bytes[at] ?? 0) ^ 1
      return bytes
    }
    expect(attack(object?.path ?? '', flip)).toContain(`${object?.path}: its data set is not the one that was received`)
    const act = `data/entries/${object?.n}`
    const said = (bytes: Buffer) => Buffer.from(bytes.toString().replace('"tom"', '"tim"'))
    expect(attack(`${act}/body.json`, said)).toContain(`leaf ${object?.n}: its body is not the one it commits to`)
    expect(
      attack(`${act}/leaf.json`, (bytes) => Buffer.from(bytes.toString().replace(/"ts":"2/, '"ts":"1'))),
    ).toContain(`leaf ${object?.n} is not in the tree its checkpoint signs`)
    expect(
      attack(`${act}/leaf.tlog-proof`, (bytes) =>
        Buffer.from(bytes.toString().replace(/\n\d+\n(?=.*\n\n— )/, '\n99999\n')),
      ),
    ).toMatch(/signatures: something is wrong|is not in the tree|is no/)
  })

  it('says who may take one, and tells of each in the log', async () => {
    const { archive } = running
    for (const who of [stores, person('adam', 'administrator'), person('ron', 'radiologist')])
      await expect(archive.evidence(who, { study: uid(study) })).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    await expect(archive.evidence(privacy, { study: uid('1.2.3') })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const { events } = await archive.audit(privacy, { type: 'aud.110106', limit: 10 })
    expect(events.length).toBeGreaterThan(0)
    expect(readFileSync(join(folder, 'data/acts.csv'), 'utf8')).toContain('paul took out an evidence pack')
  })

  it('of a patient has every study, sealed ones as they were received', async () => {
    const { archive } = running
    const files = corpus()
      .filter(({ expect: expected, path }) => expected === 'ok' && !/DICOMDIR$/.test(path))
      .slice(0, 12)
    const digests = new Map<string, string>()
    const patients = new Map<string, number>()
    for (const { file } of files) {
      const bytes = readFileSync(file)
      const receipt = await archive.receive(stores, asFile(bytes, 'import')).catch(() => undefined)
      if (receipt === undefined) continue
      digests.set(receipt.key.instance, sha256(bytes))
      const [row] = (await archive.worklist(privacy, { words: '', studies: [receipt.key.study], limit: 1 })).studies
      if (row) patients.set(row.patientKey, (patients.get(row.patientKey) ?? 0) + 1)
    }
    // Without the corpus the synthetic patient stands in.
    const [patient = '|SYN-1'] = [...patients.keys()].filter((key) => key !== '')
    const administrator = person('adam', 'administrator')
    for await (const report of archive.seal(administrator, 'all')) expect(report.outcome).not.toBe('failed')
    const taken = await archive.evidence(privacy, { patient })
    const file = join(scratch, 'patient.zip')
    writeFileSync(file, await gather(taken.bytes))
    const out = join(scratch, 'patient')
    mkdirSync(out)
    spawnSync('python3', ['-m', 'zipfile', '-e', file, out])
    const objects = JSON.parse(readFileSync(join(out, taken.name, 'data/objects.json'), 'utf8')) as {
      path: string
      instance: string
    }[]
    expect(objects.length).toBeGreaterThan(0)
    for (const { path, instance } of objects) {
      const digest = digests.get(instance)
      if (digest !== undefined) expect(sha256(readFileSync(join(out, taken.name, path)))).toBe(digest)
    }
    const { status, said } = verify(join(folder, 'verify.mjs'), file)
    expect(said).not.toContain('FAIL')
    expect(status).toBe(0)
  })

  it('holds what came over an association, with the file that was made of it', async () => {
    const { archive } = running
    const made = syntheticInstance({ seed: 21, study: 21 })
    await archive.receive(
      stores,
      asStream(made.bytes.subarray(made.dataSetStart), {
        transferSyntax: '1.2.840.10008.1.2.1',
        sopClass: '1.2.840.10008.5.1.4.1.1.2',
        sopInstance: made.instance,
      }),
    )
    const taken = await archive.evidence(privacy, { study: uid(made.study) })
    const file = join(scratch, 'stream.zip')
    writeFileSync(file, await gather(taken.bytes))
    const { status, said } = verify(join(folder, 'verify.mjs'), file)
    expect(said).toContain('objects: 1 objects')
    expect(status).toBe(0)
  })
})

/** Makes both manifests again, as whoever changed the pack would. */
function mend(folder: string): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .filter((name) => !/^(tag)?manifest-/.test(name))
  const lines = (own: readonly string[]) =>
    own.map((name) => `${sha256(readFileSync(join(folder, name)))}  ${name}\n`).join('')
  writeFileSync(join(folder, 'manifest-sha256.txt'), lines(files.filter((name) => name.startsWith('data/'))))
  writeFileSync(
    join(folder, 'tagmanifest-sha256.txt'),
    lines([...files.filter((name) => !name.startsWith('data/')), 'manifest-sha256.txt']),
  )
}
