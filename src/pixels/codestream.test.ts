import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { corpusDir } from '../../test/support/corpus.ts'
import { fromHex } from '../base/bytes.ts'
import { readCodestream } from './codestream.ts'

const bytes = (hex: string) => fromHex(hex.replaceAll(' ', ''))

describe('the header of a codestream', () => {
  it.each([
    [
      'JPEG baseline, JFIF, 4:2:0',
      'ffd8 ffe0 0010 4a46494600 0102 00 0001 0001 0000 ffc0 0011 08 0010 0020 03 012200 021101 031101',
      { kind: 'jpeg', rows: 16, columns: 32, components: 3, bits: 8, colour: 'ybr', subsampled: true },
    ],
    [
      'JPEG baseline, Adobe says RGB',
      'ffd8 ffee 000e 41646f6265 0064 0000 0000 00 ffc0 0011 08 0010 0020 03 011100 021100 031100',
      { kind: 'jpeg', colour: 'rgb', subsampled: false },
    ],
    [
      'JPEG, components named R, G, B',
      'ffd8 ffc0 0011 08 0010 0020 03 521100 471100 421100',
      { kind: 'jpeg', colour: 'rgb' },
    ],
    [
      'JPEG lossless of 16 bits',
      'ffd8 ffc3 000b 10 0010 0020 01 011100',
      { kind: 'jpeg-lossless', bits: 16, components: 1, colour: undefined },
    ],
    [
      'JPEG-LS behind a comment and fill bytes',
      'ffd8 fffe 0004 6162 ffff fff7 000b 0c 0010 0020 01 011100',
      { kind: 'jpeg-ls', bits: 12, rows: 16, columns: 32 },
    ],
    [
      'JPEG 2000, signed, with a component transform',
      'ff4f ff51 002f 0000 00000020 00000010 00000000 00000000 00000020 00000010 00000000 00000000 0003 8b0101 8b0101 8b0101 ff52 000c 00 0000 01 01 05 04 04 00 00 ff90',
      { kind: 'jpeg-2000', columns: 32, rows: 16, components: 3, bits: 12, signed: true, colour: 'ybr' },
    ],
    [
      'HTJ2K, with an offset',
      'ff4f ff51 0029 4000 00000024 00000010 00000004 00000000 00000020 00000010 00000000 00000000 0001 0f0101 ff50 0008 00020000 0000 ff90',
      { kind: 'htj2k', columns: 32, rows: 16, bits: 16, signed: false },
    ],
    ['JPEG XL, small and square', 'ff0a 43 00 00 00', { kind: 'jpeg-xl', rows: 16, columns: 16 }],
  ])('%s', (_, hex, expected) => {
    expect(readCodestream(bytes(hex))).toMatchObject(expected)
  })

  it.each([
    ['nothing', ''],
    ['plain samples', '00000000 00000000'],
    ['a JPEG cut before its frame header', 'ffd8 ffe0 0010 4a46'],
    ['a JPEG cut inside its frame header', 'ffd8 ffc0 0011 08 0010 00'],
    ['a JPEG without frame header', 'ffd8 ffd9 0000'],
    ['a marker segment shorter than its length', 'ffd8 ffe0 0001 0000'],
  ])('is none for %s', (_, hex) => {
    expect(readCodestream(bytes(hex))).toBeUndefined()
  })

  it('is none or something, never an error, for any bytes', () => {
    const start = fc.constantFrom('', 'ffd8', 'ff4fff51', 'ff0a', '0000000c6a502020', '0000000c4a584c20', 'ffd8ffc0')
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 80 }), (hex, rest) => {
        readCodestream(Uint8Array.from([...bytes(hex), ...rest]))
      }),
      { numRuns: 5000 },
    )
  })

  it.skipIf(corpusDir() === undefined).each([
    ['JPEG_Baseline_Process_1-YBR-8.jpg', { kind: 'jpeg', colour: 'ybr' }],
    ['JPEG_Lossless_Non-Hierarchical_Process_14-RGB-8.jpg', { kind: 'jpeg-lossless', components: 3 }],
    ['JPEG-LS_Lossy_Near-Lossless_Image_Compression-GRAYSCALE-16.jls', { kind: 'jpeg-ls', components: 1 }],
    ['JPEG_2000_Image_Compression-RGB-8.jp2', { kind: 'jpeg-2000', components: 3 }],
    ['../htj2k/XA1.j2c', { kind: 'htj2k', rows: 1024, columns: 1024 }],
  ])('of the file %s', (name, expected) => {
    const found = readCodestream(readFileSync(join(corpusDir() ?? '', 'codestreams/wsidicom', name)))
    expect(found).toMatchObject(expected)
    if (!name.startsWith('..')) expect(found).toMatchObject({ rows: 240, columns: 240 })
  })
})
