/**
 * Redaction of events (issue 4, must show 8): two people, and then no byte of their bodies and salts in the folder, while the
 * tree, the chain of the journal and every proof hold; after a crash, a rebuild, a backup; and nothing passes for an
 * redaction that is none.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { sql } from 'kysely'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import type { Context } from '../../src/base/context.ts'
import { uid } from '../../src/dicom/uid.ts'
import { diskFiles } from '../../src/storage/files/disk.ts'
import type { Files } from '../../src/storage/files/files.ts'
import {
  decodeRecordStart,
  decodeSegmentHeader,
  FRAME_BYTES,
  FRAME_KIND,
  KIND,
  RECORD_START,
  recordCrc,
  recordSeed,
} from '../../src/vault/inbox/journal-format.ts'
import { asFile, ENGINES, type Running, removeArchives, runArchive } from '../support/archives.ts'
import { person } from '../support/people.ts'
import { hasPython, python } from '../support/python.ts'
import { startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, Session } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { look } from '../support/verify.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

let running: Running | undefined
afterEach(async () => {
  await running?.close()
})
afterAll(removeArchives)

const rita = person('rita', 'records')
const paula = person('paula', 'privacy')
const petra = person('petra', 'privacy')
/** Whose name must be gone. */
const WHO = 'ephemera-of-the-night-shift'
const clara: Context = {
  ...person('clara', 'radiologist'),
  principal: { ...person('clara', 'radiologist').principal, name: WHO } as Context['principal'],
}
const image = syntheticInstance({ seed: 1, rows: 16, columns: 16, patientId: 'ERASE-4711' })
const KEEP = { auditKeepDays: 0 }

/** Every file below a folder, as one text of bytes. */
function allBytes(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
    .join('\n')
}

/** Somebody looks and searches; gives the salts and the numbers of these acts. */
async function lookedAt({ archive, db }: Running) {
  await archive.study(clara, uid(image.study))
  await archive.worklist(clara, { words: 'ERASE-4711', limit: 10 })
  await archive.record(
    clara,
    { type: 'aud.110114', action: 'E', outcome: 0, detail: { what: '110122', name: WHO } },
    'now',
  )
  const find = () =>
    sql<{ n: number; salt: string }>`select n, salt from events where body like ${`%${WHO}%`}`.execute(db.read)
  await vi.waitFor(async () => expect((await find()).rows).toHaveLength(3), 10_000)
  const { rows } = await find()
  return rows.map(({ n, salt }) => ({ n: Number(n), salt }))
}

async function erase({ archive }: Running) {
  const { id } = await archive.proposeRedaction(rita, {
    until: new Date().toISOString(),
    reason: 'Their time is over.',
  })
  return archive.approveRedaction(paula, id, 'Agreed.')
}

describe.each(ENGINES)('redaction of events on %s', (engine) => {
  it('takes bodies and salts out of journal and index, and the tree, the chain and the proofs hold', async () => {
    running = await runArchive({ engine, options: KEEP })
    await running.archive.receive(person('tess', 'technologist'), asFile(image.bytes))
    const gone = await lookedAt(running)
    expect(gone.length).toBeGreaterThan(2)
    const [first] = gone
    const { log } = running.archive
    await vi.waitFor(async () => expect(await log.proof(first?.n ?? 0)).toBeDefined(), 10_000)
    expect(allBytes(running.folder)).toContain(WHO)

    const { events, doneAt } = await erase(running)
    expect(events).toBeGreaterThanOrEqual(gone.length)
    expect(doneAt).not.toBe('')
    const bytes = allBytes(running.folder)
    expect(bytes).not.toContain(WHO)
    for (const { salt } of gone) expect(bytes).not.toContain(salt)
    const { rows } = await sql<{ left: number }>`
      select count(*) as left from events where body like ${`%${WHO}%`} or (body = '' and (salt <> '' or patient_key <> ''))
    `.execute(running.db.read)
    expect(Number(rows[0]?.left)).toBe(0)
    // What is left tells of it, and the image and its arrival are there.
    const told = await running.archive.audit(petra, { limit: 100 })
    expect(told.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['log.erase.done', 'obj.ingest']))
    expect(told.events.map(({ type }) => type)).not.toContain('aud.110114')
    expect(await running.archive.log.proof(first?.n ?? 0)).toBeDefined()

    const dump = await running.dump()
    const { folder } = running
    await running.close()
    const checked = await look(folder)
    expect(checked.failed).toEqual({})
    expect(checked.steps.find(({ what }) => what === 'erased events')?.fact).toMatch(
      /^\d+ events of which only the leaf is left/,
    )
    running = await running.withoutIndex()
    const anew = await running.dump()
    // The stop and the start between are acts of their own.
    expect(anew.filter((line) => dump.includes(line))).toEqual(dump)
    const [record] = await running.archive.instances(clara, { study: uid(image.study) })
    expect(record?.ds).toBe(image.ds)
  })

  it('takes two people, who wait for the time the entries are kept', async () => {
    running = await runArchive({ engine })
    const { archive } = running
    await expect(
      archive.proposeRedaction(rita, { until: new Date().toISOString(), reason: 'Too soon.' }),
    ).rejects.toMatchObject({ code: 'REDACTION_TOO_YOUNG' })
    const old = { until: '2010-01-01T00:00:00.000Z', reason: 'Their time is over.' }
    const { id } = await archive.proposeRedaction(paula, old)
    await expect(archive.approveRedaction(paula, id, 'Mine.')).rejects.toMatchObject({ code: 'REDACTION_SAME_PERSON' })
    await expect(archive.approveRedaction(rita, id, 'Not my role.')).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    await archive.endRedaction(rita, id, 'Not yet.')
    await expect(archive.approveRedaction(petra, id, 'Late.')).rejects.toMatchObject({ code: 'REDACTION_STATE' })
    const next = await archive.proposeRedaction(rita, old)
    expect(await archive.approveRedaction(petra, next.id, 'Agreed.')).toMatchObject({ events: 0 })
    expect(await archive.redactions(rita)).toMatchObject([{ id: next.id }, { id, ended: { by: 'rita' } }])
  })

  it('keeps what a legal hold covers', async () => {
    running = await runArchive({ engine, options: KEEP })
    await running.archive.receive(person('tess', 'technologist'), asFile(image.bytes))
    await lookedAt(running)
    const scope = { studies: [image.study], patients: [] }
    await running.archive.placeHold(paula, { matter: 'Case 17', reason: 'A court asks.', scope })
    await erase(running)
    const { events } = await running.archive.audit(petra, { study: uid(image.study), limit: 100 })
    expect(events.filter(({ body }) => body.includes(WHO)).length).toBeGreaterThan(0)
  })
})

describe('a redaction of events', () => {
  it('that a crash came into is finished at the next start', async () => {
    const disk = diskFiles()
    let broken = false
    const files: Files = {
      ...disk,
      rename: async (from, to) => {
        if (broken && /\.journal$/.test(to))
          throw Object.assign(new Error('EIO: as the test wants it'), { code: 'EIO' })
        await disk.rename(from, to)
      },
    }
    running = await runArchive({ files, options: KEEP })
    await running.archive.receive(person('tess', 'technologist'), asFile(image.bytes))
    const gone = await lookedAt(running)
    broken = true
    await expect(erase(running)).rejects.toBeDefined()
    const { folder } = running
    await running.close()
    expect(allBytes(join(folder, 'inbox'))).toContain(WHO)
    expect((await look(folder)).failed).toMatchObject({
      'journal, erased events': expect.stringMatching(/the next start takes them out/),
    })
    broken = false
    running = await running.restart()
    await vi.waitFor(async () => expect((await running?.archive.redactions(paula))?.[0]?.doneAt).not.toBe(''), 30_000)
    const bytes = allBytes(folder)
    expect(bytes).not.toContain(WHO)
    for (const { salt } of gone) expect(bytes).not.toContain(salt)
    await running.close()
    expect((await look(folder)).failed).toEqual({})
  })

  it('does not hide an alteration: a group that was changed otherwise is named', async () => {
    running = await runArchive({ options: KEEP })
    await running.archive.receive(person('tess', 'technologist'), asFile(image.bytes))
    await lookedAt(running)
    await erase(running)
    const { folder } = running
    await running.close()
    const [segment] = readdirSync(join(folder, 'inbox')).filter((name) => name.endsWith('.journal'))
    const path = join(folder, 'inbox', segment ?? '')
    const bytes = readFileSync(path)
    const begun = decodeSegmentHeader(bytes) ?? expect.fail('no header')
    let at = begun.length
    for (;;) {
      if (bytes[at] === FRAME_KIND) {
        at += FRAME_BYTES
        continue
      }
      const start = decodeRecordStart(bytes.subarray(at)) ?? expect.fail('no erased record')
      if (start.kind === KIND.erased) break
      at += RECORD_START + start.headerLength + start.payloadLength
    }
    // Its padding, and its sum made right again: nothing but the fact of the redaction knows.
    const { headerLength } = decodeRecordStart(bytes.subarray(at)) ?? expect.fail('no record')
    const header = bytes.subarray(at + RECORD_START, at + RECORD_START + headerLength)
    header[headerLength - 1] = 0x09
    const sum = recordCrc(recordSeed(begun.header.mark, at), bytes.subarray(at), header, new Uint8Array(0))
    bytes.writeUInt32LE(sum, at + 16)
    writeFileSync(path, bytes)
    expect((await look(folder)).failed).toEqual({
      'journal, erased events': expect.stringMatching(/is not what its redaction says it is/),
    })
  })

  it.skipIf(!hasPython)('can be read by a stranger with Python and the page about the disk', async () => {
    running = await runArchive({ options: KEEP })
    await running.archive.receive(person('tess', 'technologist'), asFile(image.bytes))
    await lookedAt(running)
    await erase(running)
    const { folder } = running
    await running.close()
    const { status, lines } = python('docs/read-inbox.py', join(folder, 'inbox'))
    expect(status, lines.at(-1)).toBe(0)
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toContain('erased')
    expect(lines.join()).not.toContain(WHO)
  })
})

describe('a backup of an archive that erased events', { timeout: 240_000 }, () => {
  it('loses them when it is made again, and is intact; over HTTP it takes two people', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-erased-'))
    const [data, to, passphrase] = [join(scratch, 'data'), join(scratch, 'backup'), join(scratch, 'passphrase')]
    writeFileSync(passphrase, 'eleven mice and a horse\n')
    const clearkeep = (...words: readonly string[]) => spawnSync(resolve('bin/clearkeep'), words, { encoding: 'utf8' })
    const backup = () => clearkeep('backup', to, '--data', data, '--passphrase-file', passphrase)
    const server = await startServer({ data, open: false, environment: { CLEARKEEP_AUDIT__KEEPDAYS: '0' } })
    try {
      const adam = await firstAdministrator(server)
      const records = await newPerson(adam, 'rita', 'records')
      const privacy = await newPerson(adam, 'paula', 'privacy')
      // A login that fails names whom it was tried for.
      await new Session(server.url).logIn(WHO, 'not the password')
      await expect.poll(() => allBytes(join(data, 'inbox'))).toContain(WHO)
      const first = backup()
      expect(first.status, first.stderr).toBe(0)
      expect(allBytes(to)).toContain(WHO)

      const ask = { until: new Date().toISOString(), reason: 'Their time is over.' }
      const { json } = await records.ask('POST', '/api/redactions', ask)
      const path = `/api/redactions/${json['id']}/approve`
      expect((await records.sign(path, { reason: 'Mine.' })).status).toBe(403)
      expect(await privacy.ask('POST', path, { reason: 'Unsigned.' })).toMatchObject({ status: 401 })
      const approved = await privacy.sign(path, { reason: 'Agreed.' })
      expect(approved.status, approved.text).toBe(200)
      expect(Number(approved.json['events'])).toBeGreaterThan(0)
      expect(allBytes(data)).not.toContain(WHO)
      const second = backup()
      expect(second.status, second.stderr).toBe(0)
      expect(allBytes(to)).not.toContain(WHO)
      const verified = clearkeep('verify', to)
      expect(verified.status, verified.stdout).toBe(0)
    } finally {
      await server.stop()
      rmSync(scratch, { recursive: true, force: true })
    }
  })
})
