/**
 * dcmjs-dimse on the other end: an implementation that shares nothing with ours or DCMTK's. Its client asks for the
 * asynchronous window and a user identity; its server is a peer of our client. It re-encodes what it sends and what it
 * gets, so here statuses and negotiation are compared, not bytes.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import dimse from 'dcmjs-dimse'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ArchiveError } from '../../src/base/errors.ts'
import { openAssociation } from '../../src/network/services/client.ts'
import { openDoor } from '../support/dicom-door.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const { Client, Server, Scp, constants, requests, responses, log } = dimse
beforeAll(() => log.setLevel('silent'))

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function door(options: Parameters<typeof openDoor>[0] = {}) {
  const one = await openDoor({ graceMs: 100, ...options })
  ends.push(() => one.close())
  return one
}

interface Sent {
  readonly statuses: number[]
  /** How the association ended, in its words. */
  readonly ending: string
}

type Request = InstanceType<typeof requests.CEchoRequest> | InstanceType<typeof requests.CStoreRequest>

/** Sends requests on one association and gives the statuses in order of the answers. */
function ask(port: number, list: readonly Request[], options: object = {}): Promise<Sent> {
  return new Promise((resolve) => {
    const client = new Client()
    const statuses: number[] = []
    let ending = 'closed'
    for (const request of list) {
      request.on('response', (response: { getStatus(): number }) => void statuses.push(response.getStatus()))
      client.addRequest(request)
    }
    client.on('associationReleased', () => {
      ending = 'released'
    })
    client.on('associationRejected', () => {
      ending = 'rejected'
    })
    client.on('networkError', () => {
      ending = 'failed'
    })
    client.on('closed', () => resolve({ statuses, ending }))
    client.send('127.0.0.1', port, 'DCMJS', 'CLEARKEEP', options)
  })
}

function files(count: number): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-dcmjs-'))
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  return Array.from({ length: count }, (_, seed) => {
    const path = join(folder, `${seed}.dcm`)
    writeFileSync(path, syntheticInstance({ seed, rows: 64, columns: 64 }).bytes)
    return path
  })
}

const stores = (count: number): Request[] => files(count).map((path) => new requests.CStoreRequest(path))

describe('dcmjs-dimse asks our door', () => {
  it('is answered to C-ECHO and C-STORE', async () => {
    const here = await door()
    const sent = await ask(here.port, [new requests.CEchoRequest(), ...stores(3)])
    expect(sent).toEqual({ statuses: [0, 0, 0, 0], ending: 'released' })
    expect(here.associations()[0]).toMatchObject({
      callingAet: 'DCMJS',
      counts: { echo: 1, stored: 3 },
      state: 'released by the peer',
    })
  })

  it('may ask for an asynchronous window and say who its user is', async () => {
    const here = await door()
    const sent = await ask(here.port, stores(6), {
      asyncOps: { maxAsyncOpsInvoked: 4, maxAsyncOpsPerformed: 4 },
      userIdentity: {
        type: constants.UserIdentityType.UsernameAndPasscode,
        positiveResponseRequested: true,
        primaryField: 'somebody',
        secondaryField: 'secret-word',
      },
    })
    expect(sent.statuses).toEqual([0, 0, 0, 0, 0, 0])
    expect(JSON.stringify([here.associations(), here.logged])).not.toMatch(/somebody|secret-word/)
  })

  it('hears of refusals and goes on', async () => {
    const here = await door()
    let first = true
    here.archive.before = () => {
      if (!first) return
      first = false
      throw new ArchiveError('STORE_NO_SPACE', { free: 1, needed: 2 })
    }
    expect((await ask(here.port, stores(2))).statuses).toEqual([0xa700, 0])
  })

  it('is rejected when nobody knows it', async () => {
    const here = await door({ unknownCallers: 'refuse' })
    expect((await ask(here.port, [new requests.CEchoRequest()])).ending).toBe('rejected')
    expect(here.refused).toEqual([{ aet: 'DCMJS', address: '127.0.0.1' }])
  })
})

class Peer extends Scp {
  override associationRequested(association: Parameters<InstanceType<typeof Scp>['associationRequested']>[0]): void {
    for (const { id, context } of association.getPresentationContexts()) {
      const [transferSyntax] = context.getTransferSyntaxUids()
      if (transferSyntax === undefined) context.setResult(constants.PresentationContextResult.RejectNoReason)
      else context.setResult(constants.PresentationContextResult.Accept, transferSyntax)
      expect(id % 2).toBe(1)
    }
    this.sendAssociationAccept()
  }

  override cEchoRequest(...[request, answer]: Parameters<InstanceType<typeof Scp>['cEchoRequest']>): void {
    const response = responses.CEchoResponse.fromRequest(request)
    response.setStatus(constants.Status.Success)
    answer(response)
  }

  override cStoreRequest(...[request, answer]: Parameters<InstanceType<typeof Scp>['cStoreRequest']>): void {
    const response = responses.CStoreResponse.fromRequest(request)
    response.setStatus(
      request.getDataset() === undefined ? constants.Status.ProcessingFailure : constants.Status.Success,
    )
    answer(response)
  }

  override associationReleaseRequested(): void {
    this.sendAssociationReleaseResponse()
  }
}

describe('our client asks dcmjs-dimse', () => {
  it('and is answered to C-ECHO and C-STORE', async () => {
    const server = new Server(Peer)
    const port = await freePort()
    server.listen(port)
    ends.push(() => server.close())
    const { bytes, dataSetStart, instance } = syntheticInstance({ seed: 7, rows: 64, columns: 64 })
    const object = {
      sopClass: constants.StorageClass.CtImageStorage,
      sopInstance: instance,
      transferSyntax: constants.TransferSyntax.ExplicitVRLittleEndian,
    }
    const association = await openAssociation({
      host: '127.0.0.1',
      port,
      calledAet: 'DCMJS',
      callingAet: 'CLEARKEEP',
      contexts: [
        { abstractSyntax: constants.SopClass.Verification, transferSyntaxes: ['1.2.840.10008.1.2'] },
        { abstractSyntax: object.sopClass, transferSyntaxes: [object.transferSyntax] },
      ],
    })
    expect((await association.echo()).status).toBe(0)
    async function* dataSet() {
      yield bytes.subarray(dataSetStart)
    }
    expect((await association.store(dataSet(), object)).status).toBe(0)
    await association.release()
    expect(await association.ended).toMatchObject({ how: 'released' })
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
