/**
 * Lookouts: searches of the audit log that warn. What is journaled after one was saved is warned of once, whoever does it and
 * by whichever number the patient is known, over restarts and a lost index; nobody is told of a patient kept from them.
 */
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import type { LookoutAsk } from '../../src/archive/archive.ts'
import type { Context } from '../../src/base/context.ts'
import { uid } from '../../src/dicom/uid.ts'
import { diskFiles } from '../../src/storage/files/disk.ts'
import { asFile, ENGINES, type Running, removeArchives, runArchive } from '../support/archives.ts'
import { person } from '../support/people.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { look } from '../support/verify.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let running: Running | undefined
afterEach(async () => {
  await running?.close()
})
afterAll(removeArchives)

const paula = person('paula', 'privacy')
const petra = person('petra', 'privacy')
const aude = person('aude', 'auditor')
const clara = person('clara', 'radiologist')
const nosy = person('nosy', 'radiologist')
const rita = person('rita', 'records')
const tess = person('tess', 'technologist')
const own = (seed: number, patientId: string) =>
  syntheticInstance({ seed, study: seed, rows: 16, columns: 16, patientId })
const images = ['VIP-1', 'VIP-2', 'P-3', 'P-4', 'P-5'].map((id, at) => own(at + 1, id))
const [vip, alias, other] = images as [(typeof images)[0], (typeof images)[0], (typeof images)[0]]

const ASK: LookoutAsk = {
  name: 'Somebody we know',
  actor: '',
  patients: [],
  types: [],
  failed: false,
  emergency: false,
  outside: null,
  threshold: null,
  addressees: [],
}
const all = { mine: false, waiting: false, limit: 100 }
const warned = async ({ archive }: Running, who: Context = paula) => (await archive.warnings(who, all)).warnings
const until = (count: number, of: Running) =>
  vi.waitFor(async () => expect(await warned(of)).toHaveLength(count), 10_000)
/** Long enough for what would be warned of wrongly. */
const settled = () => new Promise((settle) => setTimeout(settle, 900))
const lookAt = ({ archive }: Running, who: Context, study: string) => archive.study(who, uid(study))

describe.each(ENGINES)('lookouts on %s', (engine) => {
  /** Where the watch keeper stood is not found any more. */
  let lost = false
  const start = async () => {
    lost = false
    const disk = diskFiles()
    running = await runArchive({
      engine,
      files: { ...disk, size: async (path) => (lost && path.endsWith('lookouts.json') ? undefined : disk.size(path)) },
    })
    for (const { bytes } of images) await running.archive.receive(tess, asFile(bytes))
    return running
  }

  it('warn of what is journaled from then on, once, by every number of the patient, and tell owner and addressees', async () => {
    let now = await start()
    await lookAt(now, clara, vip.study)
    const saved = await now.archive.saveLookout(paula, {
      ...ASK,
      patients: ['VIP-1'],
      types: ['aud.110112', 'aud.110104'],
      addressees: ['role:auditor'],
    })
    expect(saved).toMatchObject({ owner: expect.stringMatching(/^u:/), mine: true, waiting: 0 })
    await lookAt(now, clara, vip.study)
    await lookAt(now, clara, other.study)
    await until(1, now)
    const [first] = await warned(now)
    expect(first).toMatchObject({ who: 'clara', patient: '|VIP-1', study: vip.study, seen: 1 })

    // The same person by another number.
    await now.archive.relate(tess, { op: 'link', from: '|VIP-2', into: '|VIP-1', reason: 'One person.', sure: false })
    await lookAt(now, nosy, alias.study)
    await until(2, now)

    // Each of whom it is addressed to has it waiting, and nobody else.
    const waiting = async (who: Context) => (await now.archive.warnings(who, { ...all, mine: true })).waiting
    expect([await waiting(paula), await waiting(aude), await waiting(petra)]).toEqual([2, 2, 0])
    await expect(now.archive.warnings(rita, all)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    await expect(now.archive.saveLookout(aude, ASK)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })

    // Looked at by one, it waits for nobody.
    const [second] = await warned(now)
    const seen = await now.archive.settleWarning(petra, second?.id ?? 0, 'She treats him.')
    expect(seen.settled).toMatchObject({ by: 'petra', words: 'She treats him.' })
    await expect(now.archive.settleWarning(paula, second?.id ?? 0, 'Too.')).rejects.toMatchObject({
      code: 'LOOKOUT_STATE',
    })
    expect(await waiting(aude)).toBe(1)

    // A restart, and the loss of where it stood, warn of nothing again; what was journaled meanwhile is not lost.
    now = await now.restart()
    running = now
    await settled()
    expect(await warned(now)).toHaveLength(2)
    lost = true
    now = await now.restart()
    running = now
    await settled()
    expect(await warned(now)).toHaveLength(2)
    await lookAt(now, nosy, vip.study)
    await until(3, now)
  })

  it('stand in the journal: an index that was lost has them again, and verify holds them', async () => {
    let now = await start()
    const { id } = await now.archive.saveLookout(paula, { ...ASK, actor: 'u:6e6f737920202020' })
    await lookAt(now, nosy, vip.study)
    await until(1, now)
    await now.archive.saveLookout(petra, { ...ASK, name: 'Another name', actor: 'u:6e6f737920202020' }, id)
    await now.archive.stopLookout(paula, id, 'She left the house.')
    await lookAt(now, nosy, vip.study)
    await settled()
    expect(await warned(now)).toHaveLength(1)
    await expect(now.archive.stopLookout(paula, id, 'Again.')).rejects.toMatchObject({ code: 'LOOKOUT_STATE' })
    const before = await now.archive.lookouts(paula)
    expect(before).toMatchObject([
      { id, ask: { name: 'Another name' }, saved: { by: 'petra' }, stopped: { reason: 'She left the house.' }, all: 1 },
    ])
    now = await now.withoutIndex()
    running = now
    expect(await now.archive.lookouts(paula)).toEqual(before)
    expect(await warned(now)).toHaveLength(1)
    const { folder } = now
    await now.close()
    const checked = await look(folder)
    expect(checked.failed).toEqual({})
  })

  it('count what one person does within a time, and warn once of it', async () => {
    const now = await start()
    await now.archive.saveLookout(paula, {
      ...ASK,
      types: ['aud.110112'],
      threshold: { more: 3, minutes: 60, of: 'patients' },
    })
    for (let times = 0; times < 6; times += 1) await lookAt(now, clara, vip.study)
    for (const { study } of images.slice(0, 3)) await lookAt(now, nosy, study)
    await settled()
    expect(await warned(now)).toEqual([])
    for (const { study } of images) await lookAt(now, nosy, study)
    await until(1, now)
    await settled()
    expect(await warned(now)).toMatchObject([{ who: 'nosy', seen: 4 }])
  })

  it('warn of what is refused and of emergencies, and tell nobody of a patient who is kept from them', async () => {
    const now = await start()
    const { archive } = now
    await archive.saveLookout(paula, { ...ASK, name: 'Refused', failed: true })
    await archive.saveLookout(paula, { ...ASK, name: 'Urgent', emergency: true })
    await archive.restrict(petra, {
      kind: 'patient',
      subject: '|VIP-1',
      level: 'restricted',
      admits: ['u:7065747261202020'],
      reason: 'A member of the staff.',
    })
    await expect(lookAt(now, clara, vip.study)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await archive.breakGlass(clara, {
      patientId: 'VIP-1',
      cause: 'emergency',
      reason: 'Brought in tonight.',
      minutes: 10,
    })
    await lookAt(now, clara, vip.study)
    await vi.waitFor(async () => {
      const names = (await warned(now, petra)).map(({ lookout }) => lookout.name)
      expect(names).toEqual(expect.arrayContaining(['Refused', 'Urgent']))
    }, 10_000)
    // Paula saved them, and is kept from the patient.
    expect((await warned(now)).filter(({ study }) => study === vip.study)).toEqual([])
    // The audit search by purpose finds the same.
    const urgent = await archive.audit(petra, { purpose: 'BTG', limit: 100 })
    expect(urgent.events.map(({ type }) => type)).toContain('aud.110112')
    for (const { body } of urgent.events) expect(JSON.parse(body)).toMatchObject({ purposeOfUse: 'BTG' })
    expect((await archive.audit(petra, { purpose: 'BTG', patientId: 'P-3', limit: 100 })).events).toEqual([])
    expect((await archive.audit(paula, { purpose: 'BTG', limit: 100 })).events).toEqual([])
  })

  it('are refused when they would warn of everything, of themselves, or by a clock that is none', async () => {
    const { archive } = await start()
    const faults: readonly Partial<LookoutAsk>[] = [
      {},
      { types: ['lookout.warn'] },
      { outside: { zone: 'Nowhere', from: '07:00', until: '19:00', days: [1] } },
      { outside: { zone: 'UTC', from: '07:00', until: '07:00', days: [1] } },
    ]
    for (const fault of faults)
      await expect(archive.saveLookout(paula, { ...ASK, ...fault })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(archive.saveLookout(paula, { ...ASK, failed: true }, 4711)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})
