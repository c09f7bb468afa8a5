/**
 * `clearkeep get`: fetches something from another archive (C-GET) into a folder, each object a Part 10 file, its data set
 * as it came. A file appears under its name only when it is whole.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ArchiveError } from '../base/errors.ts'
import { tagText } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import type { DicomJson } from '../dicom/json.ts'
import { metaGroup } from '../dicom/part10.ts'
import { isUsableUid } from '../dicom/uid.ts'
import { type Arriving, find, get as getAll, type QueryOptions } from '../network/services/query.ts'
import type { Exit, Output } from './command.ts'
import { tell } from './move.ts'
import { type QueryFlags, queryKeys, queryOptions } from './query.ts'

export async function get(
  address: string,
  folder: string,
  flags: QueryFlags & { readonly class?: readonly string[]; readonly syntax?: readonly string[] },
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const options = queryOptions(address, flags, signal)
  const keys = queryKeys(flags)
  await mkdir(folder, { recursive: true })
  const progress = out.progress('Fetching', undefined, 'objects')
  const keep = async (object: Arriving): Promise<void> => {
    const { instance, sopClass, transferSyntax } = object
    if (!isUsableUid(instance) || !isUsableUid(sopClass)) throw new ArchiveError('DICOM_INVALID_UID', { uid: instance })
    const [whole, part] = [join(folder, `${instance}.dcm`), join(folder, `${instance}.part`)]
    let bytes = 0
    const pieces = async function* () {
      yield metaGroup({ sopClass, sopInstance: instance, transferSyntax, sourceAet: options.calledAet })
      for await (const piece of object.dataSet) {
        bytes += piece.length
        yield Uint8Array.from(piece)
      }
    }
    try {
      await pipeline(Readable.from(pieces(), { objectMode: false }), createWriteStream(part, { flush: true }))
      await rename(part, whole)
    } catch (thrown) {
      await rm(part, { force: true })
      throw thrown
    }
    progress.advance(1, bytes)
    out.record({ instance, sopClass, transferSyntax, file: whole })
  }
  const classes = flags.class ?? (await classesOf(keys, options))
  const offer = { classes, ...(flags.syntax && { syntaxes: flags.syntax }) }
  const done = await getAll(keys, offer, options, keep, () => undefined)
  progress.done()
  return tell(done, `fetched into ${folder}`, out)
}

/** Of a study, when the peer can say: then it may send each object as it has it. */
async function classesOf(keys: DicomJson, options: QueryOptions): Promise<readonly string[]> {
  const study = keys[tagText(T.StudyInstanceUID)]
  if (study === undefined) return []
  const asked: DicomJson = {
    [tagText(T.QueryRetrieveLevel)]: { vr: 'CS', Value: ['STUDY'] },
    [tagText(T.StudyInstanceUID)]: study,
    [tagText(T.SOPClassesInStudy)]: { vr: 'UI' },
  }
  const classes = new Set<string>()
  try {
    for await (const found of find(asked, { ...options, root: 'study' }))
      for (const one of found[tagText(T.SOPClassesInStudy)]?.Value ?? []) classes.add(String(one))
  } catch (thrown) {
    if (!(thrown instanceof ArchiveError)) throw thrown
    return [] // it does not answer such queries: all classes we know are offered
  }
  return [...classes].filter((one) => isUsableUid(one))
}
