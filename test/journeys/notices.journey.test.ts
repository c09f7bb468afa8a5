/**
 * Performed procedure steps are told on, in order and until they are heard; and who wants to know is told what of a completed
 * one is here, as dcmjs-dimse hears it.
 */
import dimse from 'dcmjs-dimse'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { openControl } from '../../src/compliance/control.ts'
import { openDicomListener } from '../../src/network/listener.ts'
import { ADMINISTRATOR, asFile, removeArchives, runArchive } from '../support/archives.ts'
import { openDoor } from '../support/dicom-door.ts'
import { create, finish } from '../support/mpps.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const { Server, Scp, constants, responses } = dimse

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })
beforeAll(() => dimse.log.setLevel('silent'))
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(removeArchives)

const QUIET = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const IMAGES = [1, 2].map((seed) => syntheticInstance({ seed, study: 5, rows: 8, columns: 8 }))
const [STUDY, SERIES] = [IMAGES[0]?.study ?? '', IMAGES[0]?.series ?? '']
const PERFORMED = [
  {
    SeriesInstanceUID: SERIES,
    ProtocolName: 'HEAD',
    ReferencedImageSequence: IMAGES.map(({ instance }) => ({
      ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      ReferencedSOPInstanceUID: instance,
    })),
  },
]

const heard: Record<string, unknown>[] = []
class Department extends Scp {
  override associationRequested(association: Parameters<InstanceType<typeof Scp>['associationRequested']>[0]): void {
    for (const { context } of association.getPresentationContexts())
      context.setResult(constants.PresentationContextResult.Accept, context.getTransferSyntaxUids()[0] ?? '')
    this.sendAssociationAccept()
  }

  override nCreateRequest(...[request, answer]: Parameters<InstanceType<typeof Scp>['nCreateRequest']>): void {
    heard.push((request.getDataset()?.getElements() ?? {}) as Record<string, unknown>)
    const response = responses.NCreateResponse.fromRequest(request)
    response.setStatus(constants.Status.Success)
    answer(response)
  }

  override associationReleaseRequested(): void {
    this.sendAssociationReleaseResponse()
  }
}

async function hospital(ports: { readonly ris: number; readonly department: number }, wholeMs: number) {
  const { archive } = await runArchive()
  const control = openControl(':memory:', { configuredDevices: [] })
  ends.push(() => control.close())
  const here = { host: '127.0.0.1' }
  const door = await openDicomListener({
    archive,
    host: '127.0.0.1',
    port: 0,
    log: QUIET,
    now: () => new Date(),
    devices: control.devices,
    commitments: control.commitments,
    destinations: [
      { aet: 'RIS', ...here, port: ports.ris },
      { aet: 'DEPARTMENT', ...here, port: ports.department },
    ],
    notices: { notices: control.notices, stepsTo: ['RIS'], availabilityTo: ['DEPARTMENT'], retryMs: 50, wholeMs },
    aeTitle: 'CLEARKEEP',
    unknownCallers: 'accept',
    graceMs: 100,
  })
  ends.push(() => door.close())
  return { archive, door, control }
}

const freePort = async (): Promise<number> => {
  const door = await openDoor()
  const { port } = door
  await door.close()
  return port
}

it('a step is told on in order, though its listener is away at first, and each once', async () => {
  const [ris, department] = [await freePort(), await freePort()]
  const { door, control } = await hospital({ ris, department }, 0)
  expect(await create(door.port, '1.2.3.1', 'A1', 'S1', STUDY)).toBe(0)
  expect(await finish(door.port, '1.2.3.1', 'COMPLETED', PERFORMED)).toBe(0)
  expect(control.notices.next('RIS')).toMatchObject({ kind: 'create', sop: '1.2.3.1' })

  const told: string[] = []
  const listening = await openDoor({ port: ris })
  ends.push(() => listening.close())
  listening.archive.createProcedure = async (_, { sop, attributes }) => {
    told.push(`create ${sop} ${String(attributes['00400252']?.Value?.[0])}`)
  }
  listening.archive.setProcedure = async (_, { sop, attributes }) => {
    told.push(`set ${sop} ${String(attributes['00400252']?.Value?.[0])}`)
  }
  await expect.poll(() => told, { timeout: 20_000 }).toEqual(['create 1.2.3.1 IN PROGRESS', 'set 1.2.3.1 COMPLETED'])
  await expect.poll(() => control.notices.next('RIS')).toBeUndefined()
})

it('of a completed step others hear what is here, once all of it is', async () => {
  const department = await freePort()
  const server = new Server(Department)
  server.listen(department)
  ends.push(() => server.close())
  heard.length = 0
  const { archive, door, control } = await hospital({ ris: await freePort(), department }, 1500)
  expect(await create(door.port, '1.2.3.2', 'A1', 'S1', STUDY)).toBe(0)
  const [first, second] = IMAGES
  if (first === undefined || second === undefined) throw new Error('no images')
  await archive.receive(ADMINISTRATOR, asFile(first.bytes))
  await archive.receive(ADMINISTRATOR, asFile(second.bytes))
  expect(await finish(door.port, '1.2.3.2', 'COMPLETED', PERFORMED)).toBe(0)
  await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(1)
  expect(heard[0]).toMatchObject({ StudyInstanceUID: STUDY })
  const said = JSON.stringify(heard[0])
  for (const { instance } of IMAGES) expect(said).toContain(instance)
  expect(said.match(/ONLINE/g)).toHaveLength(2)
  await expect.poll(() => control.notices.next('DEPARTMENT')).toBeUndefined()
})
