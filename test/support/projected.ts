/**
 * An index filled as it is in life: Part 10 files are written, read, described and projected, group by group, by the code
 * that does it when objects arrive; only the journal's bytes are left out. Studies are named as in `population.ts`, so that
 * the same questions can be asked.
 */
import { createHash } from 'node:crypto'
import { applyGroups } from '../../src/archive/apply.ts'
import { describe } from '../../src/archive/description.ts'
import { intakeStatements } from '../../src/archive/intake.queries.ts'
import type { Applicable } from '../../src/archive/project.ts'
import { openReader } from '../../src/dicom/reader.ts'
import { uid } from '../../src/dicom/uid.ts'
import { eventStatements } from '../../src/ledger/events.queries.ts'
import type { Database } from '../../src/storage/sql/database.ts'
import { CT_IMAGE_STORAGE, fileOf } from './indexed.ts'
import { accession, patientId, patientName, seriesUid, studyDate, studyUid } from './population.ts'

const MODALITIES = ['CT', 'CT', 'CT', 'MR', 'MR', 'US', 'CR', 'DX', 'NM', 'XA']
const PARTS = ['Thorax', 'Abdomen', 'Head', 'Knee', 'Spine', 'Pelvis', 'Hand']
/** Instances of one group: what a busy second brings. */
const GROUP = 1000

export interface Filling {
  readonly seriesPerStudy: number
  readonly instancesPerSeries: number
}

/** Adds studies `from` to `to`, the last not; the ledger number each instance has follows from its place. */
export async function fillProjected(db: Database, from: number, to: number, filling: Filling): Promise<void> {
  const projector = { intake: intakeStatements(db.read), events: eventStatements(db.read), node: 'bench' }
  const perStudy = filling.seriesPerStudy * filling.instancesPerSeries
  let n = from * perStudy + 1
  let next = n
  let applicables: Applicable[] = []
  const flush = async () => {
    const position = { segment: 1, group: n, end: 0 }
    const group = { applicables, position }
    applicables = []
    next = await db.write((tx) => applyGroups(tx, projector, [group], next))
  }
  for (let study = from; study < to; study += 1)
    for (let series = 1; series <= filling.seriesPerStudy; series += 1)
      for (let instance = 1; instance <= filling.instancesPerSeries; instance += 1) {
        applicables.push(instanceOf(n, study, series, instance))
        n += 1
        if (applicables.length >= GROUP) await flush()
      }
  if (applicables.length > 0) await flush()
}

function instanceOf(n: number, study: number, series: number, instance: number): Applicable {
  const usual = MODALITIES[study % 10] ?? 'CT'
  const modality = study % 5000 === 3 && series === 2 ? 'PT' : usual
  const [studyInstanceUid, seriesInstanceUid] = [studyUid(study), seriesUid(study, series)]
  const bytes = fileOf({
    SOPInstanceUID: `${seriesInstanceUid}.${instance}`,
    StudyInstanceUID: studyInstanceUid,
    SeriesInstanceUID: seriesInstanceUid,
    StudyDate: studyDate(study),
    StudyTime: `${String(8 + (study % 10)).padStart(2, '0')}${String(study % 60).padStart(2, '0')}00`,
    AccessionNumber: accession(study),
    Modality: modality,
    StudyDescription: `${usual} ${PARTS[study % PARTS.length]}`,
    SeriesDescription: `Series ${series}`,
    PatientName: patientName(study),
    PatientID: patientId(study),
    PatientBirthDate: `19${String(40 + (study % 60)).padStart(2, '0')}0101`,
    PatientSex: study % 2 === 0 ? 'F' : 'M',
    PatientComments: study % 1000 === 7 ? 'remarkable' : 'obviously synthetic',
    StudyID: String(study),
    SeriesNumber: series,
    InstanceNumber: instance,
    KVP: '120',
    SliceThickness: '1.5',
    ImagePositionPatient: ['0', '0', String(instance)],
    Rows: 512,
    Columns: 512,
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
  })
  const reader = openReader({ format: 'part10' })
  reader.push(bytes)
  const read = reader.end()
  return {
    description: describe(read),
    placement: { segment: 1, spool: '', start: n * 600_000, length: bytes.length },
    record: {
      kind: 'instance',
      payload: [],
      header: {
        v: 1,
        n,
        study: uid(studyInstanceUid),
        series: uid(seriesInstanceUid),
        instance: uid(`${seriesInstanceUid}.${instance}`),
        sopClass: CT_IMAGE_STORAGE,
        version: 1,
        transferSyntax: read.transferSyntax,
        origin: 'file',
        source: { door: 'import', address: '127.0.0.1', actor: 'sys:bench' },
        receivedAt: new Date(Date.UTC(2026, 0, 1) + n * 10).toISOString(),
        ds: createHash('sha256').update(bytes.subarray(read.dataSetStart)).digest('hex'),
        length: bytes.length,
        dsStart: read.dataSetStart,
        leniencies: [],
      },
    },
  }
}
