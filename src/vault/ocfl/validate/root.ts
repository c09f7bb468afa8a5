/**
 * Judges a storage root (OCFL 1.1, section 4): its declaration, the way to its objects, and each of them.
 */
import { gather } from '../../../base/bytes.ts'
import type { Finding } from './codes.ts'
import { type Judged, judgeObject, type ObjectFiles } from './object.ts'

/**
 * @param pathFor  where the root's layout puts an object of this identifier
 * @param object  told of each object, below which path, as it was judged
 * @returns what is wrong outside the objects
 */
export async function judgeRoot(
  files: ObjectFiles,
  root: string,
  pathFor: (id: string) => string,
  object: (path: string, judged: Judged) => Promise<void> | void,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const entries = await files.list(root)
  const declared = entries.filter((one) => one.startsWith('0=')).join()
  const text = declared === '0=ocfl_1.1' ? await gather(files.read(`${root}/${declared}`)) : undefined
  if (new TextDecoder().decode(text) !== 'ocfl_1.1\n') findings.push({ code: 'E069', where: declared || '0=ocfl_1.1' })

  const walk = async (folder: string): Promise<void> => {
    const names = await files.list(`${root}/${folder}`)
    if (names.some((one) => one.startsWith('0=ocfl_object_'))) {
      const judged = await judgeObject(files, `${root}/${folder}`)
      if (judged.inventory !== undefined && pathFor(judged.inventory.id) !== folder)
        findings.push({ code: 'E088', where: folder })
      return object(folder, judged)
    }
    if (names.length === 0) findings.push({ code: 'E073', where: folder })
    for (const name of names)
      if (name.endsWith('/')) await walk(`${folder}/${name.slice(0, -1)}`)
      else findings.push({ code: 'E072', where: `${folder}/${name}` })
  }
  // Files of the root itself, and what begins with a dot, are ours or nobody's; extensions are described elsewhere.
  for (const name of entries)
    if (name.endsWith('/') && !name.startsWith('.') && name !== 'extensions/') await walk(name.slice(0, -1))
  return findings
}
