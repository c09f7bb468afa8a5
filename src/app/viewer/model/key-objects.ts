/** Which images a key object selection names (PS3.3 A.35.4, PS3.16 TID 2010), and the set they make to be looked through. */
import { item, items, type JsonDataSet, numbers, text } from './dicom-json.ts'
import type { FrameRef, FrameSet } from './frame-sets.ts'

const KEY_OBJECT_SELECTION = '1.2.840.10008.5.1.4.1.1.88.59'

export interface KeyImages {
  /** SOP Instance UIDs, with the frame where one is named: `uid` or `uid 3`. */
  readonly marked: ReadonlySet<string>
  /** Undefined when none of them is here. */
  readonly set: FrameSet | undefined
}

export function keyImagesOf(sets: readonly FrameSet[]): KeyImages {
  const marked = new Set(
    sets.flatMap(({ document }) => (document?.sopClass === KEY_OBJECT_SELECTION ? imagesIn(document.json, 0) : [])),
  )
  const frames = sets.flatMap((set) => set.frames).filter((ref) => isMarked(marked, ref))
  const [first] = frames
  return { marked, set: first && { key: 'key images', series: first.object.series, frames } }
}

export const isMarked = (marked: ReadonlySet<string>, { object, frame }: FrameRef): boolean =>
  marked.has(object.sop) || marked.has(`${object.sop} ${frame}`)

const DEEPEST = 8

function imagesIn(content: JsonDataSet, depth: number): readonly string[] {
  if (depth > DEEPEST) return []
  return items(content, '0040A730').flatMap((one) => {
    const of = text(one, '0040A040') === 'IMAGE' ? item(one, '00081199') : undefined
    const uid = text(of, '00081155')
    const frames = numbers(of, '00081160')
    const own = uid === '' ? [] : frames.length === 0 ? [uid] : frames.map((frame) => `${uid} ${frame}`)
    return [...own, ...imagesIn(one, depth + 1)]
  })
}
