import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { vectorsDir } from '../../../../test/support/vectors.ts'
import { diskFiles } from '../../../storage/files/disk.ts'
import { objectFilesOf } from './files.ts'
import { judgeObject } from './object.ts'

const vectors = vectorsDir('ocfl-1.1')
const foldersOf = (kind: string): string[] => (vectors === undefined ? [] : readdirSync(join(vectors, kind)).sort())
const codesIn = (name: string): string[] => name.match(/[EW]\d{3}/g) ?? []

async function codesOf(kind: string, name: string): Promise<string[]> {
  const { findings } = await judgeObject(objectFilesOf(diskFiles()), join(vectors ?? '', kind, name))
  return [...new Set(findings.map(({ code }) => code))].sort()
}

describe.skipIf(vectors === undefined)('the OCFL 1.1 fixtures', () => {
  it.each(foldersOf('good-objects'))('%s is good: no error, no warning', async (name) => {
    expect(await codesOf('good-objects', name)).toEqual([])
  })

  it.each(foldersOf('warn-objects'))('%s has these warnings and no error', async (name) => {
    expect(await codesOf('warn-objects', name)).toEqual(codesIn(name).sort())
  })

  it.each(foldersOf('bad-objects'))('%s is refused with these codes', async (name) => {
    expect(await codesOf('bad-objects', name)).toEqual(expect.arrayContaining(codesIn(name)))
  })
})
