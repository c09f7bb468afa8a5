/**
 * `clearkeep find`, `get`, `move` and `send --commit` of archives that are not ours: DCMTK's dcmqrscp, and for storage
 * commitment dcmjs-dimse, which reports on an association of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import dimse from 'dcmjs-dimse'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readWhole } from '../../src/dicom/reader.ts'
import { type Finished, hasDcmtk, run, type StoreScp, startStoreScp } from '../support/dcmtk.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const { Client, Server, Scp, Dataset, constants, requests, responses, log } = dimse
const COMMITMENT = '1.2.840.10008.1.20.1'
const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-scu-'))
const clearkeep = (...words: readonly string[]): Promise<Finished> => run(resolve('bin/clearkeep'), ...words)

const freePort = (): Promise<number> =>
  new Promise((settle) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => settle(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

const images = [1, 2, 3].map((seed) =>
  syntheticInstance({ seed, study: seed === 3 ? 2 : 1, rows: 64, columns: 64, patientName: 'SYNTHETIC^EVA' }),
)
const folder = join(scratch, 'images')
mkdirSync(folder)
for (const [index, { bytes }] of images.entries()) writeFileSync(join(folder, `${index}.dcm`), bytes)
const [first, second] = images as [(typeof images)[0], (typeof images)[0]]
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe.skipIf(!hasDcmtk())('of dcmqrscp', () => {
  let archive: ChildProcess
  let elsewhere: StoreScp
  let address: string

  beforeAll(async () => {
    const port = await freePort()
    elsewhere = await startStoreScp()
    const area = join(scratch, 'area')
    mkdirSync(area)
    const config = join(scratch, 'dcmqrscp.cfg')
    writeFileSync(
      config,
      `NetworkTCPPort = ${port}
MaxPDUSize = 16384
MaxAssociations = 16
HostTable BEGIN
elsewhere = (ELSEWHERE, 127.0.0.1, ${elsewhere.port})
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
ARCHIVE ${area} RW (200, 1024mb) ANY
AETable END
`,
    )
    archive = spawn('dcmqrscp', ['-c', config], { stdio: 'ignore' })
    address = `ARCHIVE@127.0.0.1:${port}`
    await vi.waitFor(
      async () => expect((await run('echoscu', '-aec', 'ARCHIVE', '127.0.0.1', String(port))).code).toBe(0),
      {
        timeout: 30_000,
        interval: 200,
      },
    )
    expect((await clearkeep('send', address, folder)).code).toBe(0)
  })
  afterAll(async () => {
    archive.kill()
    await elsewhere.stop()
  })

  it('find tells of studies, series and images, in words and as DICOM JSON', async () => {
    const studies = await clearkeep('find', address, '-k', 'PatientName=SYNTHETIC^*')
    expect(studies.code).toBe(0)
    expect(studies.said).toContain('2 matches.')
    expect(studies.said).toContain('PatientName: SYNTHETIC^EVA')
    expect(studies.said).toContain(`StudyInstanceUID: ${first.study}`)
    const found = await clearkeep(
      '--json',
      'find',
      address,
      '--level',
      'IMAGE',
      '--study',
      first.study,
      '--series',
      first.series,
    )
    const lines = found.said.split('\n').filter((line) => line.startsWith('{'))
    const uids = lines.map((line) => (JSON.parse(line) as Record<string, { Value: string[] }>)['00080018']?.Value[0])
    expect(uids.sort()).toEqual([first.instance, second.instance].sort())
    expect((await clearkeep('find', address, '-k', 'PatientID=NOBODY')).said).toContain('0 matches.')
  })

  it('get brings a study into a folder, each data set byte for byte', async () => {
    const into = join(scratch, 'got')
    const got = await clearkeep('get', address, into, '--study', first.study)
    expect(got.said).toContain('2 fetched into')
    expect(got.code).toBe(0)
    expect(readdirSync(into).sort()).toEqual([`${first.instance}.dcm`, `${second.instance}.dcm`].sort())
    for (const one of [first, second]) {
      const bytes = readFileSync(join(into, `${one.instance}.dcm`))
      const { dataSetStart } = readWhole(bytes, { format: 'part10', keepUpTo: 0 })
      expect(bytes.subarray(dataSetStart).equals(one.bytes.subarray(one.dataSetStart))).toBe(true)
    }
  })

  it('move has a series sent to a destination it knows, and says when it knows none', async () => {
    const moved = await clearkeep('move', address, 'ELSEWHERE', '--study', first.study, '--series', first.series)
    expect(moved.said).toContain('2 sent to ELSEWHERE, 0 not.')
    expect(moved.code).toBe(0)
    expect(elsewhere.files().size).toBe(2)
    const nowhere = await clearkeep('move', address, 'NOWHERE', '--study', first.study)
    expect(nowhere.said).toMatch(/A801H|Destination/i)
    expect(nowhere.code).toBe(1)
  })

  it('say what is wrong with how they are used, before anybody is called', async () => {
    for (const words of [
      ['find', 'nobody'],
      ['find', address, '-k', 'NoSuchKeyword=1'],
      ['find', address, '--level', 'FRAME'],
      ['get', address, join(scratch, 'never'), '--root', 'worklist', '--study', '1.2'],
    ])
      expect((await clearkeep(...words)).code, words.join(' ')).toBe(2)
  })
})

describe('send --commit', () => {
  let server: RunningServer
  beforeAll(async () => {
    log.setLevel('silent')
    server = await startServer()
  })
  afterAll(() => server.stop())

  it('is told by our archive, on the same association', async () => {
    const sent = await clearkeep('send', `CLEARKEEP@127.0.0.1:${server.dicomPort}`, folder, '--commit')
    expect(sent.said).toContain('3 committed to by CLEARKEEP, 0 not.')
    expect(sent.code).toBe(0)
  })

  it('is told by a stranger who calls back, and fails where he fails', async () => {
    const [port, back] = [await freePort(), await freePort()]
    class Archive extends Scp {
      override associationRequested(
        association: Parameters<InstanceType<typeof Scp>['associationRequested']>[0],
      ): void {
        for (const { context } of association.getPresentationContexts()) {
          const [syntax] = context.getTransferSyntaxUids()
          if (syntax !== undefined) context.setResult(constants.PresentationContextResult.Accept, syntax)
        }
        this.sendAssociationAccept()
      }
      override cStoreRequest(...[request, answer]: Parameters<InstanceType<typeof Scp>['cStoreRequest']>): void {
        const response = responses.CStoreResponse.fromRequest(request)
        response.setStatus(constants.Status.Success)
        answer(response)
      }
      override nActionRequest(...[request, answer]: Parameters<InstanceType<typeof Scp>['nActionRequest']>): void {
        const response = responses.NActionResponse.fromRequest(request)
        response.setStatus(constants.Status.Success)
        answer(response)
        const { TransactionUID, ReferencedSOPSequence } = (request.getDataset()?.getElements() ?? {}) as {
          TransactionUID: string
          ReferencedSOPSequence: object[]
        }
        const [lost, ...kept] = ReferencedSOPSequence
        const report = new requests.NEventReportRequest(COMMITMENT, '1.2.840.10008.1.20.1.1', 2)
        report.setDataset(
          new Dataset({
            TransactionUID,
            ReferencedSOPSequence: kept,
            FailedSOPSequence: [{ ...lost, FailureReason: 0x0112 }],
          }),
        )
        const client = new Client()
        client.addRequest(report)
        client.send('127.0.0.1', back, 'ARCHIVE', 'CLEARKEEP')
      }
      override associationReleaseRequested(): void {
        this.sendAssociationReleaseResponse()
      }
    }
    const archive = new Server(Archive)
    archive.listen(port)
    const sent = await clearkeep('send', `ARCHIVE@127.0.0.1:${port}`, folder, '--commit', '--commit-port', String(back))
    archive.close()
    expect(sent.said).toContain('2 committed to by ARCHIVE, 1 not.')
    expect(sent.said).toMatch(/not committed {2}2\.25\.\d+: 0112H No such SOP Instance/)
    expect(sent.code).toBe(1)
  })
})
