/**
 * The time capsule of a patient: an evidence pack that opens. Beside the originals, their acts of arrival and the proofs
 * lie a page and what it shows — timeline, pictures, values that can be windowed, reports — made so that it needs neither
 * this archive nor a network (docs/record.md). Everything streams: what is held is a few images.
 */
import { readFile } from 'node:fs/promises'
import { CAPSULE_FORMAT, type CapsuleBook, type CapsuleStudy } from '../../api/capsule.ts'
import type { Archive } from '../../archive/archive.ts'
import { type Member, textMember } from '../../archive/evidence/bag.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Capsules, PatientRecord, RecordStudy, TimelineAnswer } from '../record.ts'
import { laneOf } from '../regions.ts'
import { studyMembers } from './study.ts'
import { CAPSULE_README, capsulePage } from './texts.ts'

const PAGE = new URL('../../../dist/capsule/', import.meta.url)

export interface CapsuleParts {
  readonly archive: Pick<Archive, 'evidence' | 'instances' | 'metadata' | 'frames' | 'picture' | 'bulkData'>
  readonly record: Pick<PatientRecord, 'timeline'>
  /** Folder of the built page; ours unless given. */
  readonly page?: URL
  readonly version: string
}

export function openCapsules(parts: CapsuleParts): Capsules {
  const { archive, record, page = PAGE } = parts
  return {
    capsule: async (context, patientKey) => {
      const answer = await record.timeline(context, patientKey)
      const [script = '', style = ''] = await Promise.all(
        ['capsule.js', 'capsule.css'].map((file) => built(new URL(file, page))),
      )
      return archive.evidence(context, {
        patient: patientKey,
        capsule: members(parts, context, answer, { script, style }),
      })
    },
  }
}

async function built(file: URL): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw new ArchiveError('CAPSULE_PAGE')
  }
}

async function* members(
  parts: CapsuleParts,
  context: Context,
  { studies }: TimelineAnswer,
  page: { readonly script: string; readonly style: string },
): AsyncGenerator<Member> {
  yield textMember('index.html', capsulePage())
  yield textMember('README.txt', CAPSULE_README)
  yield textMember('capsule/capsule.js', page.script)
  yield textMember('capsule/capsule.css', page.style)
  const told: CapsuleStudy[] = []
  for (const [at, study] of studies.entries()) {
    context.signal.throwIfAborted()
    const { thumbnail, series, reports } = yield* studyMembers(parts.archive, context, study.study, at + 1)
    told.push({ ...aboutStudy(study), thumbnail, series, reports })
  }
  yield textMember('capsule/book.js', `clearkeepCapsule.book(${JSON.stringify(book(parts, context, studies, told))})\n`)
}

const aboutStudy = (study: RecordStudy): Omit<CapsuleStudy, 'thumbnail' | 'series' | 'reports'> => ({
  study: study.study,
  date: study.studyDate,
  time: study.studyTime,
  description: study.description,
  accession: study.accession,
  lanes: [...new Set(study.regions.map(laneOf))],
  regions: study.regions,
  families: study.families.length > 0 ? study.families : study.modalities,
  side: study.side ?? '',
  objects: study.instances,
  bytes: study.bytes,
})

function book(
  { version }: CapsuleParts,
  context: Context,
  studies: readonly RecordStudy[],
  told: readonly CapsuleStudy[],
): CapsuleBook {
  const latest = studies.findLast(({ studyDate }) => studyDate !== '') ?? studies.at(-1)
  const name = latest?.patientName ?? ''
  const names = new Set(studies.map(({ patientName }) => patientName).filter((other) => other !== '' && other !== name))
  return {
    format: CAPSULE_FORMAT,
    made: context.now().toISOString(),
    madeBy: `Clearkeep ${version}`,
    patient: {
      name,
      otherNames: [...names].sort(),
      id: latest?.patientId ?? '',
      issuer: latest?.issuer ?? '',
      birthDate: latest?.birthDate ?? '',
      sex: latest?.sex ?? '',
    },
    studies: told,
  }
}
