import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { corpus, corpusDir } from '../../test/support/corpus.ts'
import { syntheticInstance } from '../../test/support/synthetic.ts'
import type { ByteRange, Bytes } from '../base/bytes.ts'
import { openFrameDecoder } from '../codecs/open.ts'
import type { Uid } from '../dicom/uid.ts'
import type { Payload } from '../vault/payload.ts'
import { openCompare } from './compare.ts'
import type { KnownVersion } from './decide.ts'

const decoder = openFrameDecoder({ workers: 1, timeoutMs: 60_000 })
afterAll(() => decoder.close())

const payload = (bytes: Bytes): Payload => ({
  length: bytes.length,
  read: async function* ({ start, end }: ByteRange) {
    yield bytes.subarray(start, end)
  },
})

/** Compares two files as intake would: one kept, the other arrived. */
async function compared(kept: Bytes, arrived: Bytes): Promise<string | undefined> {
  const compare = openCompare({
    kept: async () => payload(kept),
    decoder,
  })
  const version: KnownVersion = {
    id: 1,
    version: 1,
    study: '1.1' as Uid,
    series: '1.1' as Uid,
    instance: '1.1' as Uid,
    sopClass: '1.2',
    transferSyntax: '1.2' as Uid,
    ds: '',
    segment: 1,
    spool: '',
    start: 0,
    length: kept.length,
    dsStart: 0,
    rejected: 'no',
  }
  return (await compare(payload(arrived), [version])).get(1)
}

const file = (path: string): Buffer => {
  const found = corpus().find((one) => one.path === path)
  if (found === undefined) throw new Error(`${path} is not in the corpus`)
  return readFileSync(found.file)
}

describe('the same content in another encoding', () => {
  it('is what equals itself', async () => {
    const { bytes } = syntheticInstance({ seed: 1 })
    expect(await compared(bytes, bytes)).toBe('equal')
  })

  it('is not what has another pixel', async () => {
    const { bytes } = syntheticInstance({ seed: 1 })
    const changed = Buffer.from(bytes)
    changed.writeUInt8((changed.at(-1) ?? 0) ^ 1, changed.length - 1)
    expect(await compared(bytes, changed)).toBe('different')
  })

  it('is not what has another attribute', async () => {
    const one = syntheticInstance({ seed: 1, patientName: 'SYNTHETIC^ONE' })
    const other = syntheticInstance({ seed: 1, patientName: 'SYNTHETIC^TWO' })
    expect(await compared(one.bytes, other.bytes)).toBe('different')
  })
})

describe.skipIf(corpusDir() === undefined)('the same content in another encoding, of real devices and toolkits', () => {
  const equal: readonly (readonly [what: string, folder: string, kept: string, arrived: string])[] = [
    ['Implicit and Explicit VR', 'transfer-syntaxes/mr-small', 'MR_small.dcm', 'MR_small_implicit.dcm'],
    ['big endian', 'transfer-syntaxes/mr-small', 'MR_small.dcm', 'MR_small_bigendian.dcm'],
    ['trailing padding', 'transfer-syntaxes/mr-small', 'MR_small.dcm', 'MR_small_padded.dcm'],
    ['RLE', 'transfer-syntaxes/mr-small', 'MR_small.dcm', 'MR_small_RLE.dcm'],
    ['JPEG-LS', 'transfer-syntaxes/mr-small', 'MR_small.dcm', 'MR_small_jpeg_ls_lossless.dcm'],
    ['JPEG 2000, and it came first', 'transfer-syntaxes/mr-small', 'MR_small_jp2klossless.dcm', 'MR_small.dcm'],
    ['many frames', 'multiframe', 'emri_small.dcm', 'emri_small_jpeg_2k_lossless.dcm'],
    ['many frames big endian', 'multiframe', 'emri_small_RLE.dcm', 'emri_small_big_endian.dcm'],
    ['colour RLE', 'transfer-syntaxes/rgb-small', 'SC_rgb.dcm', 'SC_rgb_rle.dcm'],
    ['colour of 16 bits', 'transfer-syntaxes/rgb-small', 'SC_rgb_expb_16bit.dcm', 'SC_rgb_16bit.dcm'],
    ['pixels of 32 bits', 'transfer-syntaxes/rgb-small', 'SC_rgb_rle_32bit.dcm', 'SC_rgb_expb_32bit.dcm'],
    ['1-bit segments', 'seg', 'liver.dcm', 'liver_expb.dcm'],
    [
      'fragments cut otherwise',
      'transfer-syntaxes/ct1-wg04',
      'CT1_UNC.fragmented_no_bot_jpeg_ls.80.dcm',
      'CT1_UNC.not_fragmented_bot_jpeg_ls.80.dcm',
    ],
    ['JPEG 2000 and what a toolkit decoded of it', 'transfer-syntaxes/wg04', 'JPEG2000.dcm', 'JPEG2000_UNC.dcm'],
    ['a palette', 'palette-colour-images', 'OBXXXX1A.dcm', 'OBXXXX1A_rle.dcm'],
  ]
  it.each(equal)('%s', async (_, folder, kept, arrived) => {
    expect(await compared(file(`${folder}/${kept}`), file(`${folder}/${arrived}`))).toBe('equal')
  })

  it('the deflated syntax', async () => {
    const [plain, deflated] = ['LittleEndianExplicit', 'DeflatedExplicit'].map((name) =>
      corpus('transfer-syntaxes/ct-one-image').find(({ path }) => path.includes(name)),
    )
    expect(await compared(readFileSync(plain?.file ?? ''), readFileSync(deflated?.file ?? ''))).toBe('equal')
  })

  const different: readonly (readonly [what: string, folder: string, kept: string, arrived: string])[] = [
    ['another number of frames', 'transfer-syntaxes/rgb-small', 'SC_rgb.dcm', 'SC_rgb_2frame.dcm'],
    [
      'chroma sampled down',
      'transfer-syntaxes/rgb-small',
      'SC_ybr_full_uncompressed.dcm',
      'SC_ybr_full_422_uncompressed.dcm',
    ],
  ]
  it.each(different)('not %s', async (_, folder, kept, arrived) => {
    expect(await compared(file(`${folder}/${kept}`), file(`${folder}/${arrived}`))).toBe('different')
  })
})
