import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Receipt } from '../../src/archive/archive.ts'
import { ArchiveError } from '../../src/base/errors.ts'
import {
  ADMINISTRATOR,
  asFile,
  ENGINES,
  originalOf,
  type Running,
  removeArchives,
  runArchive,
  sha256,
} from '../support/archives.ts'
import { corpus, corpusDir } from '../support/corpus.ts'

afterAll(removeArchives)

describe.skipIf(corpusDir() === undefined).each(ENGINES)('the corpus by file arrival, index on %s', (engine) => {
  let running: Running
  const taken = new Map<string, Receipt>()
  const refused = new Map<string, ArchiveError>()

  beforeAll(async () => {
    running = await runArchive({ engine })
    for (const { path, file } of corpus()) {
      const bytes = readFileSync(file)
      try {
        taken.set(path, await running.archive.receive(ADMINISTRATOR, asFile(bytes)))
      } catch (thrown) {
        if (!(thrown instanceof ArchiveError)) throw thrown
        refused.set(path, thrown)
      }
    }
  })

  it('takes what should be taken, and refuses the rest one by one with a reason', () => {
    for (const { path, expect: expected } of corpus()) {
      const error = refused.get(path)
      if (error !== undefined && expected === 'ok') expect(error.code, path).toBe('DICOM_NO_UID')
      if (error !== undefined) expect(error.code, path).toMatch(/^DICOM_/)
    }
    expect(taken.size).toBeGreaterThan(600)
  })

  it('gives back every file as it came, later versions too', async () => {
    for (const { path, file } of corpus()) {
      const receipt = taken.get(path)
      if (receipt === undefined || receipt.outcome === 'already') continue
      expect(sha256(await originalOf(running, receipt)), path).toBe(sha256(readFileSync(file)))
    }
  })
})
