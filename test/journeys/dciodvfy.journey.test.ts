/**
 * An outside judge of what we write: dciodvfy finds no error in it that was not in the object received. Objects that are
 * wholly our own are judged in `test/long/dciodvfy.long.test.ts`.
 *
 * One file of the corpus for each transfer syntax and one for each SOP class; each decoded by WADO-RS, and after its study was sealed
 * as it lies in the vault. (Decoded from there it is what it was before: `round-trip.journey.test.ts`.)
 */
import { readFileSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { metaGroup } from '../../src/dicom/part10.ts'
import { readWhole } from '../../src/dicom/reader.ts'
import { stow } from '../support/client.ts'
import { corpus, corpusDir } from '../support/corpus.ts'
import { errorsOf, hasDciodvfy } from '../support/dciodvfy.ts'
import { type Known, known } from '../support/round-trip.ts'
import { type RunningServer, startServer } from '../support/server.ts'

/**
 * What it finds that we leave so: an ultrasound image compressed by RLE in YBR_FULL, which PS3.3 C.8.5.6 allows compressed
 * only, has these samples when it is decoded. To make RGB of them would round each of them.
 */
const LEFT_SO = ['Photometric Interpretation', 'Planar Configuration'].map(
  (attribute, at) =>
    `modalities/us/examples_ybr_color.dcm: Error - Unrecognized enumerated value <${['YBR_FULL', '0'][at]}> for value 1 of attribute <${attribute}>`,
)
/** Native samples of 32 bits, as RT Dose has: it ends itself with a failed assertion, on objects as received too. */
const NOT_JUDGED = ['rt/small/rtdose_rle_1frame.dcm']

/** It does not read deflated data sets, so they are inflated for it (PS3.5 A.5). */
function withoutDeflate(part10: Buffer): Buffer {
  const { transferSyntax, dataSetStart } = readWhole(part10)
  if (transferSyntax !== '1.2.840.10008.1.2.1.99') return part10
  const told = { sopClass: '1.2', sopInstance: '1.2', transferSyntax: '1.2.840.10008.1.2.1' }
  return Buffer.concat([metaGroup(told), inflateRawSync(part10.subarray(dataSetStart))])
}

describe.skipIf(!hasDciodvfy() || corpusDir() === undefined)('dciodvfy, of what is written again', () => {
  let server: RunningServer
  const usable = corpus().filter(
    ({ expect, path, bytes }) => expect === 'ok' && !/(^|\/)DICOMDIR$/.test(path) && bytes < 1_000_000,
  )
  const kinds = new Map([
    ...usable.map((file) => [file.transferSyntax, file] as const),
    ...usable.map((file) => [file.sopClass, file] as const),
    ...usable
      .filter(({ path }) => [...LEFT_SO, ...NOT_JUDGED].some((one) => one.startsWith(path)))
      .map((file) => [file.path, file] as const),
  ])
  const chosen = [...kinds.values()].flatMap((file) => known(file) ?? [])
  const instances = [...new Map(chosen.map((one) => [one.instance, one])).values()]
  const before = new Map<string, readonly string[]>()

  beforeAll(async () => {
    server = await startServer()
    for (const { bytes, file, instance } of instances) {
      expect([200, 202], file.path).toContain((await stow(server.dicomweb, bytes)).status)
      before.set(instance, await errorsOf(withoutDeflate(readFileSync(file.file))))
    }
  })
  afterAll(() => server?.stop())

  /** Errors that the received object did not have, and how many objects were looked at. */
  async function added(form: 'stored' | 'explicit'): Promise<{ errors: string[]; unjudged: string[]; judged: number }> {
    const errors: string[] = []
    const unjudged: string[] = []
    let judged = 0
    for (const one of instances) {
      const answer = await fetch(addressOf(one), {
        headers: { accept: `application/dicom${form === 'stored' ? '; transfer-syntax=*' : ''}` },
      })
      const bytes = Buffer.from(await answer.arrayBuffer())
      if (answer.status !== 200) continue // what nothing here decodes
      const known = new Set(before.get(one.instance))
      const found = await errorsOf(withoutDeflate(asJpeg2000(one, bytes)))
      if (found.some((error) => error.includes('ended by SIGABRT'))) {
        unjudged.push(one.file.path)
        continue
      }
      judged += 1
      for (const error of found) if (!known.has(error)) errors.push(`${one.file.path}: ${error}`)
    }
    return { errors, unjudged, judged }
  }
  /** dciodvfy does not know HTJ2K and would not look for fragments: it is told of JPEG 2000, which is encapsulated alike. */
  function asJpeg2000(one: Known, part10: Buffer): Buffer {
    const { transferSyntax, dataSetStart } = readWhole(part10)
    if (!/\.4\.20[1-3]$/.test(transferSyntax)) return part10
    const told = { sopClass: one.sopClass, sopInstance: one.instance, transferSyntax: '1.2.840.10008.1.2.4.90' }
    return Buffer.concat([metaGroup(told), part10.subarray(dataSetStart)])
  }
  const addressOf = ({ study, series, instance }: Known): string =>
    `${server.dicomweb}/studies/${study}/series/${series}/instances/${instance}`

  it('has no error more once decoded, but what is left so', async () => {
    const { errors, unjudged, judged } = await added('explicit')
    expect(errors).toEqual(LEFT_SO)
    expect(unjudged).toEqual(NOT_JUDGED)
    expect(judged).toBeGreaterThan(40)
  })

  it('has no error more once sealed', async () => {
    const answer = await fetch(`${server.url}/api/seal`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ studies: [...new Set(instances.map(({ study }) => study))] }),
    })
    expect(await answer.text()).not.toContain('"outcome":"failed"')
    const stored = await added('stored')
    expect(stored.errors).toEqual([])
    expect(stored.unjudged).toEqual([])
    expect(stored.judged).toBe(instances.length)
  })
})
