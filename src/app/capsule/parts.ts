/**
 * The files beside the page. A page from a folder may load scripts and no data, so each file is a script that hands over
 * what it holds; the parts looked at last are kept.
 */
import type { CapsuleBook, CapsulePart } from '../../api/capsule.ts'

const KEPT = 16

const arrived = new Map<string, CapsulePart>()
const loading = new Map<string, Promise<CapsulePart>>()
let opened: (book: CapsuleBook) => void = () => {}

/** What the files call. */
export const DOOR = {
  book: (book: CapsuleBook) => opened(book),
  part: (name: string, part: CapsulePart) => void arrived.set(name, part),
}

export function onBook(call: (book: CapsuleBook) => void): void {
  opened = call
}

/** @throws {Error} in words when the file is not there */
export function loadPart(file: string): Promise<CapsulePart> {
  const known = loading.get(file)
  if (known !== undefined) {
    // Looked at again: it is the last to go.
    loading.delete(file)
    loading.set(file, known)
    return known
  }
  const part = new Promise<CapsulePart>((settle, refuse) => {
    const script = document.createElement('script')
    const fail = () => {
      loading.delete(file)
      refuse(new Error(`${file} is missing or damaged. Unpack the whole ZIP file, or check it with verify.html.`))
    }
    script.src = file
    script.onerror = fail
    script.onload = () => {
      const found = arrived.get(file)
      arrived.delete(file)
      script.remove()
      if (found === undefined) fail()
      else settle(found)
    }
    document.head.append(script)
  })
  loading.set(file, part)
  for (const oldest of loading.keys()) {
    if (loading.size <= KEPT) break
    loading.delete(oldest)
  }
  return part
}
