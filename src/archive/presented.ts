/** Presentation states as they are carried out: the data set of one, and the images that it names and that are here. */
import { ArchiveError } from '../base/errors.ts'
import type { DataSet } from '../dicom/data-set.ts'
import { isUsableUid, type Uid } from '../dicom/uid.ts'
import { imagesOf, lackingOf } from '../pixels/presentation.ts'
import { readPayload } from '../vault/payload.ts'
import type { InstanceRecord, Presented } from './archive.ts'
import type { Located } from './locate.ts'

/** Images of one state that are shown: a state of a whole study names a few hundred. */
const MOST = 2000

export const stateOf = async ({ payload }: Located): Promise<DataSet> => (await readPayload(payload)).dataSet

/**
 * @param instances  those of the state's study in scope; it throws `NOT_FOUND` when there are none
 * @throws {ArchiveError} `NOT_FOUND` when no image of the state is here
 */
export async function presented(
  state: () => Promise<DataSet>,
  instances: (scope: { readonly series: Uid }) => Promise<readonly InstanceRecord[]>,
): Promise<Presented> {
  const dataSet = await state()
  const named = imagesOf(dataSet).slice(0, MOST)
  const series = new Map<string, ReadonlyMap<string, InstanceRecord>>()
  for (const uid of new Set(named.map((one) => one.series)))
    if (isUsableUid(uid)) series.set(uid, await recordsOf(uid, instances))
  const images: Presented['images'][number][] = []
  for (const { series: uid, instance, frames } of named) {
    const record = series.get(uid)?.get(instance)
    if (record === undefined || record.frames === 0) continue
    const all = Array.from({ length: record.frames }, (_, at) => at + 1)
    const shown = frames.length === 0 ? all : frames.filter((frame) => all.includes(frame))
    if (shown.length > 0) images.push({ record, frames: shown })
  }
  if (images.length === 0) throw new ArchiveError('NOT_FOUND', { what: 'image that this presentation state shows' })
  return { images, absent: named.length - images.length, lacking: lackingOf(dataSet) }
}

async function recordsOf(
  series: Uid,
  instances: (scope: { readonly series: Uid }) => Promise<readonly InstanceRecord[]>,
): Promise<ReadonlyMap<string, InstanceRecord>> {
  try {
    return new Map((await instances({ series })).map((record) => [record.key.instance, record]))
  } catch (thrown) {
    if (thrown instanceof ArchiveError && thrown.code === 'NOT_FOUND') return new Map()
    throw thrown
  }
}
