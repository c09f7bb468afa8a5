/**
 * Bytes that must be whole before they can be written where they belong: an entry's length and CRC stand before it.
 * Small ones are held, large ones go to a file that is thrown away.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { ByteRange, ByteStream, Bytes } from '../../base/bytes.ts'
import type { AppendFile, Files } from '../../storage/files/files.ts'

export interface Draft {
  readonly length: number
  /** CRC-32 (ISO 3309), unsigned. */
  readonly crc: number
  append(bytes: Bytes): Promise<void>
  /** Hex; appending is over then. */
  sha256(): string
  read(range?: ByteRange): ByteStream
  discard(): Promise<void>
}

/** Held in memory up to here, in bytes. */
const HELD = 32 * 1024 * 1024
const PIECE = 1024 * 1024

/** @param folder  for those too large to hold; nothing in it counts after a crash */
export function drafts(files: Files, folder: string): () => Draft {
  let number = 0
  return () => {
    number += 1
    return draft(files, join(folder, `${number}.draft`))
  }
}

function draft(files: Files, path: string): Draft {
  let held: Bytes[] | undefined = []
  let file: AppendFile | undefined
  let length = 0
  let crc = 0
  const hash = createHash('sha256')

  const toFile = async (): Promise<AppendFile> => {
    if (file !== undefined) return file
    await files.remove(path).catch(() => {}) // of an earlier process
    file = await files.create(path)
    if (held !== undefined) await file.append(held)
    held = undefined
    return file
  }

  return {
    get length() {
      return length
    },
    get crc() {
      return crc
    },
    append: async (bytes) => {
      length += bytes.length
      crc = crc32(bytes, crc)
      hash.update(bytes)
      if (held !== undefined && length <= HELD) held.push(bytes)
      else await (await toFile()).append([bytes])
    },
    sha256: () => hash.digest('hex'),
    read: async function* ({ start, end }: ByteRange = { start: 0, end: length }): ByteStream {
      if (file !== undefined) {
        for (let at = start; at < end; at += PIECE) yield await file.read(at, Math.min(at + PIECE, end))
        return
      }
      let at = 0
      for (const bytes of held ?? []) {
        const from = Math.max(start - at, 0)
        const until = Math.min(end - at, bytes.length)
        if (from < until) yield bytes.subarray(from, until)
        at += bytes.length
      }
    },
    discard: async () => {
      held = undefined
      await file?.close()
      if (file !== undefined) await files.remove(path)
      file = undefined
    },
  }
}
