/** HL7 messages for tests, and a sender that waits for each acknowledgement. */
import { connect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'

/** A segment by the numbers of its fields. */
export const segment = (name: string, fields: Readonly<Record<number, string>>): string =>
  [name, ...Array.from({ length: Math.max(...Object.keys(fields).map(Number)) }, (_, at) => fields[at + 1] ?? '')].join(
    '|',
  )

export interface MessageOptions {
  readonly control: string
  /** YYYYMMDDHHMMSS */
  readonly at?: string
  readonly characterSet?: string
  readonly sender?: string
}

export const hl7 = (
  type: string,
  { control, at = '20260301080000', characterSet = '', sender = 'HIS|HOSP' }: MessageOptions,
  ...segments: readonly string[]
): string =>
  [`MSH|^~\\&|${sender}|CLEARKEEP|HOSP|${at}||${type}|${control}|P|2.5.1||||||${characterSet}`, ...segments, ''].join(
    '\r',
  )

export const pid = (id: string, name: string, rest = '|19700203|F', issuer = 'HOSP'): string =>
  `PID|1||${id}^^^${issuer}^PI||${name}|${rest}`

export interface OrderOptions {
  readonly accession: string
  readonly control?: string
  readonly placer?: string
  readonly step?: string
  readonly study?: string
  readonly modality?: string
  readonly station?: string
  /** YYYYMMDDHHMM */
  readonly start?: string
  readonly description?: string
}

export const order = ({
  accession,
  control = 'NW',
  placer = `P${accession}`,
  step = '',
  study,
  modality = 'CT',
  station = 'CT01',
  start = '202603020930',
  description = 'CT head',
}: OrderOptions): readonly string[] => [
  segment('ORC', { 1: control, 2: placer, 7: `^^^${start}` }),
  segment('OBR', {
    1: '1',
    2: placer,
    4: `CTH^${description}^L`,
    18: accession,
    19: `RP${accession}`,
    20: step,
    21: station,
    24: modality,
    27: `^^^${start}`,
  }),
  ...(study === undefined ? [] : [`ZDS|${study}^HIS^Application^DICOM`]),
]

export interface Sender {
  /** Sends a message and gives its acknowledgement; undefined when the connection ended before one came. */
  send(message: string | Uint8Array): Promise<string | undefined>
  /** Bytes as they are, without a frame. */
  raw(bytes: Uint8Array | string): void
  close(): void
  readonly ended: Promise<void>
}

export async function hl7Sender(port: number, tls?: ConnectionOptions): Promise<Sender> {
  const socket: Socket = tls
    ? connectTls({ host: '127.0.0.1', port, ...tls })
    : connect({ host: '127.0.0.1', port, noDelay: true })
  const waiting: ((text: string | undefined) => void)[] = []
  let held = ''
  const ended = new Promise<void>((resolve) =>
    socket.on('close', () => {
      for (const tell of waiting.splice(0)) tell(undefined)
      resolve()
    }),
  )
  await new Promise<void>((resolve, reject) => {
    socket.once(tls ? 'secureConnect' : 'connect', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => undefined)
  socket.setEncoding('latin1').on('data', (text: string) => {
    held += text
    for (;;) {
      const end = held.indexOf('\x1c\r')
      if (end < 0) return
      waiting.shift()?.(held.slice(1, end))
      held = held.slice(end + 2)
    }
  })
  return {
    send: (message) =>
      new Promise((resolve) => {
        if (socket.destroyed) {
          resolve(undefined)
          return
        }
        waiting.push(resolve)
        socket.write(Buffer.concat([Buffer.from([0x0b]), Buffer.from(message), Buffer.from([0x1c, 0x0d])]))
      }),
    raw: (bytes) => void socket.write(bytes),
    close: () => socket.destroy(),
    ended,
  }
}

/** MSA-1 of an acknowledgement. */
export const answerOf = (text: string | undefined): string => /\rMSA\|([A-Z]{2})/.exec(text ?? '')?.[1] ?? 'none'
