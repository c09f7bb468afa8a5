/**
 * What the file layer must do, so that what holds over the lossy one of the tests holds over the disk.
 */
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Files, makeFolderDurably } from '../../src/storage/files/files.ts'

export interface FilesPlace {
  readonly files: Files
  readonly root: string
  remove(): Promise<void>
}

export function filesContract(name: string, place: () => Promise<FilesPlace>): void {
  describe(`${name} keeps the file contract`, () => {
    let at: FilesPlace
    let files: Files
    const path = (...names: string[]): string => join(at.root, ...names)
    beforeEach(async () => {
      at = await place()
      files = at.files
    })
    afterEach(() => at.remove())

    const bytes = (text: string) => new TextEncoder().encode(text)
    const write = async (name: string, ...parts: string[]): Promise<void> => {
      const file = await files.create(path(name))
      await file.append(parts.map(bytes))
      await file.sync()
      await file.close()
    }
    const read = async (name: string, start = 0, end?: number): Promise<string> => {
      const file = await files.open(path(name))
      try {
        return new TextDecoder().decode(await file.read(start, end ?? file.size))
      } finally {
        await file.close()
      }
    }

    it('appends parts in order and knows how much it has', async () => {
      const file = await files.create(path('a'))
      await file.append([bytes('ab'), bytes(''), bytes('c')])
      await file.append([])
      await file.append([bytes('def')])
      expect(file.size).toBe(6)
      await file.sync()
      expect(new TextDecoder().decode(await file.read(1, 5))).toBe('bcde')
      await file.close()
      expect(await read('a')).toBe('abcdef')
    })

    it('takes more parts in one go than a system call does', async () => {
      const file = await files.create(path('a'))
      await file.append(Array.from({ length: 3000 }, (_, part) => new Uint8Array(7).fill(part % 256)))
      const back = await file.read(0, file.size)
      expect(back.length).toBe(21_000)
      for (let at = 0; at < back.length; at += 1) expect(back[at]).toBe(Math.floor(at / 7) % 256)
      await file.close()
    })

    it('reads ranges, and at the end of the file only what is there', async () => {
      await write('a', 'abcdef')
      expect(await read('a', 2, 4)).toBe('cd')
      expect(await read('a', 4, 100)).toBe('ef')
      expect(await read('a', 6, 100)).toBe('')
      expect(await read('a', 3, 3)).toBe('')
    })

    it('reads what is appended after it was opened', async () => {
      const file = await files.create(path('a'))
      const reading = await files.open(path('a'))
      await file.append([bytes('late')])
      expect(new TextDecoder().decode(await reading.read(0, 4))).toBe('late')
      await reading.close()
      await file.close()
    })

    it('makes a file only where there is none', async () => {
      await write('a', 'first')
      await expect(files.create(path('a'))).rejects.toMatchObject({ code: 'EEXIST' })
      expect(await read('a')).toBe('first')
    })

    it('links only where there is nothing, and one file stays when the other name goes', async () => {
      await write('a', 'linked')
      await write('b', 'other')
      await expect(files.link(path('a'), path('b'))).rejects.toMatchObject({ code: 'EEXIST' })
      await files.link(path('a'), path('c'))
      await files.remove(path('a'))
      expect(await read('c')).toBe('linked')
      expect(await files.list(at.root)).toEqual(['b', 'c'])
    })

    it('renames over what is there', async () => {
      await write('a', 'new')
      await write('b', 'old')
      await files.rename(path('a'), path('b'))
      expect(await read('b')).toBe('new')
      expect(await files.list(at.root)).toEqual(['b'])
    })

    it('lists names sorted by code unit, those of folders with a slash', async () => {
      for (const name of ['b', 'a-b', 'B', 'é']) await write(name, '')
      await makeFolderDurably(files, path('a', 'inner'))
      await files.makeFolder(path('a'))
      expect(await files.list(at.root)).toEqual(['B', 'a-b', 'a/', 'b', 'é'])
      expect(await files.list(path('a'))).toEqual(['inner/'])
    })

    it('gives sizes, and says of what is not there that it is not', async () => {
      await write('a', 'four')
      expect(await files.size(path('a'))).toBe(4)
      expect(await files.size(path('nothing'))).toBeUndefined()
      await files.makeFolder(path('folder'))
      expect(await files.size(path('folder'))).toBeUndefined()
      await expect(files.open(path('nothing'))).rejects.toMatchObject({ code: 'ENOENT' })
      await expect(files.remove(path('nothing'))).rejects.toMatchObject({ code: 'ENOENT' })
      await expect(files.create(path('no', 'folder'))).rejects.toMatchObject({ code: 'ENOENT' })
    })

    it('writes a part of a file again without changing it', async () => {
      await write('a', 'abcdef')
      await files.rewrite(path('a'), 2, 4)
      await files.rewrite(path('a'), 4, 100)
      expect(await read('a')).toBe('abcdef')
      await expect(files.rewrite(path('nothing'), 0, 1)).rejects.toMatchObject({ code: 'ENOENT' })
    })

    it('syncs folders and knows how much room there is', async () => {
      await files.syncFolder(at.root)
      const { free, total } = await files.space(at.root)
      expect(free).toBeGreaterThan(0)
      expect(total).toBeGreaterThanOrEqual(free)
    })
  })
}
