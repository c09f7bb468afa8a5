/**
 * From the order to the whole study: DCMTK's findscu sees orders that came by HL7, a performed procedure step by
 * dcmjs-dimse completes them, and a study that lacks slices says so.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import dimse from 'dcmjs-dimse'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openControl } from '../../src/compliance/control.ts'
import { uid } from '../../src/dicom/uid.ts'
import { openDicomListener } from '../../src/network/listener.ts'
import { openMllpListener } from '../../src/network/mllp/listener.ts'
import { asFile, removeArchives, runArchive } from '../support/archives.ts'
import { hasDcmtk, run } from '../support/dcmtk.ts'
import { answerOf, hl7, hl7Sender, order, pid } from '../support/hl7.ts'
import { create, finish } from '../support/mpps.ts'
import { person } from '../support/people.ts'
import { syntheticInstance } from '../support/synthetic.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
beforeAll(() => dimse.log.setLevel('silent'))

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(removeArchives)

const technologist = person('tom', 'technologist')
const QUIET = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
/** Twenty slices of 3 mm. */
const SLICES = Array.from({ length: 20 }, (_, at) =>
  syntheticInstance({ seed: at + 1, study: 5, rows: 16, columns: 16, position: at * 3 }),
)
const STUDY = SLICES[0]?.study ?? ''
const SERIES = SLICES[0]?.series ?? ''

async function hospital() {
  const { archive } = await runArchive()
  const control = openControl(':memory:', { configuredDevices: [] })
  ends.push(() => control.close())
  const common = { archive, host: '127.0.0.1', port: 0, log: QUIET, now: () => new Date() }
  const dicom = await openDicomListener({
    ...common,
    devices: control.devices,
    commitments: control.commitments,
    aeTitle: 'CLEARKEEP',
    unknownCallers: 'accept',
    graceMs: 100,
  })
  ends.push(() => dicom.close())
  const door = await openMllpListener({ ...common, senders: [], undeclared: '8859/1', maxMessageBytes: 100_000 })
  ends.push(() => door.close())
  const sender = await hl7Sender(door.port)
  ends.push(() => sender.close())
  const tell = async (...message: Parameters<typeof hl7>) =>
    expect(answerOf(await sender.send(hl7(...message)))).toBe('AA')
  await tell(
    'ORM^O01',
    { control: '1', characterSet: 'UNICODE UTF-8' },
    pid('4711', 'Müller^Jörg'),
    ...order({ accession: 'A1', study: STUDY, step: 'S1' }),
  )
  await tell(
    'ORM^O01',
    { control: '2' },
    pid('12', 'Roe^Rick', '|19500101|M'),
    ...order({ accession: 'A2', modality: 'MR', station: 'MR01', start: '202603031400' }),
  )
  await tell('ORM^O01', { control: '3' }, pid('13', 'Fox^Fay'), ...order({ accession: 'A3', start: '202603020700' }))
  return { archive, dicomPort: dicom.port }
}

/** What findscu is answered: the keys given, of each answer. */
async function worklist(port: number, ...keys: readonly string[]): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-worklist-'))
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  const words = keys.flatMap((key) => ['-k', key])
  const { code, said } = await run(
    'findscu',
    '-W',
    '-X',
    '-od',
    folder,
    '-aec',
    'CLEARKEEP',
    ...words,
    '127.0.0.1',
    String(port),
  )
  expect(code, said).toBe(0)
  return Promise.all(
    readdirSync(folder)
      .filter((name) => name.endsWith('.dcm'))
      .map(async (name) => (await run('dcmdump', '-q', join(folder, name))).said),
  )
}
const valuesOf = (answers: readonly string[], tag: string) =>
  answers.map((text) => new RegExp(`\\(${tag}\\) .. \\[([^\\]]*)\\]`).exec(text)?.[1]?.trim() ?? '')

describe.skipIf(!hasDcmtk())('DCMTK’s findscu -W', () => {
  it('sees the orders, by every key modalities ask with', async () => {
    const { dicomPort } = await hospital()
    const ask = async (...keys: string[]) => valuesOf(await worklist(dicomPort, '0008,0050', ...keys), '0008,0050')
    const step = (key: string) => `0040,0100[0].${key}`
    expect(await ask()).toEqual(['A3', 'A1', 'A2'])
    expect(await ask(step('0008,0060=MR'))).toEqual(['A2'])
    expect(await ask(step('0040,0001=CT01'))).toEqual(['A3', 'A1'])
    expect(await ask(step('0040,0002=20260302'))).toEqual(['A3', 'A1'])
    expect(await ask(step('0040,0002=20260302-20260303'), step('0040,0003=0900-1000'))).toEqual(['A1'])
    expect(await ask(step('0040,0002=20260303-'))).toEqual(['A2'])
    expect(await ask('0010,0010=Roe*')).toEqual(['A2'])
    expect(await ask('0010,0020=13')).toEqual(['A3'])
    expect(await ask(step('0040,0009=S1'))).toEqual(['A1'])
  })

  it('is given what it asked for, names in the character set of the query', async () => {
    const { dicomPort } = await hospital()
    const [text = ''] = await worklist(
      dicomPort,
      '0008,0005=ISO_IR 100',
      '0008,0050=A1',
      '0010,0010',
      '0010,0020',
      '0010,0021',
      '0010,0030',
      '0020,000d',
      '0040,1001',
      '0032,1060',
      '0010,1030',
      '0040,0100[0].0040,0009',
      '0040,0100[0].0040,0002',
      '0040,0100[0].0040,0003',
      '0040,0100[0].0040,0001',
    )
    const lines = [
      '(0008,0005) CS [ISO_IR 100]',
      '(0010,0010) PN [M',
      '(0010,0020) LO [4711]',
      '(0010,0021) LO [HOSP]',
      '(0010,0030) DA [19700203]',
      `(0020,000d) UI [${STUDY}]`,
      '(0032,1060) LO [CT head]',
      '(0040,1001) SH [RPA1]',
      '(0040,0001) AE [CT01]',
      '(0040,0002) DA [20260302]',
      '(0040,0003) TM [093000]',
      '(0040,0009) SH [S1]',
      '(0010,1030) DS (no value available)',
    ]
    for (const line of lines) expect(text).toContain(line)
    expect(text).not.toContain('(0040,2016)')
  })
})

describe('a performed procedure step by dcmjs-dimse', () => {
  it('starts and completes what was ordered, and the study that lacks two slices says so', async () => {
    const { archive, dicomPort } = await hospital()
    const open = async () =>
      (await archive.orders(technologist, { open: true, limit: 10 })).map(
        ({ accession, status }) => `${accession} ${status}`,
      )
    expect(await create(dicomPort, '1.2.3.1', 'A1', 'S1', STUDY)).toBe(0)
    expect(await open()).toEqual(['A3 scheduled', 'A1 started', 'A2 scheduled'])
    expect((await archive.wholenessOf(technologist, uid(STUDY))).state).toBe('underway')

    const references = SLICES.map(({ instance }) => ({
      ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      ReferencedSOPInstanceUID: instance,
    }))
    const performed = [{ SeriesInstanceUID: SERIES, ProtocolName: 'HEAD', ReferencedImageSequence: references }]
    expect(await finish(dicomPort, '1.2.3.1', 'COMPLETED', performed)).toBe(0)
    expect(await open()).toEqual(['A3 scheduled', 'A2 scheduled'])

    for (const [at, { bytes }] of SLICES.entries())
      if (at !== 7 && at !== 12) await archive.receive(technologist, asFile(bytes))
    expect(await archive.wholenessOf(technologist, uid(STUDY))).toEqual({
      state: 'lacks',
      expected: 20,
      received: 18,
      lacking: [{ series: SERIES, missing: 2 }],
      gaps: [{ series: SERIES, slices: 2, after: [18, 33] }],
    })
    for (const at of [7, 12]) await archive.receive(technologist, asFile(SLICES[at]?.bytes ?? Buffer.alloc(0)))
    expect(await archive.wholenessOf(technologist, uid(STUDY))).toMatchObject({
      state: 'whole',
      received: 20,
      gaps: [],
    })
    if (hasDcmtk()) expect(valuesOf(await worklist(dicomPort, '0008,0050'), '0008,0050')).toEqual(['A3', 'A2'])
  })

  it('is kept to the order of PS3.4: begun in progress, once, and not changed when it has ended', async () => {
    const { archive, dicomPort } = await hospital()
    expect(await finish(dicomPort, '1.2.3.1', 'COMPLETED')).toBe(0x0112)
    expect(await create(dicomPort, '1.2.3.1', 'A1', 'S1', STUDY)).toBe(0)
    expect(await create(dicomPort, '1.2.3.1', 'A1', 'S1', STUDY)).toBe(0x0111)
    expect(await finish(dicomPort, '1.2.3.1', 'PAUSED')).toBe(0x0106)
    expect(await finish(dicomPort, '1.2.3.1', 'DISCONTINUED')).toBe(0)
    expect(await finish(dicomPort, '1.2.3.1', 'COMPLETED')).toBe(0x0110)
    const orders = await archive.orders(technologist, { open: false, limit: 10 })
    expect(orders.find(({ accession }) => accession === 'A1')?.status).toBe('discontinued')
  })
})
