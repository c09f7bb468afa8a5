/** Files out of a drop or a choice, folders walked to their ends. */
import type { NamedFile } from './uploads.ts'

/** Must be called inside the drop's event: the entries are gone after it. */
export function filesOfDrop(transfer: DataTransfer): Promise<NamedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  return Promise.all(entries.map(filesOfEntry)).then((lists) => lists.flat())
}

export function filesOfChoice(list: FileList): NamedFile[] {
  return [...list].filter(isWanted).map((file) => ({ name: file.webkitRelativePath || file.name, file }))
}

async function filesOfEntry(entry: FileSystemEntry): Promise<NamedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    return isWanted(file) ? [{ name: entry.fullPath.replace(/^\//, ''), file }] : []
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: NamedFile[] = []
  for (;;) {
    // A reader gives at most 100 entries a time and an empty list at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return found
    for (const inner of some) found.push(...(await filesOfEntry(inner)))
  }
}

/** What desktops leave in folders, and the index of a medium, are no objects. */
function isWanted(file: File): boolean {
  return file.size > 0 && !/^(\.|Thumbs\.db$|desktop\.ini$|DICOMDIR$)/i.test(file.name)
}
