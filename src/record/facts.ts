/** From index rows to the words a study is judged by: reads DICOM JSON as intake kept it. Pure. */
import { type Tag, tagText } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import type { DicomJson, DicomJsonValue } from '../dicom/json.ts'
import type { HistoryRow, HistorySeriesRow } from './history.queries.ts'
import { isOfImages } from './modalities.ts'
import type { Code, Normalised, SeriesWords, StudyWords } from './normalise.ts'
import { REGIONS } from './regions.ts'

/** What an image says beyond its series: by series. */
export type ImageWords = ReadonlyMap<string, DicomJson>

const valuesOf = (json: DicomJson, tag: Tag): readonly DicomJsonValue[] => json[tagText(tag)]?.Value ?? []

function textOf(json: DicomJson, tag: Tag): string {
  const [value] = valuesOf(json, tag)
  return typeof value === 'string' ? value.trim() : ''
}

function itemsOf(json: DicomJson, tag: Tag): readonly DicomJson[] {
  return valuesOf(json, tag).filter((value): value is DicomJson => typeof value === 'object' && value !== null)
}

/** Code Sequence Macro (PS3.3 section 8.8). */
function codesOf(json: DicomJson, tag: Tag): readonly Code[] {
  return itemsOf(json, tag).map((item) => ({
    scheme: textOf(item, T.CodingSchemeDesignator),
    value: textOf(item, T.CodeValue),
    meaning: textOf(item, T.CodeMeaning),
  }))
}

const parse = (text: string): DicomJson => JSON.parse(text) as DicomJson

export function studyWords(
  study: HistoryRow,
  series: readonly HistorySeriesRow[],
  images: ImageWords = new Map(),
): StudyWords {
  const attributes = parse(study.attributes)
  const ofSeries = series.map((row) => parse(row.attributes))
  return {
    description: study.description,
    modalities: study.modalities === '' ? [] : study.modalities.split('\\'),
    procedures: [
      ...codesOf(attributes, T.ProcedureCodeSequence),
      ...ofSeries.flatMap((one) =>
        itemsOf(one, T.RequestAttributesSequence).flatMap((item) => codesOf(item, T.RequestedProcedureCodeSequence)),
      ),
    ],
    series: series.map((row, at) => seriesWords(row, ofSeries[at] ?? {}, images.get(row.series_uid) ?? {})),
  }
}

function seriesWords(row: HistorySeriesRow, attributes: DicomJson, image: DicomJson): SeriesWords {
  return {
    modality: row.modality,
    description: row.description,
    bodyPart: row.body_part,
    laterality: row.laterality || textOf(image, T.ImageLaterality) || textOf(image, T.FrameLaterality),
    protocol: textOf(attributes, T.ProtocolName),
    regionCodes: codesOf(image, T.AnatomicRegionSequence).map(({ value }) => value),
    contrastAgent: textOf(image, T.ContrastBolusAgent),
  }
}

/**
 * Do the rows leave open what an image might tell? Coded regions, sides and contrast agents stand in each image, whose
 * metadata is dearer to read than rows: it is looked at when nothing else tells the region or the side.
 */
export function leavesOpen({ regions, side, families }: Normalised): boolean {
  if (families.length === 0) return false
  return regions.length === 0 || (side === undefined && regions.some((region) => REGIONS[region].paired))
}

export const hasImages = (series: readonly HistorySeriesRow[]): boolean =>
  series.some(({ modality }) => isOfImages(modality))
