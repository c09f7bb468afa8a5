/**
 * The inbox looked through by somebody who must not touch it: every group, record and payload, with what does not verify
 * said and passed by. Nothing is locked or written, so it may be a copy, or the folder of an archive that runs: what is
 * seen then is the journal as it stood when looking began.
 */
import { join } from 'node:path'
import type { Files } from '../../storage/files/files.ts'
import { openDescriptors } from './descriptors.ts'
import type { RecoveredRecord } from './inbox.ts'
import type { JournalEnd } from './journal-format.ts'
import type { ReaderOf } from './reading.ts'
import { recoverChain, segmentName } from './recover.ts'
import { verifyPayload, walk } from './segment.ts'
import { isSpoolName } from './spool.ts'

export interface InspectedRecord extends RecoveredRecord {
  readonly segment: number
  readonly group: number
  /** The digest its group has since events of it were erased. */
  readonly erased: string | undefined
  /** What is wrong with an instance's payload; undefined when it verifies. */
  readonly wrong: string | undefined
}

export interface Inspection {
  readonly segments: number
  /** Bytes on disk: segments and spool files. */
  readonly bytes: number
  /** Bytes that do not count: torn tails and groups that were refused. */
  readonly voidBytes: number
  readonly end: JournalEnd | undefined
  /** Every record that counts, in order; each payload is read. */
  records(): AsyncGenerator<InspectedRecord>
  /** Spool files that no record named; known once all records were seen. */
  unnamed(): readonly string[]
  close(): Promise<void>
}

/** @param onDamage  told of what does not verify, in words that name segment and place */
export async function inspectInbox(
  files: Pick<Files, 'list' | 'open' | 'size'>,
  folder: string,
  onDamage: (what: string) => void,
): Promise<Inspection> {
  const descriptors = openDescriptors(files)
  const readerOf: ReaderOf = ({ segment, spool }) => {
    const path = join(folder, segment === 0 ? spool : segmentName(segment))
    return { read: (start, end) => descriptors.use(path, (file) => file.read(start, end)) }
  }
  const told = new Set<string>()
  const damage = (segment: number, at: number, why: string): void => {
    const what = `${segmentName(segment)}, byte ${at}: ${why}`
    if (!told.has(what)) onDamage(what)
    told.add(what)
  }
  const unnamed = new Set<string>()
  let bytes = 0
  for (const name of await files.list(folder)) {
    if (isSpoolName(name)) unnamed.add(name)
    if (isSpoolName(name) || name.endsWith('.journal')) bytes += (await files.size(join(folder, name))) ?? 0
  }
  // Recovery writes the last group again before it builds on it; here nothing is built on it.
  const reading = { list: files.list, open: files.open, rewrite: async () => {} }
  const { spans, voids, end } = await recoverChain(reading, folder, damage, readerOf)

  async function* records(): AsyncGenerator<InspectedRecord> {
    let before = { digest: '' }
    for (const span of spans) {
      const { segment, previous } = span
      // A segment that was put in another's place ends otherwise than the next one says.
      if (previous !== undefined && before.digest !== '' && previous.digest !== before.digest)
        damage(segment, 0, `it goes on from another group ${previous.group} than the segment before it ends with`)
      for await (const group of walk(readerOf({ segment, spool: '' }), span, (at, why) => damage(segment, at, why))) {
        before = { digest: group.digest }
        for (const { record, placement } of group.records) {
          unnamed.delete(placement.spool)
          const wrong = (await verifyPayload(record, placement, readerOf)) ? undefined : await whatIsWrong(placement)
          yield { record, placement, segment, group: group.group, erased: group.erased, wrong }
        }
      }
    }
  }
  const whatIsWrong = async ({ spool, segment }: RecoveredRecord['placement']): Promise<string> => {
    if (spool !== '' && (await files.size(join(folder, spool))) === undefined) return `${spool} is missing`
    const where = spool === '' ? segmentName(segment) : spool
    return `its bytes in ${where} are not those received: they have another digest`
  }

  return {
    segments: spans.length,
    bytes,
    voidBytes: voids.reduce((sum, { start, end: until }) => sum + until - start, 0),
    end,
    records,
    unnamed: () => [...unnamed].sort(),
    close: () => descriptors.close(),
  }
}
