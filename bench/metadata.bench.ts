/**
 * How long the metadata of a 500-instance series takes inside the archive, from question to last text, and one frame:
 * `node bench/metadata.bench.ts`. Attributes are those of a real CT series when the corpus is there.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLocate } from '../src/archive/locate.ts'
import { openRead } from '../src/archive/read.ts'
import { gather } from '../src/base/bytes.ts'
import { openFrameDecoder } from '../src/codecs/open.ts'
import { bytesElement, element, withElements } from '../src/dicom/build.ts'
import { T } from '../src/dicom/dictionary.ts'
import { metaGroup } from '../src/dicom/part10.ts'
import { readWhole } from '../src/dicom/reader.ts'
import { EXPLICIT_LITTLE } from '../src/dicom/transfer-syntaxes.ts'
import { uid } from '../src/dicom/uid.ts'
import { encodeElements } from '../src/dicom/writer.ts'
import { openSqlite } from '../src/storage/sql/sqlite.ts'
import { corpus } from '../test/support/corpus.ts'
import { asker, fileOf, indexedFiles, NO_VAULT, witness } from '../test/support/indexed.ts'

const INSTANCES = 500
const ROUNDS = 50
const [STUDY, SERIES] = [uid('2.25.1'), uid('2.25.2')]
const [source] = corpus('series/ct-chest-143')
const { dataSet } = readWhole(source ? readFileSync(source.file) : fileOf({ Modality: 'CT', Rows: 512, Columns: 512 }))

const folder = mkdtempSync(join(tmpdir(), 'clearkeep-bench-'))
const db = await openSqlite(join(folder, 'index.db'), { readers: 1 })
const store = indexedFiles(db)
const small = bytesElement(T.PixelData, 'OW', new Uint8Array(8192))
await store.add(
  Array.from({ length: INSTANCES }, (_, at) => {
    const identity = [
      element(T.SOPInstanceUID, `2.25.1000${at}`),
      element(T.StudyInstanceUID, STUDY),
      element(T.SeriesInstanceUID, SERIES),
      element(T.InstanceNumber, at + 1),
      element(T.Rows, 64),
      element(T.Columns, 64),
    ]
    const meta = metaGroup({ sopClass: '1.2', sopInstance: `2.25.1000${at}`, transferSyntax: EXPLICIT_LITTLE.uid })
    return Buffer.concat([meta, encodeElements(withElements(dataSet, [...identity, small]), EXPLICIT_LITTLE.uid)])
  }),
)
const decoder = openFrameDecoder({ workers: 1, timeoutMs: 10_000 })
const reading = openRead({
  db,
  locate: openLocate({ db, inbox: store.inbox, vault: NO_VAULT, decoder }),
  acts: witness(),
  decoder,
})
const context = asker('radiologist')
const records = await reading.instances(context, { study: STUDY })

async function metadata(): Promise<number> {
  let length = 0
  for await (const text of reading.metadata(context, { study: STUDY, series: SERIES }, 'http://127.0.0.1/dicom-web'))
    length += text.length
  return length
}
async function frame(): Promise<number> {
  const [record] = await reading.instances(context, records[250]?.key ?? { study: STUDY })
  let length = 0
  if (record)
    for await (const answer of reading.frames(context, record, [1], 'stored'))
      length += (await gather(answer.bytes)).length
  return length
}

console.log(`${'ms'.padEnd(46)}${'best'.padStart(8)}${'p50'.padStart(8)}${'p95'.padStart(8)}${'CPU'.padStart(8)}`)
for (const [name, ask] of [
  [`metadata of ${INSTANCES} instances`, metadata],
  ['one frame of one of them', frame],
] as const) {
  const length = await ask()
  const times: number[] = []
  const cpu = process.cpuUsage()
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now()
    await ask()
    times.push(performance.now() - start)
  }
  const { user, system } = process.cpuUsage(cpu)
  times.sort((a, b) => a - b)
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1).padStart(8)
  console.log(
    `${`${name} (${Math.round(length / 1024)} KiB)`.padEnd(46)}${at(0)}${at(0.5)}${at(0.95)}${((user + system) / 1000 / ROUNDS).toFixed(1).padStart(8)}`,
  )
}
await decoder.close()
await db.close()
rmSync(folder, { recursive: true, force: true })
