/**
 * What stays here of a study that is in the cold store: the inventories of its object and `study.json`, under the names they
 * have there. So what is sealed and where it lies is known, and checked, without asking that store.
 */
import { gather } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { ObjectStore } from '../../storage/objects/object-store.ts'
import { OCFL_OBJECT, versionNumber } from '../../vault/ocfl/inventory.ts'
import { objectId, objectPath } from '../../vault/ocfl/paths.ts'
import { nameOf, presentVersion } from '../../vault/ocfl/study-object.ts'

export async function keepStub(cold: ObjectStore, stubs: ObjectStore, study: string): Promise<void> {
  const id = objectId(study)
  const path = objectPath(id)
  const present = await presentVersion(cold, id)
  const json = present && nameOf(id, present, 'study.json')
  if (present === undefined || json === undefined)
    throw new ArchiveError('VAULT_DAMAGED', { name: id, why: 'the object is not there' })
  const folders = Array.from({ length: versionNumber(present.inventory) }, (_, at) => `${path}/v${at + 1}`)
  const inventories = [...folders, path].flatMap((one) => [`${one}/inventory.json`, `${one}/inventory.json.sha512`])
  for (const name of [`${path}/0=${OCFL_OBJECT}`, json, ...inventories])
    await stubs.replace(name, await gather(cold.read(name)))
}
