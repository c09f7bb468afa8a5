import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { gather } from '../base/bytes.ts'
import { T } from '../dicom/dictionary.ts'
import { readWhole } from '../dicom/reader.ts'
import { int, number, numbers, text } from '../dicom/values.ts'
import { noduleExaminations, noduleHistory } from './nodule-story.ts'
import type { SyntheticObject } from './object.ts'

const objects = [...noduleExaminations()]
const history = noduleHistory()

const seriesOf = (series: string) => objects.filter((object) => object.series === series)

async function read(object: SyntheticObject) {
  const bytes = await gather(object.open())
  const { dataSet } = readWhole(bytes)
  const columns = int(dataSet, T.Columns) ?? 0
  const pixels = new DataView(bytes.buffer, bytes.length - columns * columns * 2)
  const intercept = number(dataSet, T.RescaleIntercept) ?? 0
  const [left = 0, top = 0, z = 0] = numbers(dataSet, T.ImagePositionPatient)
  const [spacing = 1] = numbers(dataSet, T.PixelSpacing)
  const hu = (x: number, y: number) =>
    pixels.getInt16((Math.round((y - top) / spacing) * columns + Math.round((x - left) / spacing)) * 2, true) +
    intercept
  return { bytes, dataSet, z, spacing, hu }
}

/** What a person would outline: everything dense around where the nodule lies; its volume and its middle. */
async function measured({ series, instance, position }: (typeof history)[number], reach: number) {
  let [volume, sumX, sumY, sumZ] = [0, 0, 0, 0]
  const slices = seriesOf(series)
  const middle = slices.findIndex((slice) => slice.instance === instance)
  const slabs = Math.ceil(reach / 1.5)
  for (const object of slices.slice(middle - slabs, middle + slabs + 1)) {
    const { dataSet, z, spacing, hu } = await read(object)
    if (Math.abs(z - position[2]) > reach) continue
    const voxel = spacing * spacing * (number(dataSet, T.SliceThickness) ?? 0)
    for (let y = position[1] - reach; y <= position[1] + reach; y += spacing)
      for (let x = position[0] - reach; x <= position[0] + reach; x += spacing) {
        const [dx, dy, dz] = [x - position[0], y - position[1], z - position[2]]
        if (dx * dx + dy * dy + dz * dz > reach * reach) continue
        // Half way between lung and nodule counts half: partial volumes.
        const share = Math.min(1, Math.max(0, (hu(x, y) + 800) / 840))
        if (share < 0.25) continue
        volume += voxel * share
        sumX += x * share
        sumY += y * share
        sumZ += z * share
      }
  }
  const weight = volume / (0.76 * 0.76 * 1.5)
  return { volume, middle: [sumX / weight, sumY / weight, sumZ / weight] }
}

describe('the nodule over the years', () => {
  it('appears, grows, shrinks under treatment and leaves a scar', () => {
    const volumes = history.map(({ volume }) => volume)
    expect(history.map(({ date }) => date)).toEqual([...history.map(({ date }) => date)].sort())
    expect(volumes.indexOf(Math.max(...volumes))).toBe(2)
    for (const at of [1, 2]) expect(volumes[at]).toBeGreaterThan(3 * (volumes[at - 1] ?? 0))
    for (const at of [3, 4, 5]) expect(volumes[at]).toBeLessThan(0.5 * (volumes[at - 1] ?? 0))
  })

  it.each([2, 3])('lies in examination %i where its truth says, and is as large', async (at) => {
    const truth = history[at]
    if (truth === undefined) throw new Error('no such examination')
    const { volume, middle } = await measured(truth, truth.longAxis / 2 + 2.5)
    expect(Math.abs(volume / truth.volume - 1)).toBeLessThan(0.2)
    for (const axis of [0, 1, 2] as const)
      expect(Math.abs((middle[axis] ?? 0) - (truth.position[axis] ?? 0)), `axis ${axis}`).toBeLessThan(1)
  })

  it('is named by the instances the truth names: the slices nearest to its middle', async () => {
    for (const { instance, thickInstance, position } of [history[0]!, history[5]!])
      for (const [uid, thickness] of [
        [instance, 1.5],
        [thickInstance, 5],
      ] as const) {
        const object = objects.find((each) => each.instance === uid)
        if (object === undefined) throw new Error(`no instance ${uid}`)
        expect(Math.abs((await read(object)).z - position[2])).toBeLessThanOrEqual(thickness / 2)
      }
  })
})

describe('geometry of the synthetic CTs', () => {
  it('steps by the stated spacing along the normal, in one frame of reference per study', async () => {
    const slices = await Promise.all(
      seriesOf(history[1]?.series ?? '')
        .slice(0, 4)
        .map(read),
    )
    const heights = slices.map(({ z }) => z)
    for (let at = 1; at < heights.length; at += 1) expect(heights[at - 1]! - heights[at]!).toBeCloseTo(1.5, 6)
    expect(new Set(slices.map(({ dataSet }) => text(dataSet, T.FrameOfReferenceUID))).size).toBe(1)
    const [first] = slices
    expect(numbers(first!.dataSet, T.ImageOrientationPatient)).toEqual([1, 0, 0, 0, 1, 0])
    expect(numbers(first!.dataSet, T.SliceThickness)).toEqual([1.5])
  })
})

/** Of data sets that are given out: they may not change, or archives would report conflicts. */
const DIGESTS = ['c197f73101731ffc', 'c197f73101731ffc', '5c4d4fa96210ae8c', '5c4d4fa96210ae8c']

describe('the demonstration is the same always', () => {
  it('gives the same bytes twice, and those it has always given', async () => {
    const [thick, thin] = [history[2]?.thickInstance, history[3]?.instance]
    const digests = []
    for (const uid of [thick, thin])
      for (let run = 0; run < 2; run += 1) {
        const object = [...noduleExaminations()].find(({ instance }) => instance === uid)
        if (object === undefined) throw new Error('no such object')
        const bytes = await gather(object.open())
        expect(bytes.length).toBe(object.bytes)
        const { dataSetStart } = readWhole(bytes)
        digests.push(createHash('sha256').update(bytes.subarray(dataSetStart)).digest('hex').slice(0, 16))
      }
    expect(digests).toEqual(DIGESTS)
  })
})
