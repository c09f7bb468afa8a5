/**
 * An index as a hospital's would be after years: many synthetic studies, put straight into the tables. Everything follows
 * from the number of a study, so two populations of one size are equal.
 */
import { zstdCompressSync } from 'node:zlib'
import { packFrames } from '../../src/archive/frame-table.ts'
import { intakeStatements } from '../../src/archive/intake.queries.ts'
import { wordsOf } from '../../src/archive/words.ts'
import { normalisedGroups } from '../../src/dicom/name-search.ts'
import { parsePersonName } from '../../src/dicom/person-name.ts'
import type { CompiledQuery } from '../../src/storage/sql/compiled.ts'
import type { Database } from '../../src/storage/sql/database.ts'

const FAMILIES = ['Synthetic', 'Example', 'Müller', 'Muster', 'Nowak', 'Rossi', 'Dupont', 'García', 'Yamada', 'Kim']
const GIVEN = ['Anna', 'Ben', 'Clara', 'David', 'Eva', 'Felix', 'Greta', 'Hugo', 'Ida', 'Jan', 'Karin', 'Leo']
const MODALITIES = ['CT', 'CT', 'CT', 'MR', 'MR', 'US', 'CR', 'DX', 'NM', 'XA']
const PARTS = ['Thorax', 'Abdomen', 'Head', 'Knee', 'Spine', 'Pelvis', 'Hand']

export interface Population {
  readonly studies: number
  readonly seriesPerStudy: number
  readonly instancesPerSeries: number
}

export const studyUid = (study: number): string => `2.25.7${String(study).padStart(9, '0')}`
export const seriesUid = (study: number, series: number): string => `${studyUid(study)}.${series}`
/** One of them is named so, and has this ID and accession number. */
export const patientName = (study: number): string =>
  `${FAMILIES[study % FAMILIES.length]}${study % 97}^${GIVEN[study % GIVEN.length]}`
export const patientId = (study: number): string => `SYN${String(study % 40_000).padStart(6, '0')}`
export const accession = (study: number): string => `ACC${String(study).padStart(8, '0')}`
export const studyDate = (study: number): string => {
  const day = new Date(Date.UTC(2005, 0, 1) + Math.floor((study * 20 * 365.25 * 86_400_000) / 50_000))
  return day.toISOString().slice(0, 10).replaceAll('-', '')
}

const METADATA = zstdCompressSync(JSON.stringify({ '00180060': { vr: 'DS', Value: [120] } }))
const FRAMES = packFrames({
  image: {
    rows: 512,
    columns: 512,
    frames: 1,
    samplesPerPixel: 1,
    bitsAllocated: 16,
    bitsStored: 12,
    highBit: 11,
    signed: false,
    planarConfiguration: 0,
    photometricInterpretation: 'MONOCHROME2',
  },
  element: 0x10,
  inflated: false,
  frames: { kind: 'native', range: { start: 1000, end: 525_288 }, bitsPerFrame: 4_194_304, swapUnit: 1 },
})

/** Statements held at once while filling. */
const BATCH = 20_000

export async function populate(
  db: Database,
  { studies, seriesPerStudy, instancesPerSeries }: Population,
): Promise<void> {
  const sql = intakeStatements(db.read)
  let statements: CompiledQuery[] = []
  const flush = async () => {
    const batch = statements
    statements = []
    if (batch.length > 0) await db.write((tx) => tx.batch(batch))
  }
  let id = 1
  for (let study = 0; study < studies; study += 1) {
    const [study_uid, name, modality] = [studyUid(study), patientName(study), MODALITIES[study % 10] ?? 'CT']
    const description = `${modality} ${PARTS[study % PARTS.length]}`
    const date = studyDate(study)
    const id_ = patientId(study)
    const attribute = (vr: string, value: unknown) => ({ vr, Value: [value] })
    statements.push(
      sql.insertStudy({
        study_uid,
        patient_key: `|${id_}`,
        patient_id: id_,
        issuer: '',
        patient_name: name,
        birth_date: `19${String(40 + (study % 60)).padStart(2, '0')}0101`,
        sex: study % 2 === 0 ? 'F' : 'M',
        study_date: date,
        study_time: `${String(8 + (study % 10)).padStart(2, '0')}${String(study % 60).padStart(2, '0')}00`,
        accession: accession(study),
        study_id: String(study),
        description,
        referring: '',
        modalities: modality,
        series_count: seriesPerStudy,
        instance_count: seriesPerStudy * instancesPerSeries,
        bytes: seriesPerStudy * instancesPerSeries * 525_288,
        received_first: `2026-01-01T00:00:00.${String(study % 1000).padStart(3, '0')}Z`,
        received_last: '2026-01-01T00:00:00.000Z',
        attributes: JSON.stringify({
          '00080020': attribute('DA', date),
          '00080030': attribute('TM', '120000'),
          '00080050': attribute('SH', accession(study)),
          '00081030': attribute('LO', description),
          '00100010': attribute('PN', { Alphabetic: name }),
          '00100020': attribute('LO', id_),
          '00104000': attribute('LT', study % 1000 === 7 ? 'remarkable' : 'obviously synthetic'),
          '0020000D': attribute('UI', study_uid),
        }),
      }),
    )
    const names = normalisedGroups(parsePersonName(name))
    for (const { group, normalised } of names)
      statements.push(sql.insertName({ study_uid, attribute: 'PatientName', component_group: group, normalised }))
    const words = wordsOf({
      names: names.map(({ normalised }) => normalised),
      patientId: id_,
      accession: accession(study),
      studyId: String(study),
      description,
    })
    for (const word of words) statements.push(sql.insertWord({ study_uid, word }))
    for (let series = 1; series <= seriesPerStudy; series += 1) {
      const series_uid = seriesUid(study, series)
      statements.push(
        sql.insertSeries({
          study_uid,
          series_uid,
          modality: study % 5000 === 3 && series === 2 ? 'PT' : modality,
          series_number: series,
          description: `Series ${series}`,
          body_part: '',
          laterality: '',
          performed_date: '',
          performed_time: '',
          instance_count: instancesPerSeries,
          bytes: instancesPerSeries * 525_288,
          attributes: JSON.stringify({
            '00080060': attribute('CS', modality),
            '0020000E': attribute('UI', series_uid),
            '00200011': attribute('IS', series),
          }),
        }),
      )
      for (let instance = 1; instance <= instancesPerSeries; instance += 1) {
        statements.push(
          sql.insertInstance({
            id,
            sop_uid: `${series_uid}.${instance}`,
            version: 1,
            current: 1,
            study_uid,
            series_uid,
            sop_class_uid: '1.2.840.10008.5.1.4.1.1.2',
            instance_number: instance,
            transfer_syntax: '1.2.840.10008.1.2.1',
            rows: 512,
            columns: 512,
            frames: 1,
            ds: String(id).padStart(64, '0'),
            origin: 'file',
            received_at: '2026-01-01T00:00:00.000Z',
            source: '{}',
            leniencies: '[]',
            node: 'test',
            segment: 1,
            spool: '',
            start: id * 525_288,
            length: 525_288,
            ds_start: 400,
            sealed: 0,
          }),
          sql.insertHeader({ id, metadata: METADATA, frames: FRAMES }),
        )
        id += 1
      }
    }
    if (statements.length > BATCH) await flush()
  }
  await flush()
}
