/** What a study is called on the page. */
import type { CapsuleSeries, CapsuleStudy } from '../../api/capsule.ts'
import { formatDate } from '../words/dates.ts'

export const UNTOLD = 'Region not stated'

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
export const lanesOf = ({ lanes }: CapsuleStudy): readonly string[] =>
  lanes.length === 0 ? [UNTOLD] : lanes.map(capital)
export const whenOf = ({ date }: CapsuleStudy): string => formatDate(date) || 'No date'
export const whatOf = ({ description }: CapsuleStudy): string => description || 'No description'
export const imagesOf = ({ series }: CapsuleStudy): number => series.reduce((sum, { images }) => sum + images, 0)

/** `CT · chest`, `XR · left wrist`. */
export function kindOf({ families, regions, side }: CapsuleStudy): string {
  const where = regions.join(', ')
  return [families.join('+'), side !== '' && side !== 'both' && where ? `${side} ${where}` : where]
    .filter(Boolean)
    .join(' · ')
}

export const seriesName = ({ number, modality, description }: CapsuleSeries): string =>
  [number === null ? '' : `${number}`, modality, description].filter(Boolean).join(' · ') || 'Series'
