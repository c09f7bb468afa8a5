/**
 * A segment without the data sets the vault has: written beside it with holes in their place, and put over it whole. Every
 * byte that is kept stays where it was, so marks, CRCs, frames and the chain of digests are what they were, and so are the
 * places of everything that is not sealed. A data set reads as zeros then, which have not its `ds`.
 */
import { join } from 'node:path'
import { ArchiveError } from '../../base/errors.ts'
import type { Files } from '../../storage/files/files.ts'
import { segmentName } from './recover.ts'
import { type OnDamage, type Readable, type Span, walk } from './segment.ts'

const PIECE = 1024 * 1024
/** Holes smaller than this give nothing back, for file systems count in blocks: zeros are written there. */
const SMALLEST_HOLE = 4096

/** @throws {ArchiveError} `JOURNAL_CORRUPT` when the segment does not read as it should: it is left alone */
export async function thinSegment(
  files: Files,
  folder: string,
  span: Span,
  source: Readable,
  onDamage: OnDamage,
): Promise<void> {
  const { segment } = span
  const damage: string[] = []
  const holes: (readonly [start: number, end: number])[] = []
  const told: OnDamage = (at, why) => {
    damage.push(`${why} at ${at}`)
    onDamage(at, why)
  }
  for await (const { records } of walk(source, span, told))
    for (const { record, placement } of records) {
      if (record.kind !== 'instance' || placement.segment !== segment) continue
      const start = placement.start + record.header.dsStart
      const end = placement.start + placement.length
      if (end > start) holes.push([start, end])
    }
  if (damage.length > 0)
    throw new ArchiveError('JOURNAL_CORRUPT', { segment, at: 0, why: `it is not thinned: ${damage[0]}` })

  const path = join(folder, segmentName(segment))
  // The name is no segment's and no spool file's: what a crash leaves of it is written anew.
  const beside = `${path}.thin`
  if ((await files.size(beside)) !== undefined) await files.remove(beside)
  const size = (await files.size(path)) ?? 0
  const file = await files.create(beside)
  try {
    let at = 0
    for (const [start, end] of [...holes, [size, size] as const]) {
      for (; at < start; at = Math.min(at + PIECE, start)) {
        const bytes = await source.read(at, Math.min(at + PIECE, start))
        if (bytes.length !== Math.min(at + PIECE, start) - at)
          throw new ArchiveError('JOURNAL_CORRUPT', { segment, at, why: 'it ends early' })
        await file.append([bytes])
      }
      if (end - start >= SMALLEST_HOLE) file.skip(end - start)
      else if (end > start) await file.append([new Uint8Array(end - start)])
      at = end
    }
    await file.sync()
  } finally {
    await file.close()
  }
  await files.rename(beside, path)
  await files.syncFolder(folder)
}
