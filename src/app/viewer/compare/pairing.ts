/**
 * Which set of an earlier study stands beside a set of the current one: the same kind of picture, the same plane, the
 * same side and view, then contrast, kernel, slice thickness and what they are called. Pure.
 */
import { text } from '../model/dicom-json.ts'
import type { FrameSet } from '../model/frame-sets.ts'
import { readFrame } from '../model/image.ts'
import { planeOf } from '../model/places.ts'

/** The set that fits best; undefined when the study holds none that is an image. */
export function pairOf(set: FrameSet, candidates: readonly FrameSet[]): FrameSet | undefined {
  const mine = factsOf(set)
  return candidates
    .filter(({ frames }) => frames.length > 0)
    .map((candidate, at) => ({ candidate, at, likeness: likeness(mine, factsOf(candidate)) }))
    .sort((a, b) => b.likeness - a.likeness || a.at - b.at)[0]?.candidate
}

interface SetFacts {
  readonly modality: string
  readonly plane: string
  readonly side: string
  readonly view: string
  readonly contrast: boolean
  readonly kernel: string
  readonly thickness: number
  readonly words: ReadonlySet<string>
  readonly count: number
}

function factsOf(set: FrameSet): SetFacts {
  const [first] = set.frames
  const json = first?.object.json
  const facts = json && readFrame(json, first.frame)
  return {
    modality: FAMILY[first?.object.modality ?? ''] ?? first?.object.modality ?? '',
    plane: planeOf(set) ?? '',
    side: text(json, '00200062') || text(json, '00200060'),
    view: text(json, '00185101'),
    contrast: text(json, '00180010') !== '',
    kernel: text(json, '00181210'),
    thickness: facts?.sliceThickness ?? 0,
    words: new Set(
      `${text(json, '0008103E')} ${text(json, '00181030')}`
        .toLowerCase()
        .split(/[^\p{L}\p{N}]+/u)
        .filter((word) => word !== ''),
    ),
    count: set.frames.length,
  }
}

/** Radiographs are radiographs, whatever caught them. */
const FAMILY: Readonly<Record<string, string>> = { CR: 'XR', DX: 'XR' }

function likeness(mine: SetFacts, theirs: SetFacts): number {
  const same = (a: string, b: string, points: number, other = 0) =>
    a === '' || b === '' ? 0 : a === b ? points : other
  const shared = [...mine.words].filter((word) => theirs.words.has(word)).length
  const all = new Set([...mine.words, ...theirs.words]).size
  const [thin = 0, thick = 0] = [mine.thickness, theirs.thickness].sort((a, b) => a - b)
  return (
    same(mine.modality, theirs.modality, 40) +
    same(mine.plane, theirs.plane, 20, -10) +
    same(mine.side, theirs.side, 12, -20) +
    same(mine.view, theirs.view, 12, -10) +
    (mine.contrast === theirs.contrast ? 4 : 0) +
    same(mine.kernel, theirs.kernel, 6) +
    (thin > 0 ? (8 * thin) / thick : 0) +
    (all === 0 ? 0 : (15 * shared) / all) +
    // A scout is no volume.
    (mine.count > 3 === theirs.count > 3 ? 6 : 0)
  )
}
