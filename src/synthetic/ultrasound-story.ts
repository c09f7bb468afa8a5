/** Ultrasound: a clip of a beating heart, and a coloured still of a belly. */
import { type Attributes, code } from '../dicom/attributes.ts'
import { letter, WORD } from './lettering.ts'
import { commonModules, greyImage, type Series, type Study, type Told } from './modules.ts'
import { type SyntheticObject, syntheticObject } from './object.ts'
import { PERSONS } from './persons.ts'
import { BELLY_FAN, bellyEcho } from './ultrasound/belly.ts'
import { type Fan, fanFrame } from './ultrasound/fan.ts'
import { HEART_FAN, HEART_FRAMES, heartEcho } from './ultrasound/heart.ts'

const FRAME_TIME = 23 // ms

const HEART: Study = {
  person: PERSONS.heart,
  key: 'echo-1',
  date: '20220329',
  time: '133000',
  description: 'Echocardiography',
}

export const HEART_TOLD: readonly Told[] = [
  { study: HEART, says: 'One beat of a heart, four chambers, as a clip of forty frames.' },
]

export const BELLY: Told = {
  study: {
    person: PERSONS.nodule,
    key: 'abdomen-1',
    date: '20120614',
    time: '082000',
    description: 'US Abdomen',
  },
  says: 'Unrelated: a gallstone and its shadow.',
}

export function* heartObjects(): Generator<SyntheticObject> {
  const series: Series = {
    study: HEART,
    number: 1,
    modality: 'US',
    description: 'Apical four chambers',
    bodyPart: 'HEART',
    model: 'Phantom US',
  }
  const { columns, rows } = HEART_FAN
  const attributes: Attributes = {
    ...commonModules(series, 1, 'UltrasoundMultiFrameImageStorage'),
    ...greyImage({ rows, columns, bitsAllocated: 8, bitsStored: 8 }),
    ImageType: ['ORIGINAL', 'PRIMARY', 'CARDIAC', '0001'],
    PatientOrientation: '',
    NumberOfFrames: HEART_FRAMES,
    FrameIncrementPointer: 0x00181063, // Frame Time
    FrameTime: FRAME_TIME,
    CineRate: Math.round(1000 / FRAME_TIME),
    RecommendedDisplayFrameRate: Math.round(1000 / FRAME_TIME),
    StartTrim: 1,
    StopTrim: HEART_FRAMES,
    HeartRate: Math.round(60_000 / (FRAME_TIME * HEART_FRAMES)),
    SequenceOfUltrasoundRegions: regions(HEART_FAN),
    AnatomicRegionSequence: code('80891009', 'SCT', 'Heart'),
  }
  yield syntheticObject(attributes, {
    vr: 'OB',
    bytesPerFrame: columns * rows,
    frames: HEART_FRAMES,
    frame: (index) => {
      const grey = fanFrame(HEART_FAN, heartEcho(index))
      annotate(HEART_FAN, (at) => {
        grey[at] = 200
      })
      return grey
    },
  })
}

export function* bellyObjects(): Generator<SyntheticObject> {
  const series: Series = {
    study: BELLY.study,
    number: 1,
    modality: 'US',
    description: 'Right upper quadrant',
    bodyPart: 'ABDOMEN',
    model: 'Phantom US',
  }
  const { columns, rows } = BELLY_FAN
  const attributes: Attributes = {
    ...commonModules(series, 1, 'UltrasoundImageStorage'),
    ...greyImage({ rows, columns, bitsAllocated: 8, bitsStored: 8 }),
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    ImageType: ['ORIGINAL', 'PRIMARY', 'ABDOMINAL', '0001'],
    PatientOrientation: '',
    SequenceOfUltrasoundRegions: regions(BELLY_FAN),
    AnatomicRegionSequence: code('818981001', 'SCT', 'Abdomen'),
  }
  yield syntheticObject(attributes, {
    vr: 'OB',
    bytesPerFrame: columns * rows * 3,
    frames: 1,
    frame: () => {
      const grey = fanFrame(BELLY_FAN, bellyEcho)
      const colours = new Uint8Array(grey.length * 3)
      // Machines tint grey a little, warm where it is bright.
      for (let at = 0; at < grey.length; at += 1) {
        const value = grey[at] ?? 0
        colours[3 * at] = value
        colours[3 * at + 1] = Math.round(value * 0.95)
        colours[3 * at + 2] = Math.round(value * (0.78 + value / 1600))
      }
      annotate(BELLY_FAN, (at) => {
        colours[3 * at] = 255
        colours[3 * at + 1] = 196
        colours[3 * at + 2] = 64
      })
      return colours
    },
  })
}

/** The word, and a scale of centimetres at the right edge. */
function annotate({ columns, rows, pitch, apex, from }: Fan, dot: (at: number) => void): void {
  letter(WORD, 14, 12, 2, (x, y) => dot(y * columns + x))
  const surface = apex + from
  for (let mark = 0; mark * 10 < rows * pitch - surface - 4; mark += 1) {
    const y = Math.round((surface + mark * 10) / pitch)
    for (let x = columns - 14; x < columns - (mark % 5 === 0 ? 4 : 9); x += 1) if (y >= 0) dot(y * columns + x)
  }
}

const regions = ({ columns, rows, pitch }: Fan): readonly Attributes[] => [
  {
    RegionSpatialFormat: 1, // 2D
    RegionDataType: 1, // tissue
    RegionFlags: 0,
    RegionLocationMinX0: 0,
    RegionLocationMinY0: 0,
    RegionLocationMaxX1: columns - 1,
    RegionLocationMaxY1: rows - 1,
    PhysicalUnitsXDirection: 3, // cm
    PhysicalUnitsYDirection: 3,
    PhysicalDeltaX: pitch / 10,
    PhysicalDeltaY: pitch / 10,
  },
]
