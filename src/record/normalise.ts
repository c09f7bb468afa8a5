/**
 * What a study is of, from what its sender wrote: regions, kind of examination, side, contrast, procedure. Pure.
 *
 * Each fact is taken from the first source that tells it: coded region, meaning of procedure codes, Body Part Examined,
 * then descriptions. Body Part Examined is often a preset nobody looked at: where a description names regions that none
 * of the body parts has to do with, the description is believed; else both are kept.
 */
import { type Family, familiesOf, isOfImages } from './modalities.ts'
import { kinship, REGION_ORDER, REGIONS, type Region } from './regions.ts'
import { type Contrast, contrastIn, narrowest, regionsIn, type Side, sideIn } from './words.ts'

export interface SeriesWords {
  readonly modality: string
  readonly description: string
  readonly bodyPart: string
  /** R, L, or what else the sender wrote (Laterality, Image Laterality). */
  readonly laterality: string
  readonly protocol: string
  /** Anatomic Region Sequence, when an image of it was looked at. */
  readonly regionCodes: readonly string[]
  readonly contrastAgent: string
}

export interface Code {
  readonly scheme: string
  readonly value: string
  readonly meaning: string
}

export interface StudyWords {
  readonly description: string
  readonly modalities: readonly string[]
  readonly procedures: readonly Code[]
  readonly series: readonly SeriesWords[]
}

export interface Normalised {
  readonly regions: readonly Region[]
  readonly families: readonly Family[]
  readonly side: Side | undefined
  readonly contrast: Contrast | undefined
  /** `scheme|value` of each procedure code. */
  readonly procedures: readonly string[]
  readonly reports: boolean
}

const BY_BODY_PART = new Map<string, Region[]>()
const BY_CODE = new Map<string, Region[]>()
for (const region of REGION_ORDER) {
  for (const part of REGIONS[region].bodyParts) BY_BODY_PART.set(part, [...(BY_BODY_PART.get(part) ?? []), region])
  for (const code of REGIONS[region].codes) BY_CODE.set(code, [...(BY_CODE.get(code) ?? []), region])
}

export function normalise(study: StudyWords): Normalised {
  const images = study.series.filter(({ modality }) => isOfImages(modality))
  const told = images.length > 0 ? images : study.series
  const regions = regionsOf(study, told)
  return {
    regions,
    families: familiesOf(study.modalities),
    side: regions.some((region) => REGIONS[region].paired) ? sideOf(study, told) : undefined,
    contrast: contrastOf(study, told),
    procedures: [...new Set(study.procedures.map(({ scheme, value }) => `${scheme}|${value}`))].sort(),
    reports: study.modalities.some((modality) => modality === 'SR' || modality === 'DOC'),
  }
}

function regionsOf(study: StudyWords, series: readonly SeriesWords[]): readonly Region[] {
  const coded = series.flatMap(({ regionCodes }) => regionCodes.flatMap((code) => BY_CODE.get(code) ?? []))
  const title = regionsIn(study.description)
  if (coded.length > 0) return narrowest([...coded, ...title])
  const procedures = study.procedures.flatMap(({ meaning }) => regionsIn(meaning))
  if (procedures.length > 0) return narrowest(procedures)
  const parts = series.flatMap(({ bodyPart }) => regionsOfBodyPart(bodyPart))
  const isPreset = title.length > 0 && !parts.some((part) => title.some((named) => isKin(part, named)))
  if (parts.length + title.length > 0) return narrowest(isPreset ? title : [...parts, ...title])
  return narrowest(series.flatMap(({ description, protocol }) => regionsIn(`${description} ${protocol}`)))
}

const isKin = (part: Region, named: Region): boolean => !['beside', 'apart'].includes(kinship(part, named))

/** A defined term, or what the sender put in its place. */
export function regionsOfBodyPart(text: string): readonly Region[] {
  return BY_BODY_PART.get(text.toUpperCase().replace(/[^A-Z]/g, '')) ?? regionsIn(text)
}

function sideOf(study: StudyWords, series: readonly SeriesWords[]): Side | undefined {
  const coded = joined(series.map(({ laterality }) => LETTERS[laterality.toUpperCase()]))
  if (coded !== undefined) return coded
  const said = sideIn(study.description) ?? joined(study.procedures.map(({ meaning }) => sideIn(meaning)))
  return said ?? joined(series.map(({ description, protocol }) => sideIn(description) ?? sideIn(protocol)))
}

const LETTERS: Readonly<Record<string, Side>> = { R: 'right', L: 'left', B: 'both' }

function joined(sides: readonly (Side | undefined)[]): Side | undefined {
  const all = new Set(sides.filter((side) => side !== undefined))
  return all.size > 1 ? 'both' : [...all][0]
}

function contrastOf(study: StudyWords, series: readonly SeriesWords[]): Contrast | undefined {
  if (series.some(({ contrastAgent }) => contrastAgent.trim() !== '')) return 'with'
  const said =
    contrastIn(study.description) ?? study.procedures.map(({ meaning }) => contrastIn(meaning)).find((one) => one)
  return said ?? series.map(({ description, protocol }) => contrastIn(`${description} ${protocol}`)).find((one) => one)
}
