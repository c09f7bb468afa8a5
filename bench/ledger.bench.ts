/**
 * What the audit log costs as it grows: to append, to sign, to prove, to search, and the four questions of an audit
 * (issue 4, must show 3 and 7): `node bench/ledger.bench.ts [entries] [postgres] [--folder FOLDER] [--minutes 8]`.
 *
 * With a folder (SQLite) it goes on from what lies there, and stops in time: a million entries are several such runs.
 *
 * An archive as it is, on this machine's disk, every entry synced; 256 stand in line at once, as the acts of a busy house do.
 * Entries are looks, searches and transfers of 2,000 patients and 40 people over as many studies; some studies are there.
 */
import { mkdirSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import type { Archive, Happening } from '../src/archive/archive.ts'
import type { Context } from '../src/base/context.ts'
import { uid } from '../src/dicom/uid.ts'
import { asFile, removeArchives, runArchive } from '../test/support/archives.ts'
import { person } from '../test/support/people.ts'
import { below, seeded } from '../test/support/random.ts'
import { type Synthetic, syntheticInstance } from '../test/support/synthetic.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { folder: { type: 'string' }, minutes: { type: 'string', default: '60' } },
})
const entries = Number(positionals[0] ?? 1_000_000)
const postgres = positionals[1] === 'postgres'
const deadline = performance.now() + Number(values.minutes) * 60_000
const IN_LINE = 256
const PATIENTS = 2000
const HERE = 20

if (values.folder !== undefined) mkdirSync(values.folder, { recursive: true })
const running = await runArchive({
  engine: postgres ? 'PostgreSQL' : 'SQLite',
  ...(values.folder !== undefined && { folder: values.folder }),
})
const { archive } = running
const auditor = person('aude', 'auditor')
const privacy = person('paula', 'privacy')
const people = Array.from({ length: 40 }, (_, at) => person(`p${at}`, 'radiologist'))
const studies: readonly Synthetic[] = Array.from({ length: HERE }, (_, at) =>
  syntheticInstance({ seed: at + 1, study: at + 1, rows: 16, columns: 16, patientId: `P${at}` }),
)
const begun = (await archive.status(person('paula', 'privacy'))).log.leaves
// What came before comes again, and is known.
for (const one of begun < 100 ? studies : []) await archive.receive(person('tess', 'technologist'), asFile(one.bytes))

const random = seeded(4 + begun)
function happening(): readonly [Context, Happening] {
  const patient = below(random, PATIENTS)
  const study = patient < HERE ? (studies[patient]?.study ?? '') : `2.25.${100_000 + patient}`
  const about = { study, patient: `|P${patient}`, outcome: 0 } as const
  const who = people[below(random, people.length)] ?? auditor
  const kind = below(random, 10)
  if (kind < 6)
    return [
      who,
      {
        ...about,
        type: 'aud.110103',
        action: 'R',
        detail:
          kind < 3
            ? { phase: 'opening', objects: [{ studyUid: study }] }
            : { phase: 'closing', objects: [{ studyUid: study, nInstances: 3, nFrames: 120 }], bytes: 1_000_000 },
      },
    ]
  if (kind < 9)
    return [who, { ...about, type: 'aud.110112', action: 'E', detail: { query: `PatientID=P${patient}`, results: 1 } }]
  return [who, { ...about, type: 'aud.110104', action: 'R', detail: { to: 'WS9', instances: 120 } }]
}

/** Appends so many, synced, or as many as there is time for; gives how long it took, and how many. */
async function append(count: number): Promise<{ readonly ms: number; readonly appended: number }> {
  const began = performance.now()
  let left = count
  await Promise.all(
    Array.from({ length: IN_LINE }, async () => {
      while (left > 0 && performance.now() < deadline) {
        left -= 1
        await archive.record(...happening(), 'now')
      }
    }),
  )
  return { ms: performance.now() - began, appended: count - left }
}

async function signed(): Promise<number> {
  const began = performance.now()
  for (;;) {
    const { log } = await archive.status(privacy)
    if (log.signed >= log.leaves) return performance.now() - began
    await new Promise((settle) => setTimeout(settle, 5))
  }
}

/** Median and 95th percentile of so many runs, in milliseconds. */
async function timed(times: number, work: (at: number) => Promise<unknown>): Promise<string> {
  const took: number[] = []
  for (let at = 0; at < times; at += 1) {
    const began = performance.now()
    await work(at)
    took.push(performance.now() - began)
  }
  took.sort((a, b) => a - b)
  const of = (share: number) => (took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0).toFixed(1)
  return `${of(0.5)} (${of(0.95)})`
}

console.log(
  `${entries} entries on ${postgres ? 'PostgreSQL' : 'SQLite'}; ${cpus().length} cores, ${cpus()[0]?.model.trim()}\n`,
)
console.log(
  '| entries | append, entries/s | µs an entry | last checkpoint after, ms | proof, ms | search by patient, ms | by person in an hour, ms | load |',
)
console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
let done = begun
for (let size = 1000; done < entries && performance.now() < deadline; size = Math.min(size * 10, entries)) {
  if (size <= done) continue
  const { ms, appended: count } = await append(size - done)
  done += count
  const checkpoint = await signed()
  const proof = await timed(50, () => archive.log.proof(below(random, done)))
  const byPatient = await timed(50, () =>
    archive.audit(auditor, { patientId: `P${below(random, PATIENTS)}`, limit: 100 }),
  )
  const from = new Date(Date.now() - 3_600_000).toISOString()
  const byPerson = await timed(50, (at) =>
    archive.audit(auditor, { actor: actorOf(people[at % people.length]), from, limit: 100 }),
  )
  console.log(
    `| ${done} | ${Math.round(count / (ms / 1000))} | ${Math.round((ms * 1000) / count)} | ${Math.round(checkpoint)} | ${proof} | ${byPatient} | ${byPerson} | ${loadavg()[0]?.toFixed(1)} |`,
  )
}

if (done < entries) console.log(`\nTime is over at ${done} entries: run it again with the same folder.`)

console.log('\nThe four questions at that size, milliseconds: median (95th percentile) of ten.\n')
console.log('| question | ms |')
console.log('| --- | ---: |')
const answers: readonly (readonly [string, (archive: Archive, at: number) => Promise<unknown>])[] = [
  ['who saw this patient’s images', (one, at) => one.accessReport(privacy, `|P${at}`)],
  ['was this image altered (read again)', (one, at) => one.integrity(privacy, uid(studies[at]?.study ?? ''), true)],
  ['was it destroyed lawfully', (one, at) => one.destruction(privacy, uid(studies[at]?.study ?? ''))],
  ['is the record complete, of a patient', (one, at) => one.completeness(privacy, { patient: `|P${at}` })],
  [
    'is the record complete, of all this time',
    (one) => one.completeness(privacy, { from: '2020-01-01T00:00:00.000Z', until: new Date().toISOString() }),
  ],
]
for (const [name, ask] of answers) console.log(`| ${name} | ${await timed(10, (at) => ask(archive, at))} |`)
await removeArchives()

function actorOf(context: Context | undefined): string {
  return context?.principal.kind === 'user' ? context.principal.id : ''
}
