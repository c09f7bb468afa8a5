/**
 * What a pixel means, worked out without a line of ours: DCMTK reads the file (and decodes it where it must), the rest is
 * the arithmetic of PS3.3 C.11.1 and C.7.6.3 written down here a second time.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Element {
  readonly vr: string
  readonly Value?: readonly unknown[]
  readonly InlineBinary?: string
}

export interface TruePixels {
  readonly columns: number
  readonly rows: number
  readonly modality: string
  readonly photometric: string
  readonly slope: number
  readonly intercept: number
  /** Stored value, sign and high bit applied, of a pixel of the first frame; 0-based. */
  stored(column: number, row: number): number
  /** One value after the modality transform, or red, green and blue. */
  at(column: number, row: number): readonly number[]
  readonly window: readonly [center: number, width: number] | undefined
}

export function truePixels(file: Uint8Array): TruePixels {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-true-'))
  try {
    const path = join(folder, 'in.dcm')
    writeFileSync(path, file)
    const said = spawnSync('dcm2json', [path], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
    if (said.status !== 0) throw new Error(`dcm2json: ${said.stderr}`)
    return fromJson(JSON.parse(said.stdout) as Record<string, Element>)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function fromJson(json: Record<string, Element>): TruePixels {
  const value = (tag: string) => json[tag]?.Value?.[0]
  const number = (tag: string, otherwise = 0) => {
    const found = value(tag)
    return found === undefined || found === '' ? otherwise : Number(found)
  }
  const bytes = (tag: string) => Buffer.from(json[tag]?.InlineBinary ?? '', 'base64')
  const [rows, columns, samples] = [number('00280010'), number('00280011'), number('00280002', 1)]
  const [allocated, storedBits] = [number('00280100'), number('00280101')]
  const shift = number('00280102', storedBits - 1) - storedBits + 1
  const signed = number('00280103') === 1
  const planar = number('00280006') === 1
  const photometric = String(value('00280004'))
  const pixels = bytes('7FE00010')
  const raw = (index: number) => (allocated === 8 ? (pixels[index] ?? 0) : pixels.readUInt16LE(index * 2))
  const sample = (index: number) => {
    const bits = (raw(index) >> shift) & (2 ** storedBits - 1)
    return signed && bits >= 2 ** (storedBits - 1) ? bits - 2 ** storedBits : bits
  }
  const stored = (column: number, row: number) => sample(row * columns + column)
  const [slope, intercept] = [number('00281053', 1), number('00281052')]
  const entry = (tag: string, table: string, index: number) => {
    const [, first = 0, bits = 16] = (json[tag]?.Value ?? []).map(Number)
    const data = bytes(table)
    const at = Math.max(0, index - first)
    return bits === 16
      ? data.readUInt16LE(at * 2) >> (data.some((byte, odd) => odd % 2 === 1 && byte > 0) ? 8 : 0)
      : (data[at] ?? 0)
  }
  const [center, width] = [value('00281050'), value('00281051')]
  return {
    columns,
    rows,
    modality: String(value('00080060') ?? ''),
    photometric,
    slope,
    intercept,
    stored,
    window: center === undefined || width === undefined ? undefined : [Number(center), Number(width)],
    at: (column, row) => {
      if (photometric === 'PALETTE COLOR')
        return ['1', '2', '3'].map((part) => entry(`0028110${part}`, `0028120${part}`, stored(column, row)))
      if (samples === 3)
        return [0, 1, 2].map((part) =>
          planar ? raw(part * rows * columns + row * columns + column) : raw((row * columns + column) * 3 + part),
        )
      return [stored(column, row) * slope + intercept]
    },
  }
}
