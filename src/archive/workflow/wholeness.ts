/** Is a study whole? What modalities said they made against what came, and empty places between slices. */
import { zstdDecompressSync } from 'node:zlib'
import { tagText } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import type { DicomJson } from '../../dicom/json.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { ProceduresTable } from '../../storage/sql/schema.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import { metadataOf } from '../find.queries.ts'
import { openGuard } from '../restrictions/guard.ts'
import { gapsIn, type Slice } from './slice-gaps.ts'
import { proceduresOf, received, slicesOf } from './workflow.queries.ts'
import type { SliceGap, Wholeness, Workflow } from './workflow.ts'
import type { Expected } from './workflow-rows.ts'

/** Instances whose metadata is inflated at once. */
const AT_ONCE = 200
/** Series longer than this are not looked through for gaps. */
const LONGEST_SERIES = 5000

export function openWholeness({
  db,
  acts,
}: {
  readonly db: Database
  readonly acts: Acts
}): Pick<Workflow, 'wholeness' | 'wholenessOf'> {
  const guard = openGuard({ db, acts })
  const told = async (studies: readonly string[]): Promise<ReadonlyMap<string, Wholeness>> => {
    const rows = await proceduresOf(db, studies)
    const expected = new Map<string, { rows: ProceduresTable[]; series: Map<string, Set<string>> }>()
    for (const row of rows) {
      const study = expected.get(row.study_uid) ?? { rows: [], series: new Map<string, Set<string>>() }
      expected.set(row.study_uid, study)
      study.rows.push(row)
      for (const { series, instances } of JSON.parse(row.expected) as Expected) {
        const all = study.series.get(series) ?? new Set<string>()
        study.series.set(series, all)
        for (const instance of instances) all.add(instance)
      }
    }
    const named = [...expected.values()].flatMap(({ series }) => [...series.values()].flatMap((all) => [...all]))
    const here = await received(db, named)
    return new Map(
      studies.map((study) => {
        const found = expected.get(study)
        if (found === undefined) return [study, UNKNOWN]
        const lacking = [...found.series].flatMap(([series, all]) => {
          const missing = [...all].filter((instance) => !here.has(instance)).length
          return missing === 0 ? [] : [{ series, missing }]
        })
        const most = [...found.series.values()].reduce((sum, all) => sum + all.size, 0)
        const missing = lacking.reduce((sum, one) => sum + one.missing, 0)
        const underway = found.rows.some(({ status }) => status === 'IN PROGRESS')
        const state = underway ? 'underway' : missing > 0 ? 'lacks' : 'whole'
        return [study, { state, expected: most, received: most - missing, lacking, gaps: [] }]
      }),
    )
  }

  const gapsOf = async (study: string): Promise<readonly SliceGap[]> => {
    const gaps: SliceGap[] = []
    for (const { series, ids } of await slicesOf(db, study, LONGEST_SERIES)) {
      const slices: Slice[] = []
      for (let at = 0; at < ids.length; at += AT_ONCE) {
        const kept = await metadataOf(db, ids.slice(at, at + AT_ONCE))
        for (const packed of kept.values()) {
          const slice = sliceIn(JSON.parse(zstdDecompressSync(packed).toString()) as DicomJson)
          if (slice !== undefined) slices.push(slice)
        }
      }
      const found = gapsIn(slices)
      if (found.slices > 0) gaps.push({ series, ...found })
    }
    return gaps
  }

  return {
    wholeness: async (context, studies) => {
      await admit(acts, context, 'find')
      return told(await guard.rows(context, studies, (study) => ({ studies: [study] })))
    },
    wholenessOf: async (context, study) => {
      await admit(acts, context, 'find')
      await guard.study(context, study)
      const one = (await told([study])).get(study) ?? UNKNOWN
      const gaps = await gapsOf(study)
      return { ...one, gaps }
    },
  }
}

const UNKNOWN: Wholeness = { state: 'unknown', expected: 0, received: 0, lacking: [], gaps: [] }

function sliceIn(json: DicomJson): Slice | undefined {
  const numbers = (name: string): readonly number[] => (json[name]?.Value ?? []).map(Number)
  const position = numbers(tagText(T.ImagePositionPatient))
  const orientation = numbers(tagText(T.ImageOrientationPatient))
  return position.length === 3 && orientation.length === 6 ? { position, orientation } : undefined
}
