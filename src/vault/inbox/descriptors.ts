/**
 * Open files for reading, kept for the next reader: a study is read instance by instance from the same few segments.
 * A file stays open while someone reads it; of the others the least recently used are closed.
 */
import type { Files, ReadFile } from '../../storage/files/files.ts'

export interface Descriptors {
  /** Opens the file or takes the one that is open; `work` may read until it settles. */
  use<T>(path: string, work: (file: ReadFile) => Promise<T>): Promise<T>
  /** Forgets a file that was removed. */
  forget(path: string): void
  close(): Promise<void>
}

interface Held {
  readonly file: Promise<ReadFile>
  users: number
  /** Closed as soon as nobody reads it. */
  forgotten: boolean
}

export function openDescriptors(files: Pick<Files, 'open'>, keep = 64): Descriptors {
  const held = new Map<string, Held>() // oldest use first

  const drop = (path: string, entry: Held): void => {
    if (held.get(path) === entry) held.delete(path)
    entry.forgotten = true
    if (entry.users === 0) void entry.file.then((file) => file.close()).catch(() => {})
  }
  const trim = (): void => {
    for (const [path, entry] of held) {
      if (held.size <= keep) break
      if (entry.users === 0) drop(path, entry)
    }
  }

  return {
    use: async (path, work) => {
      const entry = held.get(path) ?? { file: files.open(path), users: 0, forgotten: false }
      entry.users += 1
      held.delete(path)
      held.set(path, entry)
      trim()
      try {
        return await work(await entry.file)
      } catch (thrown) {
        drop(path, entry)
        throw thrown
      } finally {
        entry.users -= 1
        if (entry.forgotten && entry.users === 0) void entry.file.then((file) => file.close()).catch(() => {})
      }
    },
    forget: (path) => {
      const entry = held.get(path)
      if (entry) drop(path, entry)
    },
    close: async () => {
      const open = [...held.values()]
      held.clear()
      await Promise.all(open.map(({ file }) => file.then((opened) => opened.close()).catch(() => {})))
    },
  }
}
