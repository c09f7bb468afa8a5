/**
 * A DICOM peer with no manners: sends whatever bytes it is told to, and shows what comes back as PDUs. For tests of what
 * conforming software never does.
 */
import { connect, type Socket } from 'node:net'
import { type CommandSet, encodeCommandSet } from '../../src/network/dimse/commands.ts'
import { type AssociateRq, DICOM_APPLICATION_CONTEXT, encodePdu } from '../../src/network/upper-layer/pdu.ts'
import { type Incoming, openPduReader } from '../../src/network/upper-layer/pdu-reader.ts'

export const VERIFICATION = '1.2.840.10008.1.1'
export const CT = '1.2.840.10008.5.1.4.1.1.2'
export const IMPLICIT = '1.2.840.10008.1.2'
export const EXPLICIT = '1.2.840.10008.1.2.1'

export function requestPdu(changes: Partial<AssociateRq> = {}): AssociateRq {
  return {
    type: 'A-ASSOCIATE-RQ',
    protocolVersion: 1,
    calledAet: 'CLEARKEEP',
    callingAet: 'RAW',
    applicationContext: DICOM_APPLICATION_CONTEXT,
    contexts: [
      { id: 1, abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] },
      { id: 3, abstractSyntax: CT, transferSyntaxes: [IMPLICIT] },
    ],
    user: { maximumLength: 16_384, implementationClassUid: '1.2.3' },
    ...changes,
  }
}

/** A P-DATA-TF with one data value. Control: 1 command, 2 last; in sum 3 for a whole command. */
export function dataPdu(contextId: number, control: number, data: Uint8Array): Buffer {
  const header = Buffer.alloc(12)
  header[0] = 4
  header.writeUInt32BE(data.length + 6, 2)
  header.writeUInt32BE(data.length + 2, 6)
  header[10] = contextId
  header[11] = control
  return Buffer.concat([header, data])
}

export const commandPdu = (contextId: number, command: CommandSet): Buffer =>
  dataPdu(contextId, 3, encodeCommandSet(command))

export const ECHO_RQ: CommandSet = {
  affectedSopClassUid: VERIFICATION,
  commandField: 0x0030,
  messageId: 1,
  commandDataSetType: 0x0101,
}

export const storeRq = (sopInstance: string, messageId = 1): CommandSet => ({
  affectedSopClassUid: CT,
  commandField: 0x0001,
  messageId,
  priority: 0,
  commandDataSetType: 0,
  affectedSopInstanceUid: sopInstance,
})

export class RawPeer {
  readonly socket: Socket
  readonly #incoming: Incoming[] = []
  #wake: (() => void) | undefined
  #closed = false

  private constructor(socket: Socket) {
    this.socket = socket
    const reader = openPduReader({ maxPdu: 0, maxControlPdu: 1_048_576 })
    socket.on('data', (chunk) => {
      this.#incoming.push(...reader.push(chunk))
      this.#wake?.()
    })
    socket.on('error', () => undefined)
    for (const event of ['end', 'close'] as const)
      socket.on(event, () => {
        this.#closed = true
        this.#wake?.()
      })
  }

  /** @param from  an address of the loopback network, for a door that counts by address */
  static async connect(port: number, from = '127.0.0.1'): Promise<RawPeer> {
    const socket = connect({ host: '127.0.0.1', localAddress: from, port, noDelay: true, allowHalfOpen: true })
    const peer = new RawPeer(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return peer
  }

  /** Connects and associates; fails unless accepted. */
  static async associate(port: number, changes: Partial<AssociateRq> = {}, from?: string): Promise<RawPeer> {
    const peer = await RawPeer.connect(port, from)
    peer.send(encodePdu(requestPdu(changes)))
    const answer = await peer.next()
    if (answer?.kind !== 'pdu' || answer.pdu.type !== 'A-ASSOCIATE-AC') throw new Error(JSON.stringify(answer))
    return peer
  }

  send(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts))
  }

  /** The next that comes; undefined when the connection is closed. */
  async next(): Promise<Incoming | undefined> {
    while (this.#incoming.length === 0 && !this.#closed)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    return this.#incoming.shift()
  }

  /** Resolves when the other side has closed the connection. */
  async closed(): Promise<void> {
    while (!this.#closed)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
  }

  destroy(): void {
    this.socket.destroy()
  }
}
