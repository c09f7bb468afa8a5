/**
 * The evidence pack: what a hospital hands over when it must prove what was received, that it is the same, and who did what
 * with it. A bag in a ZIP with the received files bit for bit, each act with its proof, the decision of retention, a report
 * in plain words, and a verifier that needs nothing of ours (docs/evidence.md).
 */
import { readFile } from 'node:fs/promises'
import type { Context } from '../../base/context.ts'
import { csvLine } from '../../base/csv.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { TransparencyLog } from '../../ledger/log/log.ts'
import { sentenceOf } from '../../ledger/sentence.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import type { Archive, EvidenceAsk, InstanceRecord, StudyRetention } from '../archive.ts'
import { tombstonesOfStudy } from '../disposition/disposition.queries.ts'
import { instanceRecord } from '../instance-record.ts'
import type { Locate } from '../locate.ts'
import { patientOf } from '../read.queries.ts'
import { openGuard } from '../restrictions/guard.ts'
import { type SummaryRow, summaryOf } from '../worklist.queries.ts'
import { actsAbout } from './acts-about.ts'
import { bagStream, bytesMember, type Member, textMember } from './bag.ts'
import { type EvidenceEvent, everyVersion, saltOf, studiesOfPatient } from './evidence.queries.ts'
import { type ReportAct, type ReportStudy, reportHtml } from './report.ts'
import { VERIFY_TEXT, verifyPage } from './texts.ts'

export interface EvidenceParts {
  readonly db: Database
  readonly acts: Acts
  readonly locate: Locate
  readonly ledger: TransparencyLog
  readonly retention: Archive['retention']
  /** Where the verifier that goes into every pack lies. */
  readonly verifier: string | URL
  readonly version: string
}

export function openEvidence(parts: EvidenceParts): Pick<Archive, 'evidence'> {
  const { db, acts, ledger } = parts
  return {
    evidence: async (context, ask) => {
      await admit(acts, context, 'evidence')
      const guard = openGuard({ db, acts })
      if ('study' in ask) await guard.study(context, ask.study)
      else await guard.patient(context, ask.patient)
      const studies = 'study' in ask ? [ask.study as string] : await studiesOfPatient(db, ask.patient)
      const summaries = (await Promise.all(studies.map((study) => summaryOf(db, study)))).filter(
        (row) => row !== undefined,
      )
      // Of a study that was destroyed there are the acts.
      const destroyed = 'study' in ask && (await tombstonesOfStudy(db, ask.study)).length > 0
      if (summaries.length === 0 && !destroyed) throw new ArchiveError('NOT_FOUND', { what: 'such study or patient' })
      const verifier = await readVerifier(parts.verifier)
      const patient = 'study' in ask ? await patientOf(db, ask.study) : ask.patient
      // PS3.15 A.5.3.6: told of before the first byte goes out; the pack holds this act too.
      await acts.event(
        context,
        {
          type: 'aud.110106',
          action: 'R',
          outcome: 0,
          ...('study' in ask && { study: ask.study }),
          ...(patient !== '' && { patient }),
          detail: { evidence: 'study' in ask ? 'study' : 'patient', studies, ...(ask.capsule && { form: 'capsule' }) },
        },
        'now',
      )
      await ledger.sign()
      const { signed } = ledger.state
      const name = `${ask.capsule ? 'time-capsule' : 'evidence'}-${context.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}`
      const collected = collect(parts, context, ask, summaries, { signed, verifier })
      return { name, bytes: bagStream(name, collected, bagInfo(context, parts.version, summaries.length)) }
    },
  }
}

/** @throws {ArchiveError} `EVIDENCE_VERIFIER` when the verifier was not built */
async function readVerifier(path: string | URL): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    throw new ArchiveError('EVIDENCE_VERIFIER')
  }
}

const bagInfo = (context: Context, version: string, studies: number): readonly (readonly [string, string])[] => [
  ['Bag-Software-Agent', `Clearkeep ${version}`],
  ['Bagging-Date', context.now().toISOString().slice(0, 10)],
  ['External-Description', `Evidence about ${studies} ${studies === 1 ? 'study' : 'studies'}: see VERIFY.md`],
]

async function* collect(
  parts: EvidenceParts,
  context: Context,
  ask: EvidenceAsk,
  summaries: readonly SummaryRow[],
  { signed, verifier }: { readonly signed: number; readonly verifier: string },
): AsyncGenerator<Member> {
  const { db, ledger } = parts
  if (ask.capsule) yield* ask.capsule
  const objects: object[] = []
  const studies: ReportStudy[] = []
  for (const summary of summaries) {
    const records = (await everyVersion(db, summary.study_uid)).map(instanceRecord)
    for (const record of records) {
      context.signal.throwIfAborted()
      const path = pathOf(record)
      objects.push(objectOf(record, path))
      yield { name: path, bytes: () => original(parts, record) }
    }
    const retention = await parts.retention(context, summary.study_uid as Parameters<Archive['retention']>[1])
    studies.push({ summary, records, retention })
  }
  yield textMember('data/objects.json', `${JSON.stringify(objects, null, 1)}\n`)
  yield textMember('data/retention.json', `${JSON.stringify(studies.map(decisionOf), null, 1)}\n`)

  const told: ReportAct[] = []
  const years = new Set<string>()
  const about = {
    studies: 'study' in ask ? [ask.study] : summaries.map(({ study_uid }) => study_uid),
    ...('patient' in ask && { patient: ask.patient }),
  }
  for await (const event of actsAbout(db, about, signed - 1)) {
    context.signal.throwIfAborted()
    if (ask.capsule && !event.type.startsWith('obj.')) continue
    const proof = await ledger.proof(Number(event.n))
    if (proof === undefined) continue
    years.add(event.ts.slice(0, 4))
    told.push({ n: Number(event.n), ts: event.ts, sentence: sentenceOf(JSON.parse(event.body)) })
    yield* entry(db, event, proof)
  }
  yield textMember('data/acts.csv', actsCsv(told))
  for (const year of [...years].sort()) yield* logOf(ledger, year, ask.kept ?? [])
  yield textMember('data/report.html', reportHtml({ studies, acts: told, at: context.now(), version: parts.version }))
  yield textMember('VERIFY.md', VERIFY_TEXT)
  yield textMember('verify.mjs', verifier)
  yield textMember('verify.html', verifyPage(verifier))
}

/** Names say nothing of a patient: study, number of the arrival's leaf, instance. */
const pathOf = ({ key, id }: InstanceRecord): string => `data/objects/${key.study}/${id}-${key.instance}.dcm`

async function* original({ locate }: EvidenceParts, record: InstanceRecord) {
  const { original: received } = await locate(record)
  yield* received.read({ start: 0, end: received.length })
}

const objectOf = (record: InstanceRecord, path: string) => ({
  n: record.id,
  path,
  study: record.key.study,
  series: record.key.series,
  instance: record.key.instance,
  version: record.version,
  current: record.current,
  sopClass: record.sopClass,
  ds: record.ds,
  dsStart: record.dsStart,
  origin: record.origin,
  receivedAt: record.receivedAt,
})

const decisionOf = ({ summary, retention }: { summary: SummaryRow; retention: StudyRetention }) => ({
  study: summary.study_uid,
  ...retention,
  holds: retention.holds.map(({ id, since }) => ({ id, since })),
})

async function* entry(db: Database, event: EvidenceEvent, proof: string): AsyncGenerator<Member> {
  const folder = `data/entries/${Number(event.n)}`
  const subject = async (kind: 'study' | 'patient', id: string) => {
    const salt = id === '' ? undefined : await saltOf(db, kind, id)
    return salt === undefined ? undefined : { id, salt }
  }
  const salts = {
    body: event.salt,
    study: await subject('study', event.study_uid),
    patient: await subject('patient', event.patient_key),
  }
  yield textMember(`${folder}/leaf.json`, event.leaf)
  yield textMember(`${folder}/body.json`, event.body)
  yield textMember(`${folder}/salts.json`, `${JSON.stringify(salts)}\n`)
  yield textMember(`${folder}/leaf.tlog-proof`, proof)
}

/** The checkpoint, the key, time stamps, and how the log extends the checkpoints the asker kept. */
async function* logOf(ledger: TransparencyLog, year: string, kept: readonly number[]): AsyncGenerator<Member> {
  const folder = `data/log/${year}`
  const growth = ledger.growth(year)
  const checkpoint = ledger.checkpoint(year)
  const key = ledger.key(year)
  if (checkpoint !== undefined) yield textMember(`${folder}/checkpoint`, checkpoint)
  if (key !== undefined) yield textMember(`${folder}/key`, `${key}\n`)
  for (const size of kept)
    if (growth !== undefined && size > 0 && size < growth.size) {
      const hashes = await growth.consistency(size)
      yield textMember(
        `${folder}/consistency-${size}.txt`,
        hashes.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join(''),
      )
    }
  for (const name of await ledger.stamps(year)) {
    const bytes = await ledger.stampFile(year, name)
    if (bytes !== undefined) yield bytesMember(`${folder}/stamps/${name}`, bytes)
  }
}

const actsCsv = (told: readonly ReportAct[]): string =>
  [['leaf', 'time', 'what'], ...told.map(({ n, ts, sentence }) => [n, ts, sentence])].map(csvLine).join('')
