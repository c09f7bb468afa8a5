/**
 * What `clearkeep verify` makes of a data folder that somebody changed who knows the formats and mends what he can. The archive
 * is a real one, filled over HTTP by the real program and stopped in order; each attack is made on a copy.
 *
 * Where an attack can be seen only with something kept elsewhere, the test says so by showing both.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { fromHex } from '../../src/base/bytes.ts'
import { canonicalJson } from '../../src/base/canonical-json.ts'
import { bodyCommitment } from '../../src/ledger/leaf.ts'
import { openWitness } from '../../src/ledger/witness/witness.ts'
import { addCheckpointText } from '../../src/proof/add-checkpoint.ts'
import { parseCheckpoint } from '../../src/proof/checkpoint.ts'
import { keyText, parseKey } from '../../src/proof/note.ts'
import { diskFiles } from '../../src/storage/files/disk.ts'
import type { EventRecord, InstanceRecord } from '../../src/vault/inbox/records.ts'
import { ADMINISTRATOR, asFile, removeArchives, runArchive } from '../support/archives.ts'
import { type Members, remakeLog, retold, stolenKey, type TakenJournal, takeJournal } from '../support/attacker.ts'
import { stow } from '../support/client.ts'
import { noteSigner } from '../support/made-log.ts'
import { startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { failedSteps, look } from '../support/verify.ts'

const YEAR = String(new Date().getUTCFullYear())
const ORIGIN = `archive.example.org/log/${YEAR}`
const LOG = `log/${YEAR}`
const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-attacks-'))
const whole = join(scratch, 'whole')
/** Fetched over HTTP while the archive ran, as an outsider keeps them; and its key, on paper. */
const early = join(scratch, 'early.txt')
const late = join(scratch, 'late.txt')
let key = ''
let copies = 0
const WAIT = { timeout: 30_000, interval: 50 }

beforeAll(async () => {
  const server = await startServer({
    data: whole,
    environment: { CLEARKEEP_LOG__ORIGIN: 'archive.example.org', CLEARKEEP_STORAGE__SEGMENTBYTES: '1048576' },
  })
  const get = async (path: string) => (await fetch(`${server.url}${path}`)).text()
  const keep = async (path: string) => {
    const leaves = async () => parseCheckpoint(await get(`/log/${YEAR}/checkpoint`)).size
    const before = await leaves()
    await stow(server.dicomweb, syntheticInstance({ seed: 50 + before, study: 5 }).bytes)
    await vi.waitFor(async () => expect(await leaves()).toBeGreaterThan(before), WAIT)
    writeFileSync(path, await get(`/log/${YEAR}/checkpoint`))
  }
  await vi.waitFor(async () => expect(JSON.parse(await get('/log')).shards).toHaveLength(1), WAIT)
  for (let seed = 1; seed <= 12; seed += 1)
    await stow(server.dicomweb, syntheticInstance({ seed, rows: 300, columns: 300 }).bytes)
  await keep(early)
  // Larger than 1 MiB goes to a spool file; other content under a known UID raises a conflict.
  await stow(server.dicomweb, syntheticInstance({ seed: 20, rows: 1000, columns: 1000 }).bytes)
  await stow(server.dicomweb, syntheticInstance({ seed: 1, patientName: 'OTHER' }).bytes)
  for (let seed = 21; seed <= 26; seed += 1) await stow(server.dicomweb, syntheticInstance({ seed, study: 2 }).bytes)
  await keep(late)
  key = (await get(`/log/${YEAR}/key`)).trim()
  await stow(server.dicomweb, syntheticInstance({ seed: 30, study: 3 }).bytes)
  expect(await server.stop()).toBe(0)
})
afterAll(async () => {
  await removeArchives()
  rmSync(scratch, { recursive: true, force: true })
})

function copy(): string {
  copies += 1
  const data = join(scratch, `copy-${copies}`)
  cpSync(whole, data, { recursive: true })
  return data
}

/** A copy whose journal is changed and made sound again. */
function attacked(change: (journal: TakenJournal, data: string) => void): {
  readonly data: string
  readonly journal: TakenJournal
} {
  const data = copy()
  const journal = takeJournal(data)
  change(journal, data)
  journal.putBack()
  return { data, journal }
}

const leavesOf = (journal: TakenJournal): string[] => journal.events().map(({ leaf }) => leaf)
const typeOf = ({ leaf }: EventRecord): string => (JSON.parse(leaf) as { t: string }).t

/** The first event of a type that comes after so many leaves. */
function eventOf(journal: TakenJournal, type: string, after = 3): EventRecord {
  const found = journal.events().find((event) => typeOf(event) === type && event.n > after)
  if (found === undefined) throw new Error(`there is no ${type}`)
  return found
}

/** Gives every event its number by its place, and instances and facts theirs with it. */
function renumber(journal: TakenJournal): void {
  let n = 0
  for (const group of journal.groups())
    group.forEach((record, at) => {
      if (record.kind === 'event') {
        group[at] = retold(record, { leaf: { n } })
        n += 1
      } else if (record.kind === 'instance') group[at] = { ...record, header: { ...record.header, n } }
      else group[at] = { ...record, n: n - 1 }
    })
}

/** The log made again over the journal’s leaves, but for the signature, which needs the key. */
function mendLog({ data, journal }: { data: string; journal: TakenJournal }): void {
  remakeLog(join(data, LOG), leavesOf(journal), noteSigner(ORIGIN, 9), false)
  const { size } = parseCheckpoint(readFileSync(join(data, LOG, 'checkpoint'), 'utf8'))
  expect(size).toBeGreaterThan(20)
}

/** The same with the key: tiles, checkpoint and the checkpoint kept in `keys/`. */
function resign({ data, journal }: { data: string; journal: TakenJournal }, signer = stolenKey(data, ORIGIN)): void {
  remakeLog(join(data, LOG), leavesOf(journal), signer)
  writeFileSync(join(data, 'keys/log-checkpoint'), readFileSync(join(data, LOG, 'checkpoint')))
}

const ROOT_FAILS = [`${LOG}, root`, `${LOG}, the journal gives its root`, 'journal, extends keys/log-checkpoint'].sort()

describe('a folder nobody touched', () => {
  it('is intact, each step counted, with a key and checkpoints from elsewhere', async () => {
    const { exit, steps } = await look(whole, { key: [key], checkpoint: [early, late] })
    expect(steps.filter(({ outcome }) => outcome !== 'passed').map(({ part }) => part)).toEqual(['index'])
    expect(exit).toBe(0)
    const fact = (what: string) => steps.find((step) => step.what === what)?.fact
    expect(fact('received bytes')).toMatch(/^23 instances, \d+ bytes, 1 of them in spool files/)
    expect(fact('instances and their events')).toContain(
      '23 instances, 1 conflicts, 0 steps of holds, 0 of rejections, 0 of dispositions, 0 of adoptions of rules, 0 sayings about retention, 0 steps of requests for erasure, 0 messages and performed procedures, 0 merges and links of patients, 0 rules and uses of access, 0 steps of redactions, 0 of lookouts, 0 moves between tiers and 0 seals',
    )
    expect(fact('groups')).toMatch(/groups in [3-9] segments/)
  })

  it('taken apart and put back is intact too: what fails below is the attack', async () => {
    const one = attacked(() => {})
    resign(one)
    expect(await look(one.data, { key: [key], checkpoint: [early, late] })).toMatchObject({ exit: 0, failed: {} })
  })

  it('is intact as a log alone, and said to be without the key that was not given', async () => {
    const { exit, steps } = await look(join(whole, LOG), { checkpoint: [early] })
    expect(exit).toBe(0)
    expect(steps.find(({ what }) => what === 'key')).toMatchObject({ outcome: 'not checked' })
  })
})

describe('an entry', () => {
  const changed = (journal: TakenJournal): EventRecord => {
    const event = eventOf(journal, 'obj.ingest', 5)
    const actor = { ...(JSON.parse(event.body) as { actor: Members }).actor, userId: 'u:somebody-else' }
    const other = retold(event, { leaf: { a: 'u:somebody-else' }, body: { actor } })
    journal.replace(event, other)
    return other
  }

  it('altered in the journal, commitments and digests mended, is named by its number', async () => {
    let n = 0
    const { data } = attacked((journal) => {
      n = changed(journal).n
    })
    const looked = await look(data)
    expect(failedSteps(looked)).toEqual([
      'journal and log, leaves',
      'journal, extends keys/log-checkpoint',
      `${LOG}, the journal gives its root`,
    ])
    expect(looked.failed['journal and log, leaves']).toContain(
      `leaf ${n} (obj.ingest): the journal has another than ${LOG}`,
    )
    expect(looked.exit).toBe(1)
  })

  it('altered in the log with its tiles is named by the journal, and by the signature', async () => {
    const one = attacked(() => {})
    const leaves = leavesOf(one.journal)
    leaves[6] = (leaves[6] ?? '').replace(/"a":"[^"]+"/, '"a":"u:somebody-else"')
    remakeLog(join(one.data, LOG), leaves, noteSigner(ORIGIN, 9), false)
    const looked = await look(one.data)
    expect(failedSteps(looked)).toEqual(['journal and log, leaves', `${LOG}, root`])
    expect(looked.failed['journal and log, leaves']).toContain('leaf 6 (')
    expect(looked.failed[`${LOG}, root`]).toContain('what was signed is another log')
  })

  it('altered in its bundle only is named by the tile', async () => {
    const data = copy()
    const { size } = parseCheckpoint(readFileSync(join(data, LOG, 'checkpoint'), 'utf8'))
    const bundle = join(data, LOG, `tile/entries/000.p/${size}`)
    const bytes = readFileSync(bundle)
    bytes[bytes.indexOf('"n":7,') + 4] = '8'.charCodeAt(0)
    writeFileSync(bundle, bytes)
    const alone = await look(join(data, LOG))
    expect(failedSteps(alone)).toEqual([`${LOG}, numbers`, `${LOG}, root`, `${LOG}, tiles`])
    expect(alone.failed[`${LOG}, tiles`]).toContain('leaf 7 has another hash than its entry')
    expect(alone.failed[`${LOG}, root`]).toContain('entries were changed')
    expect((await look(data)).failed['journal and log, leaves']).toContain('leaf 7 (')
  })

  it('altered everywhere, without the key: what is signed is another log; kept checkpoints say between which leaves', async () => {
    let n = 0
    const one = attacked((journal) => {
      const late = journal.events().at(-6)
      if (late === undefined) throw new Error('too few')
      n = late.n
      journal.replace(late, retold(late, { body: { outcome: 8 } }))
    })
    mendLog(one)
    const looked = await look(one.data, { checkpoint: [early, late] })
    expect(failedSteps(looked)).toEqual([...ROOT_FAILS, `journal, extends ${late}`, `${LOG}, extends ${late}`].sort())
    const [from, to] = [early, late].map((path) => parseCheckpoint(readFileSync(path, 'utf8')).size)
    expect(looked.failed[`${LOG}, extends ${late}`]).toContain(`one from leaf ${from} to ${Number(to) - 1} is not`)
    expect(n).toBeGreaterThanOrEqual(Number(from))
    expect(n).toBeLessThan(Number(to))
  })

  it('dropped is named; dropped, the rest numbered anew and the log made again, leaves nothing that was signed', async () => {
    const drop = (journal: TakenJournal) => {
      const event = eventOf(journal, 'obj.conflict')
      for (const record of journal.groups().flat())
        if (record.kind !== 'instance' && record.n === event.n) journal.replace(record)
      return event.n
    }
    let n = 0
    const { data } = attacked((journal) => {
      n = drop(journal)
    })
    const looked = await look(data)
    expect(looked.failed['journal, numbers']).toContain(`leaf ${n} is missing`)

    const one = attacked((journal) => {
      drop(journal)
      renumber(journal)
    })
    mendLog(one)
    const mended = await look(one.data)
    expect(mended.failed['journal, numbers']).toBeUndefined()
    expect(failedSteps(mended)).toEqual([
      'journal and log, leaves',
      'journal, extends keys/log-checkpoint',
      `${LOG}, entries`,
      `${LOG}, the journal gives its root`,
      `${LOG}, tiles`,
    ])
    expect(mended.failed[`${LOG}, entries`]).toMatch(/tile\/entries\/000\.p\/\d+: it is missing/)
    expect(mended.failed['journal, extends keys/log-checkpoint']).toContain('the journal does not have as many')
  })

  it('moved before another is named', async () => {
    const one = attacked((journal) => {
      const [a, b] = journal.events().filter((event) => typeOf(event) === 'aud.110100' || typeOf(event) === 'log.open')
      if (a === undefined || b === undefined) throw new Error('too few')
      journal.replace(a, { ...b, n: 999 })
      journal.replace(b, { ...a })
      journal.replace(journal.events().find((event) => event.n === 999) ?? a, b)
    })
    mendLog(one)
    const looked = await look(one.data)
    expect(looked.failed['journal, numbers']).toContain('leaf 0 is missing')
    expect(looked.failed[`${LOG}, numbers`]).toContain('where leaf 0 is due stands leaf 1')
    expect(looked.failed[`${LOG}, root`]).toBeDefined()
  })

  it('put in is named; with the rest numbered anew and the log made again, nothing is left that was signed', async () => {
    const put = (journal: TakenJournal) => {
      const event = eventOf(journal, 'obj.ingest', 8)
      const extra = retold(event, { leaf: { t: 'aud.110112' }, body: { type: 'aud.110112' } })
      journal.replace(event, event, extra)
      return event.n
    }
    let n = 0
    const { data } = attacked((journal) => {
      n = put(journal)
    })
    const looked = await look(data)
    expect(looked.failed['journal, numbers']).toContain(`leaf ${n} stands where leaf ${n + 1} is due`)
    expect(looked.failed['journal and log, leaves']).toContain(
      `leaf ${n} (aud.110112): the journal has another than ${LOG}`,
    )

    const one = attacked((journal) => {
      put(journal)
      renumber(journal)
    })
    mendLog(one)
    const mended = await look(one.data)
    expect(mended.failed['journal, numbers']).toBeUndefined()
    expect(mended.failed[`${LOG}, root`]).toContain('what was signed is another log')
    expect(mended.failed['journal, extends keys/log-checkpoint']).toContain('are not the ones signed')
  })
})

describe('a log', () => {
  const shortened = (data: string, journal: TakenJournal): void => {
    const { size } = parseCheckpoint(readFileSync(early, 'utf8'))
    remakeLog(join(data, LOG), leavesOf(journal).slice(0, size), noteSigner(ORIGIN, 9))
    writeFileSync(join(data, LOG, 'checkpoint'), readFileSync(early))
  }

  it('cut short, an old and genuine checkpoint put in place, is named by the journal', async () => {
    const one = attacked(() => {})
    shortened(one.data, one.journal)
    const looked = await look(one.data)
    expect(failedSteps(looked)).toEqual(['journal and log, signed to the end'])
    expect(looked.failed['journal and log, signed to the end']).toMatch(
      /^the last \d+ leaves, .*though the archive was stopped in order\nthe log was cut short, or/,
    )
    expect((await look(join(one.data, LOG))).exit).toBe(0)
    const held = await look(join(one.data, LOG), { checkpoint: [late] })
    expect(held.failed[`${LOG}, extends ${late}`]).toContain('the log was cut short')
  })

  it('cut short with journal and keys/, an old backup put back, is seen only with a checkpoint kept elsewhere', async () => {
    const { size } = parseCheckpoint(readFileSync(early, 'utf8'))
    const one = attacked((journal) => {
      for (const record of journal.groups().flat()) {
        const n = record.kind === 'instance' ? record.header.n : record.n
        if (n >= size) journal.replace(record)
      }
    })
    shortened(one.data, one.journal)
    writeFileSync(join(one.data, 'keys/log-checkpoint'), readFileSync(early))
    expect(await look(one.data, { key: [key], checkpoint: [early] })).toMatchObject({ exit: 0, failed: {} })
    const held = await look(one.data, { key: [key], checkpoint: [late] })
    expect(failedSteps(held)).toEqual([`journal, extends ${late}`, `${LOG}, extends ${late}`].sort())
    expect(held.failed[`journal, extends ${late}`]).toContain('the journal does not have as many')
  })

  it('forked with the stolen key, everything signed anew, is seen only with a checkpoint kept elsewhere', async () => {
    const one = attacked((journal) => {
      const event = journal.events().at(-6)
      if (event) journal.replace(event, retold(event, { body: { outcome: 8 } }))
    })
    resign(one)
    expect(await look(one.data, { key: [key] })).toMatchObject({ exit: 0, failed: {} })
    const held = await look(one.data, { key: [key], checkpoint: [early, late] })
    expect(failedSteps(held)).toEqual([`journal, extends ${late}`, `${LOG}, extends ${late}`].sort())
    expect(held.failed[`${LOG}, extends ${late}`]).toContain('the log was forked or written anew')
  })

  it('signed anew with another key is named by the checkpoint in keys/ and the key there', async () => {
    const one = attacked((journal) => {
      const event = eventOf(journal, 'obj.ingest')
      journal.replace(event, retold(event, { body: { outcome: 8 } }))
    })
    const forger = noteSigner(ORIGIN, 9)
    remakeLog(join(one.data, LOG), leavesOf(one.journal), forger)
    const about = join(one.data, LOG, 'about.json')
    writeFileSync(about, readFileSync(about, 'utf8').replace(key, keyText(forger.key)))
    const looked = await look(one.data)
    expect(failedSteps(looked)).toEqual([
      'journal, extends keys/log-checkpoint',
      'keys, signature of keys/log-checkpoint',
      'keys, signing key',
    ])

    // With keys/ in his hands too, only the key on paper tells.
    writeFileSync(join(one.data, 'keys/log-checkpoint'), readFileSync(join(one.data, LOG, 'checkpoint')))
    rmSync(join(one.data, 'keys/log-ed25519.pem'))
    expect((await look(one.data)).exit).toBe(0)
    const known = await look(one.data, { key: [key] })
    expect(failedSteps(known)).toEqual(['keys, signature of keys/log-checkpoint', `${LOG}, key`, `${LOG}, signature`])
    expect(known.failed[`${LOG}, key`]).toContain('the key given is another')
  })

  it('that lost a tile, a bundle or its checkpoint says which', async () => {
    const data = copy()
    const { size } = parseCheckpoint(readFileSync(join(data, LOG, 'checkpoint'), 'utf8'))
    rmSync(join(data, LOG, `tile/0/000.p/${size}`))
    expect((await look(data)).failed).toEqual({
      [`${LOG}, tiles`]: expect.stringContaining(`tile/0/000.p/${size}: it is missing`),
    })
    rmSync(join(data, LOG, `tile/entries/000.p/${size}`))
    expect(failedSteps(await look(data))).toEqual([`${LOG}, entries`, `${LOG}, tiles`])
    rmSync(join(data, LOG, 'checkpoint'))
    expect((await look(data)).failed[`${LOG}, checkpoint`]).toContain('is missing')
  })
})

describe('an object', () => {
  const other = syntheticInstance({ seed: 3, rows: 300, columns: 300, patientName: 'REPLACED' })
  const inSegment = (journal: TakenJournal): InstanceRecord & { payload: readonly Uint8Array[] } => {
    const found = journal.instances().find(({ header }) => header.n > 3 && header.instance === other.instance)
    if (found === undefined || 'spool' in found.payload) throw new Error('there is no such instance')
    return { ...found, payload: found.payload }
  }

  it('replaced on the disk is named by its UIDs', async () => {
    const data = copy()
    const journal = takeJournal(data)
    const { header } = inSegment(journal)
    for (const { name } of journal.segments) {
      const path = join(data, 'inbox', name)
      const bytes = readFileSync(path)
      const at = bytes.indexOf(syntheticInstance({ seed: 3, rows: 300, columns: 300 }).bytes)
      if (at < 0) continue
      bytes[at + header.length - 10] = (bytes[at + header.length - 10] ?? 0) ^ 1
      writeFileSync(path, bytes)
    }
    const looked = await look(data)
    expect(failedSteps(looked)).toEqual(['journal, received bytes'])
    expect(looked.failed['journal, received bytes']).toContain(
      `instance ${header.instance} (version 1, leaf ${header.n}, study ${header.study}, series ${header.series}): its bytes in`,
    )
  })

  it('replaced with its digest in the record mended is named by the event of its arrival', async () => {
    let name = ''
    const { data } = attacked((journal) => {
      const known = journal.instances().find(({ header }) => header.instance === other.instance)
      if (known === undefined) throw new Error('there is no such instance')
      name = known.header.instance
      const header = { ...known.header, ds: other.ds, length: other.bytes.length, dsStart: other.dataSetStart }
      journal.replace(known, { ...known, header, payload: [other.bytes] })
    })
    const looked = await look(data)
    expect(failedSteps(looked)).toEqual(['journal, instances and their events'])
    expect(looked.failed['journal, instances and their events']).toContain(`instance ${name} `)
    expect(looked.failed['journal, instances and their events']).toContain('tells of another digest: it was replaced')
  })

  it('replaced with record, event and leaf mended is named by the log, and with the log mended by the signature', async () => {
    const change = (journal: TakenJournal): number => {
      const known = journal.instances().find(({ header }) => header.instance === other.instance)
      const event = journal.events().find(({ n }) => n === known?.header.n)
      if (known === undefined || event === undefined) throw new Error('there is no such instance')
      const header = { ...known.header, ds: other.ds, length: other.bytes.length, dsStart: other.dataSetStart }
      journal.replace(known, { ...known, header, payload: [other.bytes] })
      journal.replace(event, retold(event, { body: { ds: other.ds, length: other.bytes.length } }))
      return event.n
    }
    let n = 0
    const one = attacked((journal) => {
      n = change(journal)
    })
    expect((await look(one.data)).failed['journal and log, leaves']).toContain(`leaf ${n} (obj.ingest)`)
    mendLog(one)
    expect(failedSteps(await look(one.data))).toEqual(ROOT_FAILS)
  })

  it('in a spool file, replaced or removed, is named', async () => {
    const { data } = attacked(() => {})
    const spooled = takeJournal(data)
      .instances()
      .find(({ payload }) => 'spool' in payload)
    if (spooled === undefined || !('spool' in spooled.payload)) throw new Error('nothing is in a spool file')
    const path = join(data, 'inbox', spooled.payload.spool)
    const bytes = readFileSync(path)
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 255
    writeFileSync(path, bytes)
    const altered = await look(data)
    expect(altered.failed['journal, received bytes']).toContain(`instance ${spooled.header.instance} `)
    expect(altered.failed['journal, received bytes']).toContain('another digest')
    rmSync(path)
    const removed = await look(data)
    expect(failedSteps(removed)).toEqual(['journal, received bytes'])
    expect(removed.failed['journal, received bytes']).toContain(`${spooled.payload.spool} is missing`)
  })

  it('taken out of the journal is named by the event that stays', async () => {
    let name = ''
    const { data } = attacked((journal) => {
      const known = inSegment(journal)
      name = known.header.instance
      journal.replace(journal.instances().find(({ header }) => header.n === known.header.n) ?? known)
    })
    const looked = await look(data)
    expect(failedSteps(looked)).toEqual(['journal, instances and their events'])
    expect(looked.failed['journal, instances and their events']).toContain(
      `the instance it tells of is missing: ${name}`,
    )
  })
})

describe('what an event says', () => {
  it('altered, journal made sound again, is named', async () => {
    let n = 0
    const { data } = attacked((journal) => {
      const event = eventOf(journal, 'obj.ingest')
      n = event.n
      const body = canonicalJson({ ...(JSON.parse(event.body) as Members), outcome: 8 })
      journal.replace(event, { ...event, body })
    })
    const looked = await look(data)
    expect(looked.failed['journal, events']).toContain(
      `leaf ${n} (obj.ingest): its body is not the one its leaf commits to`,
    )
    expect(failedSteps(looked)).toEqual(['journal, events'])
  })

  it('altered with its commitment is another leaf, which is named', async () => {
    const { data } = attacked((journal) => {
      const event = eventOf(journal, 'obj.ingest')
      const other = retold(event, { body: { outcome: 8 } })
      expect(bodyCommitment(other.body, fromHex(other.salt))).not.toBe(JSON.parse(event.leaf).b)
      journal.replace(event, other)
    })
    expect((await look(data)).failed['journal and log, leaves']).toMatch(/leaf \d+ \(obj\.ingest\)/)
  })

  it('of another study or patient is named', async () => {
    const { data } = attacked((journal) => {
      const event = eventOf(journal, 'obj.ingest')
      journal.replace(event, { ...event, patient: { id: '|SOMEBODY', salt: event.patient?.salt ?? '' } })
    })
    const { failed } = await look(data)
    expect(failed['journal, events']).toContain('its patient is not the one its leaf commits to')
    expect(failed['journal, events']).not.toContain('SOMEBODY')
  })

  it('dated back, by somebody with the key who signs everything anew, is named', async () => {
    let n = 0
    const one = attacked((journal) => {
      const event = eventOf(journal, 'obj.conflict')
      n = event.n
      const ts = `${YEAR}-01-01T00:00:00.000Z`
      journal.replace(event, retold(event, { leaf: { ts }, body: { ts } }))
    })
    resign(one)
    const looked = await look(one.data, { key: [key] })
    expect(failedSteps(looked)).toEqual(['journal, times', `${LOG}, times`])
    for (const step of failedSteps(looked))
      expect(looked.failed[step]).toContain(`leaf ${n} (obj.conflict) is dated ${YEAR}-01-01`)
  })
})

describe('an event dated back into an idle hour', () => {
  it('by somebody with the key, in order and signed anew, is seen only with a witness that saw the log without it', async () => {
    const begin = Date.UTC(2026, 5, 1, 8)
    const hours = (count: number) => begin + count * 3_600_000
    let clock = begin
    const running = await runArchive({
      now: () => new Date(clock),
      options: { logOrigin: 'archive.example.org', checkpointMs: 1 },
    })
    const { archive, folder } = running
    await archive.receive(ADMINISTRATOR, asFile(syntheticInstance({ seed: 71 }).bytes))
    const size = async () => parseCheckpoint(archive.log.checkpoint('2026') ?? '').size
    await vi.waitFor(async () => expect(await size()).toBe((await archive.status(ADMINISTRATOR)).log.leaves), WAIT)
    const witness = await openWitness({
      files: diskFiles(),
      folder: join(scratch, 'witness'),
      name: 'witness.example.org',
      logs: [parseKey(archive.log.key('2026') ?? '')],
      now: () => new Date(hours(2)),
      alarm: () => {},
    })
    const checkpoint = archive.log.checkpoint('2026') ?? ''
    const seen = parseCheckpoint(checkpoint).size
    expect((await witness.add(addCheckpointText({ old: 0, hashes: [], checkpoint }))).status).toBe(200)
    clock = hours(3)
    await archive.receive(ADMINISTRATOR, asFile(syntheticInstance({ seed: 72 }).bytes))
    await running.close()
    const kept = join(scratch, 'seen-at-ten.txt')
    writeFileSync(kept, (await witness.checkpoints())[0] ?? '')
    const flags = { checkpoint: [kept], witness: [keyText(witness.key)] }
    expect(await look(folder, flags)).toMatchObject({ exit: 0, failed: {} })

    const journal = takeJournal(folder)
    const before = journal.events().find(({ n }) => n === seen - 1)
    if (before === undefined) throw new Error('the witness saw nothing')
    const ts = new Date(hours(1)).toISOString()
    journal.replace(
      before,
      before,
      retold({ ...before }, { leaf: { ts, t: 'aud.110112' }, body: { ts, type: 'aud.110112' } }),
    )
    renumber(journal)
    journal.putBack()
    remakeLog(join(folder, 'log/2026'), leavesOf(journal), stolenKey(folder, 'archive.example.org/log/2026'))
    writeFileSync(join(folder, 'keys/log-checkpoint'), readFileSync(join(folder, 'log/2026/checkpoint')))
    expect(await look(folder, { checkpoint: [kept] })).toMatchObject({ exit: 0, failed: {} })
    const looked = await look(folder, flags)
    expect(failedSteps(looked)).toEqual(['log/2026, times'])
    expect(looked.failed['log/2026, times']).toContain(
      `leaf ${seen} (aud.110112) is dated ${ts}, more than ten minutes before witness.example.org saw the log without it (2026-06-01T10:00:00.000Z)`,
    )
  })
})
