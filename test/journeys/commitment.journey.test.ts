/**
 * Storage commitment, asked by dcmjs-dimse, which shares nothing with us: what is kept and what is not, with the reason;
 * told on the same association, on a new one when the asker has hung up, and after a crash when nobody was there to hear.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import dimse from 'dcmjs-dimse'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'

const { Client, Server, Scp, Dataset, constants, requests, responses, log } = dimse
const COMMITMENT = '1.2.840.10008.1.20.1'
const WELL_KNOWN = '1.2.840.10008.1.20.1.1'
const CT = '1.2.840.10008.5.1.4.1.1.2'
const MR = '1.2.840.10008.5.1.4.1.1.4'
const PROCESSING_FAILURE = 0x0110
const NO_SUCH_INSTANCE = 0x0112
const CLASS_CONFLICT = 0x0119

interface Item {
  readonly ReferencedSOPClassUID: string
  readonly ReferencedSOPInstanceUID: string
  readonly FailureReason?: number
}
interface Told {
  readonly event: number
  readonly transaction: string
  readonly kept: readonly string[]
  readonly failed: Readonly<Record<string, number | undefined>>
  readonly retrieveFrom: unknown
}

type EventRequest = InstanceType<typeof requests.NEventReportRequest>

function toldBy(request: EventRequest): Told {
  const elements = request.getDataset()?.getElements() ?? {}
  const items = (name: string) => [elements[name] ?? []].flat() as Item[]
  return {
    event: request.getEventTypeId(),
    transaction: String(elements['TransactionUID']),
    kept: items('ReferencedSOPSequence').map((item) => item.ReferencedSOPInstanceUID),
    failed: Object.fromEntries(
      items('FailedSOPSequence').map((item) => [item.ReferencedSOPInstanceUID, item.FailureReason]),
    ),
    retrieveFrom: elements['RetrieveAETitle'],
  }
}

function heard(request: EventRequest) {
  const response = responses.NEventReportResponse.fromRequest(request)
  response.setStatus(constants.Status.Success)
  return response
}

let transactions = 0
const newTransaction = () => {
  transactions += 1
  return `2.25.${7_000_000 + transactions}`
}

interface Asked {
  readonly status: number
  /** Of a report on the same association, unless the asker hung up at once. */
  readonly told: Told | undefined
}

/** @param stays  on the line after the answer to the request, until the report has come */
function ask(
  port: number,
  transaction: string,
  references: readonly (readonly [sopClass: string, instance: string])[],
  { stays = true, device = 'MODALITY', instance = WELL_KNOWN } = {},
): Promise<Asked> {
  return new Promise((resolve) => {
    let status = -1
    let told: Told | undefined
    const request = new requests.NActionRequest(COMMITMENT, instance, 1)
    request.setDataset(
      new Dataset({
        TransactionUID: transaction,
        ReferencedSOPSequence: references.map(([ReferencedSOPClassUID, ReferencedSOPInstanceUID]) => ({
          ReferencedSOPClassUID,
          ReferencedSOPInstanceUID,
        })),
      }),
    )
    const client = new Client()
    request.on('response', (response: { getStatus(): number }) => {
      status = response.getStatus()
      if (status !== 0) client.abort()
    })
    client.addRequest(request)
    client.on('nEventReportRequest', (event: EventRequest, answer: (response: unknown) => void) => {
      told = toldBy(event)
      answer(heard(event))
      setImmediate(() => client.abort())
    })
    client.on('closed', () => resolve({ status, told }))
    client.send('127.0.0.1', port, device, 'CLEARKEEP', { associationLingerTimeout: stays ? 50_000 : 0 })
  })
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

/** Where a modality listens for reports. */
function listen(port: number) {
  const reports: Told[] = []
  class Modality extends Scp {
    override associationRequested(association: Parameters<InstanceType<typeof Scp>['associationRequested']>[0]): void {
      for (const { context } of association.getPresentationContexts()) {
        const [syntax] = context.getTransferSyntaxUids()
        if (syntax !== undefined) context.setResult(constants.PresentationContextResult.Accept, syntax)
      }
      this.sendAssociationAccept()
    }
    override nEventReportRequest(request: EventRequest, answer: (response: ReturnType<typeof heard>) => void): void {
      reports.push(toldBy(request))
      answer(heard(request))
    }
    override associationReleaseRequested(): void {
      this.sendAssociationReleaseResponse()
    }
  }
  const server = new Server(Modality)
  server.listen(port)
  return { reports, close: () => server.close() }
}

describe('storage commitment', () => {
  const data = mkdtempSync(join(tmpdir(), 'clearkeep-commitment-'))
  const images = [1, 2, 3, 4].map((seed) =>
    syntheticInstance({ seed, study: seed === 4 ? 2 : 1, rows: 64, columns: 64 }),
  )
  const [first, second, third, other] = images as [Synthetic, Synthetic, Synthetic, Synthetic]
  let server: RunningServer
  let port: number
  const ends: (() => unknown)[] = []
  const start = async () => {
    server = await startServer({
      data,
      environment: {
        CLEARKEEP_DICOM__DESTINATIONS: JSON.stringify([{ aet: 'MODALITY', host: '127.0.0.1', port }]),
        CLEARKEEP_DICOM__COMMITMENTRETRYSECONDS: '1',
      },
    })
  }

  beforeAll(async () => {
    log.setLevel('silent')
    port = await freePort()
    await start()
    for (const { bytes } of images) expect((await stow(server.dicomweb, bytes)).status).toBe(200)
  })
  afterEach(() => {
    for (const end of ends.splice(0)) end()
  })
  afterAll(async () => {
    await server.stop()
    rmSync(data, { recursive: true, force: true })
  })

  it('is given on the association it was asked on, after the answer to the request', async () => {
    const transaction = newTransaction()
    const { status, told } = await ask(server.dicomPort, transaction, [
      [CT, first.instance],
      [CT, second.instance],
    ])
    expect(status).toBe(0)
    expect(told).toEqual({
      event: 1,
      transaction,
      kept: [first.instance, second.instance],
      failed: {},
      retrieveFrom: 'CLEARKEEP',
    })
  })

  it('is refused instance by instance, each for its reason', async () => {
    const again = syntheticInstance({ seed: 4, study: 2, rows: 64, columns: 64, value: (column) => column })
    expect(again.instance).toBe(other.instance)
    await stow(server.dicomweb, again.bytes)
    const { told } = await ask(server.dicomPort, newTransaction(), [
      [CT, first.instance],
      [CT, '1.2.3.4.5'],
      [MR, second.instance],
      [CT, other.instance],
    ])
    expect(told).toMatchObject({
      event: 2,
      kept: [first.instance],
      failed: {
        '1.2.3.4.5': NO_SUCH_INSTANCE,
        [second.instance]: CLASS_CONFLICT,
        [other.instance]: PROCESSING_FAILURE,
      },
    })
  })

  it('tells who has hung up on a new association', async () => {
    const modality = listen(port)
    ends.push(modality.close)
    const transaction = newTransaction()
    const { status } = await ask(server.dicomPort, transaction, [[CT, first.instance]], { stays: false })
    expect(status).toBe(0)
    await expect
      .poll(() => modality.reports, { timeout: 50_000 })
      .toMatchObject([{ event: 1, transaction, kept: [first.instance] }])
  })

  it('holds for what is sealed, whose received bytes are made again for it', async () => {
    const answer = await fetch(`${server.url}/api/seal`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ studies: [first.study] }),
    })
    expect(await answer.text()).toContain('"outcome":"sealed"')
    const references = [first, second, third].map(({ instance }) => [CT, instance] as const)
    expect((await ask(server.dicomPort, newTransaction(), references)).told).toMatchObject({
      event: 1,
      kept: [first.instance, second.instance, third.instance],
    })
  })

  it('survives a crash with nobody there to hear, and is told after the next start', async () => {
    const transaction = newTransaction()
    const { status } = await ask(server.dicomPort, transaction, [[CT, first.instance]], { stays: false })
    expect(status).toBe(0)
    await server.kill()
    const modality = listen(port)
    ends.push(modality.close)
    await start()
    await expect
      .poll(() => modality.reports, { timeout: 50_000 })
      .toMatchObject([{ event: 1, transaction, kept: [first.instance] }])
  })

  it('is not given for bytes that changed where they lie', async () => {
    const fresh = syntheticInstance({ seed: 9, study: 9, rows: 64, columns: 64 })
    expect((await stow(server.dicomweb, fresh.bytes)).status).toBe(200)
    const middle = fresh.bytes.subarray(fresh.bytes.length - 256, fresh.bytes.length - 128)
    let changed = 0
    for (const entry of readdirSync(join(data, 'inbox'), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const path = join(entry.parentPath, entry.name)
      const bytes = readFileSync(path)
      const at = bytes.indexOf(middle)
      if (at < 0) continue
      bytes[at] = (bytes[at] ?? 0) ^ 1
      writeFileSync(path, bytes)
      changed += 1
    }
    expect(changed).toBe(1)
    const { told } = await ask(server.dicomPort, newTransaction(), [[CT, fresh.instance]])
    expect(told).toMatchObject({ event: 2, kept: [], failed: { [fresh.instance]: PROCESSING_FAILURE } })
  })

  it('is not asked of anything but its well-known instance', async () => {
    const { status } = await ask(server.dicomPort, newTransaction(), [[CT, first.instance]], { instance: '1.2.3' })
    expect(status).toBe(0x0123)
  })

  it('leaves events of what was said, and of its being heard', async () => {
    const asked = async () => {
      const answer = await fetch(`${server.url}/api/audit?type=aud.110104&limit=100`)
      return ((await answer.json()) as { events: { outcome: number; sentence: string }[] }).events
    }
    const of = async (words: RegExp) => (await asked()).filter(({ sentence }) => words.test(sentence)).length
    await expect.poll(() => of(/told MODALITY which of/)).toBeGreaterThanOrEqual(6)
    expect(await of(/MODALITY.* asked whether 2 instances are kept, and was told so of 2/)).toBe(1)
    expect(await of(/asked whether 1 instance is kept, and was told so of 0/)).toBeGreaterThanOrEqual(3)
    expect((await asked()).filter(({ outcome }) => outcome === 8)).toHaveLength(1)
  })
})
