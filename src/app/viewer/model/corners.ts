/** What stands in the corners of an image (IHE BIR 4.16.4.2.2.5.8): who, where and when, and which slice. */
import { ageOn, formatAge, formatDate, formatSex, formatTime } from '../../words/dates.ts'
import { formatNumber } from '../../words/numbers.ts'
import { personNameText } from '../../words/person-name.ts'
import { item, type JsonDataSet, number, numbers, text, texts } from './dicom-json.ts'
import type { FrameRef } from './frame-sets.ts'
import { readFrame } from './image.ts'

export interface Corners {
  readonly topLeft: readonly string[]
  readonly topRight: readonly string[]
  readonly bottomRight: readonly string[]
}

export function cornersOf({ object, frame }: FrameRef): Corners {
  const { json } = object
  const birth = text(json, '00100030')
  const day = text(json, '00080022') || text(json, '00080021') || text(json, '00080020')
  const age = ageOn(birth, day) || formatAge(text(json, '00101010'))
  return {
    topLeft: lines(
      personNameText(text(json, '00100010')),
      text(json, '00100020'),
      birth && `born ${formatDate(birth)}`,
      joined(formatSex(text(json, '00100040')), age),
    ),
    topRight: lines(
      text(json, '00080080'),
      text(json, '00081030'),
      labelled('Study', text(json, '00200010')),
      labelled('Acc.', text(json, '00080050')),
      joined(formatDate(day), formatTime(text(json, '00080032') || text(json, '00080031') || text(json, '00080030'))),
    ),
    bottomRight: lines(
      joined(labelled('Se', text(json, '00200011')), object.modality),
      text(json, '0008103E'),
      lateralityOf(json),
      contrastOf(json),
      ...techniqueOf(json, object.modality),
      geometryOf(json, frame),
    ),
  }
}

/** Lossy compression, with ratio and method when the object tells them (BIR-19); '' when it is lossless. */
export function lossyMark(json: JsonDataSet, transferSyntax: string): string {
  const said = text(json, '00282110') === '01'
  if (!said && !isLossySyntax(transferSyntax)) return ''
  const ratio = numbers(json, '00282112').map((value) => `${formatNumber(value, 1)}:1`)
  return ['Lossy', ...ratio, ...texts(json, '00282114').map((method) => method.replaceAll('_', ' '))].join(' ')
}

/** Syntaxes that can only be lossy; those that may be either count as lossy when the object says so. */
const isLossySyntax = (uid: string) => /^1\.2\.840\.10008\.1\.2\.4\.(5[0-6]|81)$/.test(uid)

/** Image Laterality, or Laterality of the series; for paired parts. */
function lateralityOf(json: JsonDataSet): string {
  const code = text(json, '00200062') || text(json, '00200060')
  const view = text(json, '00185101')
  const side = { L: 'Left', R: 'Right', B: 'Both sides', U: 'Unpaired' }[code] ?? ''
  return joined(side === 'Unpaired' ? '' : side, view)
}

function contrastOf(json: JsonDataSet): string {
  const agent = text(json, '00180010') || text(item(json, '00180012'), '00080104')
  return agent && `Contrast: ${agent}`
}

function techniqueOf(json: JsonDataSet, modality: string): readonly string[] {
  const unit = (tag: string, name: string) => {
    const value = number(json, tag)
    return value === undefined ? '' : `${formatNumber(value, 1)} ${name}`
  }
  if (['CT', 'CR', 'DX', 'MG', 'XA', 'RF'].includes(modality))
    return [joined(unit('00180060', 'kV'), unit('00181151', 'mA'), text(json, '00181210'))]
  if (modality === 'MR') return [joined(labelled('TR', unit('00180080', 'ms')), labelled('TE', unit('00180081', 'ms')))]
  return []
}

function geometryOf(json: JsonDataSet, frame: number): string {
  const { sliceThickness, position, orientation, spacing } = readFrame(json, frame)
  const location = number(json, '00201041') ?? depthOf(position, orientation)
  return joined(
    sliceThickness === undefined ? '' : `T ${formatNumber(sliceThickness, 2)} mm`,
    location === undefined ? '' : `Loc ${formatNumber(location, 1)}`,
    spacing.length === 2 ? `${formatNumber(spacing[0] ?? 0, 3)} mm/px` : '',
  )
}

/** The place along the axis a slice lies across most nearly. */
function depthOf(position: readonly number[], [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]: readonly number[]) {
  if (position.length !== 3) return undefined
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d].map(Math.abs)
  return position[normal.indexOf(Math.max(...normal))]
}

const lines = (...all: readonly string[]) => all.filter((line) => line !== '')
const joined = (...parts: readonly string[]) => parts.filter((part) => part !== '').join(' · ')
const labelled = (label: string, value: string) => (value === '' ? '' : `${label} ${value}`)
