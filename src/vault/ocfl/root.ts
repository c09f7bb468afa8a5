/**
 * The storage root: what makes a folder of objects an OCFL storage root, and the page that tells a stranger how to read it.
 */
import { readFile } from 'node:fs/promises'
import { type ByteStream, equalBytes, gather } from '../../base/bytes.ts'
import type { ObjectStore } from '../../storage/objects/object-store.ts'
import { OCFL_ROOT } from './inventory.ts'
import { LAYOUT } from './paths.ts'
import { README } from './readme.ts'

/** The one-file reader that lies beside the images: it undoes recipes, and has the decoder in it. */
const READER = new URL('../../../tools/read-vault.mjs', import.meta.url)

/** Makes the root's own files where they are missing, and what is for people as this version has it. */
export async function prepareRoot(store: ObjectStore): Promise<void> {
  const { extensionName } = LAYOUT
  const layout = {
    extension: extensionName,
    description: 'SHA-256 of the object identifier, three pairs and the whole',
  }
  const files: readonly (readonly [string, string])[] = [
    [`extensions/${extensionName}/config.json`, `${JSON.stringify(LAYOUT, undefined, 2)}\n`],
    ['ocfl_layout.json', `${JSON.stringify(layout, undefined, 2)}\n`],
    // Last: it says that the others are there.
    [`0=${OCFL_ROOT}`, `${OCFL_ROOT}\n`],
  ]
  for (const [name, text] of [
    ['README.txt', README],
    ['read-vault.mjs', await readFile(READER, 'utf8')],
  ] as const) {
    const bytes = new TextEncoder().encode(text)
    const there = (await store.head(name)) === undefined ? undefined : await gather(store.read(name))
    if (there === undefined || !equalBytes(there, bytes)) await store.replace(name, bytes)
  }
  for (const [name, text] of files)
    if ((await store.head(name)) === undefined) await store.put(name, once(new TextEncoder().encode(text)))
}

async function* once(bytes: Uint8Array): ByteStream {
  yield bytes
}
