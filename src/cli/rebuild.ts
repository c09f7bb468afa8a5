/**
 * `clearkeep rebuild`: the index made again from storage alone, by the code that made it the first time. With `--dump`
 * the canonical dump of every durable fact: two dumps of the same truth are equal byte for byte.
 */

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { dump } from '../archive/dump.queries.ts'
import { MENDED } from '../archive/open.ts'
import { rebuild as rebuildIndex } from '../archive/recover.ts'
import type { Loaded } from '../config.ts'
import { openStorage } from '../server.ts'
import { openMender } from '../vault/copies/mender.ts'
import { vaultOf } from '../vault/copies/places.ts'
import { openStubs, tiered } from '../vault/copies/tiered.ts'
import { EXIT, type Exit, type Output } from './command.ts'

/** @param dumpTo  a file, or true for standard output */
export async function rebuild(dumpTo: string | true | undefined, { config }: Loaded, out: Output): Promise<Exit> {
  const storage = await openStorage(config, 'rebuild', { anew: true })
  try {
    const { data, files, db, inbox, copies, cold, decoder, log } = storage
    const vault = tiered(vaultOf(copies), await openStubs(files, data), cold)
    const begun = performance.now()

    const rebuilt = await rebuildIndex({
      db,
      inbox,
      vault,
      decoder,
      log,
      mend: openMender(files, join(data, MENDED), copies),
    })
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    for (const { segment, at, why } of inbox.damage) out.say(`Damage in segment ${segment} at byte ${at}: ${why}.`)
    if (dumpTo !== undefined) await write(dump(db), dumpTo)
    const { instances, groups, unreadable } = rebuilt
    out.say(`${instances} instances in ${groups} groups indexed in ${seconds} s; ${unreadable} could not be read.`)
    out.record({ ...rebuilt, damage: inbox.damage })
    return unreadable > 0 || inbox.damage.length > 0 ? EXIT.failed : EXIT.done
  } finally {
    await storage.close()
  }
}

async function write(lines: AsyncIterable<string>, to: string | true): Promise<void> {
  const stream = to === true ? process.stdout : createWriteStream(to)
  for await (const line of lines) if (!stream.write(`${line}\n`)) await once(stream, 'drain')
  if (to !== true) await new Promise<void>((resolve) => stream.end(resolve))
}
