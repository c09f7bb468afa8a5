/**
 * `tools/verify-log.py` was written from the RFCs and the C2SP texts, in another language: what it says of our logs and
 * proofs is what a stranger's program would.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { noteSigner, signedCheckpoint, writeLog } from '../../test/support/made-log.ts'
import { hasPython, python } from '../../test/support/python.ts'
import { inclusionSpans, leafHash, rootOf } from './merkle.ts'
import { keyText } from './note.ts'
import { tlogProofText } from './tlog-proof.ts'

const base = mkdtempSync(join(tmpdir(), 'clearkeep-stranger-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(base, name), content)
  return join(base, name)
}

const signer = noteSigner('archive.example.org/log/2026', 1)
const key = keyText(signer.key)
const leafOf = (n: number, second = n) =>
  new TextEncoder().encode(
    `{"a":"sys:archive","n":${n},"t":"heartbeat","ts":"${new Date(1_780_000_000_000 + second * 1000).toISOString()}","v":1}`,
  )
const entries = Array.from({ length: 700 }, (_, n) => leafOf(n))
const check = (...words: readonly string[]) => python('tools/verify-log.py', ...words)

describe.skipIf(!hasPython)('a second implementation, in Python', () => {
  it('finds our log well, and that it extends an older checkpoint', () => {
    const folder = join(base, 'log')
    writeLog(folder, entries, signer)
    const older = file('older', signedCheckpoint(entries.slice(0, 300), signer))
    const { status, lines } = check('log', folder, file('key', key), older)
    expect(lines.filter((line) => !line.startsWith('pass'))).toEqual([])
    expect(lines).toContain(`pass extends ${older}: 300 leaves`)
    expect(status).toBe(0)
  })

  it('finds our proofs well, and none of another leaf', () => {
    const leaves = entries.map(leafHash)
    const checkpoint = signedCheckpoint(entries, signer)
    for (const index of [0, 299, 699]) {
      const hashes = inclusionSpans(index, 700).map(({ start, end }) => rootOf(leaves.slice(start, end)))
      const proof = file('proof', tlogProofText({ index, hashes, checkpoint }))
      expect(check('proof', file('leaf', entries[index] as Uint8Array), proof, key)).toMatchObject({ status: 0 })
      const other = check('proof', file('leaf', leafOf(1000)), proof, key)
      expect(other).toMatchObject({ status: 1, lines: expect.arrayContaining([`FAIL inclusion: leaf ${index}`]) })
    }
  })

  it('names what was done to a log', () => {
    const changed = (name: string, others: readonly Uint8Array[], by = signer) => {
      const folder = join(base, name)
      writeLog(folder, others, by)
      const older = file(`${name}-older`, signedCheckpoint(entries.slice(0, 300), signer))
      const { status, lines } = check('log', folder, key, older)
      expect(status).toBe(1)
      return lines.filter((line) => line.startsWith('FAIL')).map((line) => line.slice(5).split(':')[0])
    }
    const swapped = entries.map((entry, n) => (n === 5 ? leafOf(6) : n === 6 ? leafOf(5) : entry))
    expect(changed('reordered', swapped)).toEqual(['numbers', 'times', expect.stringContaining('extends')])
    expect(changed('truncated', entries.slice(0, 200))).toEqual([expect.stringContaining('extends')])
    expect(changed('dated-back', [...entries, leafOf(700, 3)])).toEqual(['times'])
    expect(changed('wrong-key', entries, noteSigner(signer.key.name, 2))).toEqual(['signature'])
  })
})
