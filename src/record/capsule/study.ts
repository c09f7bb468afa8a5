/** What a time capsule shows of one study: its series in parts of a few images each, its reports, a picture of each. */
import type { CapsuleImage, CapsulePart, CapsuleReport, CapsuleSeries } from '../../api/capsule.ts'
import type { Archive, InstanceRecord } from '../../archive/archive.ts'
import { bytesMember, type Member, textMember } from '../../archive/evidence/bag.ts'
import { gather } from '../../base/bytes.ts'
import type { Context } from '../../base/context.ts'
import { asArchiveError } from '../../base/errors.ts'
import { type Tag, tagText } from '../../dicom/data-set.ts'
import { T, uidName } from '../../dicom/dictionary.ts'
import type { DicomJson } from '../../dicom/json.ts'
import type { Uid } from '../../dicom/uid.ts'
import { capsuleImage, framesInOrder, type ImageSource, type SeriesFrame } from './images.ts'
import { isReport, reportNode, reportTitle, reportWhen, textIn } from './report.ts'

export type StudySource = ImageSource & Pick<Archive, 'instances' | 'metadata'>

/** A part is ended at so many pixels or images: what is loaded at once when somebody scrolls. */
const PART_PIXELS = 1.5e6
const PART_IMAGES = 24
const THUMBNAIL = { type: 'image/jpeg', quality: 80, within: { width: 220, height: 220 } } as const

export interface StudyContents {
  readonly thumbnail: string
  readonly series: readonly CapsuleSeries[]
  readonly reports: readonly CapsuleReport[]
}

/** @param number  of the study in the capsule: its folder is named so */
export async function* studyMembers(
  source: StudySource,
  context: Context,
  study: Uid,
  number: number,
): AsyncGenerator<Member, StudyContents> {
  const series: CapsuleSeries[] = []
  const reports: CapsuleReport[] = []
  const records = await source.instances(context, { study })
  const bySeries = [...Map.groupBy(records, ({ key }) => key.series)]
  for (const [at, [uid, of]] of bySeries.entries())
    series.push(
      yield* seriesMembers(source, context, { study, series: uid }, of, `capsule/${number}/${at + 1}`, reports),
    )
  const most = series.reduce<CapsuleSeries | undefined>(
    (best, one) => (one.thumbnail !== '' && one.images > (best?.images ?? 0) ? one : best),
    undefined,
  )
  return { thumbnail: most?.thumbnail ?? '', series, reports }
}

async function* seriesMembers(
  source: StudySource,
  context: Context,
  scope: { readonly study: Uid; readonly series: Uid },
  of: readonly InstanceRecord[],
  folder: string,
  reports: CapsuleReport[],
): AsyncGenerator<Member, CapsuleSeries> {
  const records = new Map(of.map((record) => [record.key.instance as string, record]))
  const found: { readonly record: InstanceRecord; readonly json: DicomJson; readonly object: string }[] = []
  for await (const text of source.metadata(context, scope, '')) {
    const json = JSON.parse(text) as DicomJson
    const record = records.get(textIn(json, T.SOPInstanceUID))
    if (record !== undefined) found.push({ record, json, object: objectPath(record) })
  }
  const images = found.filter(({ record }) => record.frames > 0 && record.rows > 0)
  const others: string[] = []
  for (const one of found) {
    if (images.includes(one)) continue
    const report = yield* reportMember(source, context, one, `${folder}/report-${reports.length + 1}`)
    if (report === undefined) others.push(uidName(one.record.sopClass) ?? one.record.sopClass)
    else reports.push(report)
  }
  const first = found[0]?.json ?? {}
  const frames = framesInOrder(images)
  const thumbnail = yield* thumbnailMember(source, context, frames, `${folder}/picture.jpg`)
  const parts: { file: string; images: number }[] = []
  for (const chunk of inParts(frames)) {
    const file = `${folder}/${parts.length + 1}.js`
    const pictures: Member[] = []
    const made: CapsuleImage[] = []
    for (const frame of chunk) {
      context.signal.throwIfAborted()
      made.push(
        await capsuleImage(source, context, frame, (bytes) => {
          const name = `${folder}/${parts.length + 1}-${pictures.length + 1}.png`
          pictures.push(bytesMember(name, bytes))
          return name
        }),
      )
    }
    yield* pictures
    yield partMember(file, { images: made })
    parts.push({ file, images: made.length })
  }
  return {
    series: scope.series,
    modality: textIn(first, T.Modality),
    number: numberIn(first, T.SeriesNumber),
    description: textIn(first, T.SeriesDescription) || textIn(first, T.ProtocolName),
    thumbnail,
    images: frames.length,
    parts,
    others: [...new Set(others)],
  }
}

function numberIn(json: DicomJson, tag: Tag): number | null {
  const value = Number.parseInt(textIn(json, tag), 10)
  return Number.isFinite(value) ? value : null
}

/** A file the page loads as a script when it is looked at. */
const partMember = (name: string, part: CapsulePart): Member =>
  textMember(name, `clearkeepCapsule.part(${JSON.stringify(name)},${JSON.stringify(part)})\n`)

/** As evidence packs name it (`archive/evidence/evidence.ts`). */
const objectPath = ({ key, id }: InstanceRecord): string => `data/objects/${key.study}/${id}-${key.instance}.dcm`

function* inParts(frames: readonly SeriesFrame[]): Generator<readonly SeriesFrame[]> {
  let part: SeriesFrame[] = []
  let pixels = 0
  for (const frame of frames) {
    if (part.length > 0 && (part.length >= PART_IMAGES || pixels + frame.pixels > PART_PIXELS)) {
      yield part
      part = []
      pixels = 0
    }
    part.push(frame)
    pixels += frame.pixels
  }
  if (part.length > 0) yield part
}

/** Of the image in the middle; '' when it cannot be pictured. */
async function* thumbnailMember(
  source: StudySource,
  context: Context,
  frames: readonly SeriesFrame[],
  name: string,
): AsyncGenerator<Member, string> {
  const middle = frames[frames.length >> 1]
  if (middle === undefined) return ''
  let bytes: Uint8Array
  try {
    bytes = await source.picture(context, middle.of.record, middle.frame, THUMBNAIL)
  } catch (thrown) {
    if (context.signal.aborted || asArchiveError(thrown).code === 'DEFECT') throw thrown
    return ''
  }
  yield bytesMember(name, bytes)
  return name
}

const KINDS: Readonly<Record<string, string>> = { 'application/pdf': 'pdf', 'text/xml': 'xml', 'model/stl': 'stl' }

async function* reportMember(
  source: StudySource,
  context: Context,
  { record, json }: { readonly record: InstanceRecord; readonly json: DicomJson },
  name: string,
): AsyncGenerator<Member, CapsuleReport | undefined> {
  const about = { title: reportTitle(json), when: reportWhen(json) }
  const document = tagText(T.EncapsulatedDocument)
  if (document in json) {
    const file = `${name}.${KINDS[textIn(json, T.MIMETypeOfEncapsulatedDocument)] ?? 'bin'}`
    const { bytes } = await source.bulkData(context, record, document)
    yield bytesMember(file, await gather(bytes))
    return { ...about, kind: 'document', file }
  }
  if (!isReport(json)) return undefined
  yield partMember(`${name}.js`, { report: reportNode(json) })
  return { ...about, kind: 'text', file: `${name}.js` }
}
