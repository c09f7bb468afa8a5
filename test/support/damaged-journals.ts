/**
 * Recovery of damaged journals without a disk: the files are held in memory, so that a case takes a millisecond.
 */
import { basename } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Files } from '../../src/storage/files/files.ts'
import type { KeptRecord } from '../../src/vault/inbox/records.ts'
import { recoverChain } from '../../src/vault/inbox/recover.ts'
import { walk } from '../../src/vault/inbox/segment.ts'
import { closedJournal, damaged } from './inbox-damage.ts'
import { seeded } from './random.ts'

/** A record without its payload, which lies elsewhere. */
const told = (record: KeptRecord) => (record.kind === 'instance' ? record.header : record)

const refuse = (): never => {
  throw new Error('recovery changes nothing but what it writes again')
}

/** As much of a file layer as recovery needs. */
function heldFiles(held: ReadonlyMap<string, Uint8Array>): Files {
  return {
    list: async () => [...held.keys()].sort(),
    open: async (path) => {
      const bytes = held.get(basename(path))
      if (bytes === undefined) throw Object.assign(new Error('not there'), { code: 'ENOENT' })
      return { size: bytes.length, read: async (start, end) => bytes.slice(start, end), close: async () => {} }
    },
    rewrite: async () => {},
    makeFolder: refuse,
    create: refuse,
    // Thinning and sweeping are not recovery's; how much there is, it asks.
    allocated: async () => 0,
    size: async () => 0,
    rename: refuse,
    link: refuse,
    remove: refuse,
    removeFolder: refuse,
    syncFolder: refuse,
    space: refuse,
  }
}

/** Damages journals one after the other; what recovery gives must have been written, in order, once. */
export async function damagedJournals(runs: number, mostMs: number): Promise<{ cases: number; given: number }> {
  const until = performance.now() + mostMs
  let [cases, given] = [0, 0]
  while (cases < runs && performance.now() < until) {
    const journal = await closedJournal(5000 + cases)
    const written = new Map(
      journal.groups.flat().map(({ record }) => [record.kind === 'instance' ? record.header.n : record.n, record]),
    )
    // Many of one journal: making it costs more than damaging it.
    for (let each = 0; each < 2000 && cases < runs; each += 1, cases += 1) {
      const held = damaged(journal, seeded(9_000_000 + cases))
      const files = heldFiles(held)
      const at = (name: string) => ({
        read: async (start: number, end: number) => {
          const bytes = held.get(name)
          if (bytes === undefined) throw Object.assign(new Error('not there'), { code: 'ENOENT' })
          return bytes.slice(start, end)
        },
      })
      const nameOf = (segment: number) => `${String(segment).padStart(8, '0')}.journal`
      const chain = await recoverChain(
        files,
        '',
        () => {},
        ({ segment, spool }) => at(spool === '' ? nameOf(segment) : spool),
      )
      let last = 0
      for (const span of chain.spans)
        for await (const { records } of walk(at(nameOf(span.segment)), span, () => {}))
          for (const { record } of records) {
            const n = record.kind === 'instance' ? record.header.n : record.n
            const made = written.get(n)
            const same = made !== undefined && isDeepStrictEqual(told(record), told(made))
            if (!same || n <= last) throw new Error(`journal ${cases}: record ${n} was not written so`)
            last = n
            given += 1
          }
    }
  }
  return { cases, given }
}
