/**
 * The time stamps in a log folder: is each of the checkpoint beside it? Whose they are takes the authority's certificates, and
 * is left to `openssl ts -verify` (docs/ledger.md).
 */
import { createHash } from 'node:crypto'
import { equalBytes } from '../../base/bytes.ts'
import { asArchiveError } from '../../base/errors.ts'
import { readTimeStamp } from '../../proof/time-stamp.ts'
import { type KeptCheckpoint, keptCheckpoint } from './kept-checkpoint.ts'
import type { LogFolder } from './read-log.ts'
import type { Report } from './report.ts'

/** The checkpoints that were stamped: the log must extend them like any other that was kept. */
export async function checkStamps(
  part: string,
  folder: LogFolder,
  names: readonly string[],
  report: Report,
): Promise<readonly KeptCheckpoint[]> {
  if (names.length === 0) return []
  const step = report.open(part, 'time stamps')
  const stamped: KeptCheckpoint[] = []
  const times: string[] = []
  for (const name of names) {
    const where = `${part}/stamps/${name}`
    try {
      const stamp = readTimeStamp((await folder.bytes(`stamps/${name}`)) ?? new Uint8Array())
      const text = await folder.text(`stamps/${name.replace('.tsr', '.txt')}`)
      if (text === undefined) step.finding(`${where}: the checkpoint it stamps is missing`)
      else if (!equalBytes(createHash('sha256').update(text).digest(), stamp.digest))
        step.finding(`${where}: it stamps something else than the checkpoint beside it`)
      else {
        stamped.push(keptCheckpoint(where.replace('.tsr', '.txt'), text))
        times.push(stamp.time)
      }
    } catch (thrown) {
      step.finding(`${where}: ${asArchiveError(thrown).fact}`)
    }
  }
  times.sort()
  step.leave(
    `${times.length} of ${names.length} stamps are of the checkpoint beside them, from ${times[0] ?? 'none'} to ${times.at(-1) ?? 'none'}; whose they are says openssl ts -verify`,
  )
  return stamped
}
