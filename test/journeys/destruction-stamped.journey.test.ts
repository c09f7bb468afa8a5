/** A destruction is under a checkpoint with the time of an authority at once, and not when the day's stamp is due. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { uid } from '../../src/dicom/uid.ts'
import { asFile, removeArchives, runArchive } from '../support/archives.ts'
import { person } from '../support/people.ts'
import { adoptRules } from '../support/rules.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { type Authority, hasOpenssl, startAuthority } from '../support/tsa.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })
const [rita, rosa, paul] = [person('rita', 'records'), person('rosa', 'records'), person('paul', 'privacy')]

describe.skipIf(!hasOpenssl)('the stamp of a destruction', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-stamped-'))
  let authority: Authority
  beforeAll(async () => {
    authority = await startAuthority(scratch)
  })
  afterAll(async () => {
    await removeArchives()
    await authority?.close()
    rmSync(scratch, { recursive: true, force: true })
  })

  it('comes at once', async () => {
    const options = { tsaUrl: authority.url, disposition: { coolingDays: 0, automatic: false } }
    const { archive } = await runArchive({ options })
    const stamped = async () => (await archive.status(rita)).log.stamps?.size ?? 0
    await vi.waitFor(async () => expect(await stamped()).toBeGreaterThan(0), { timeout: 20_000 })
    await adoptRules(archive)
    const image = syntheticInstance({ seed: 1, studyDate: '19900315' })
    await archive.receive(person('tom', 'technologist'), asFile(image.bytes, 'import'))
    const study = uid(image.study)
    const { id } = await archive.proposeDisposition(rita, {
      reason: 'x',
      studies: [study],
      acknowledged: [study],
      papers: {},
    })
    await archive.approveDisposition(rosa, id, 'first', 'x')
    await archive.approveDisposition(paul, id, 'second', 'x')
    for await (const { outcome } of archive.seal(rita, 'all')) expect(outcome).toBe('sealed')
    const before = await stamped()
    await archive.carryOutDispositions()
    const [tombstone] = await archive.tombstones(paul, study)
    expect(before).toBeLessThan(tombstone?.id ?? 0)
    await vi.waitFor(async () => expect(await stamped()).toBeGreaterThan(tombstone?.done ?? Number.MAX_SAFE_INTEGER), {
      timeout: 20_000,
    })
  })
})
