/**
 * `clearkeep send`: C-STORE of files, folders and archives to a DICOM node, each object as it is; with `--commit` it asks
 * afterwards whether they are kept (storage commitment), and only that counts.
 */
import { randomBytes } from 'node:crypto'
import type { Referenced } from '../archive/archive.ts'
import { statusInWords } from '../network/dimse/statuses.ts'
import { askCommitment } from '../network/services/commitment-scu.ts'
import { send as sendAll } from '../network/services/send.ts'
import { dicomAddress, EXIT, type Exit, type Output, size } from './command.ts'
import { type Candidate, candidates, isDicomdir, shortName } from './sources.ts'
import { type TlsFlags, tlsOf } from './tls.ts'

export interface SendFlags extends TlsFlags {
  readonly calling: string
  readonly commit?: boolean
  /** Seconds. */
  readonly commitWait: number
  readonly commitPort?: number
}

export async function send(
  address: string,
  paths: readonly string[],
  flags: SendFlags,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const { aet, host, port } = dicomAddress(address)
  const peer = { host, port, calledAet: aet, callingAet: flags.calling, signal, ...tlsOf(flags) }
  const progress = out.progress('Sending', undefined, 'objects')
  const sizes = new Map<string, number>()
  const sent: Referenced[] = []
  let [kept, refused, passedOver, bytes] = [0, 0, 0, 0]

  for await (const result of sendAll(sources(paths, sizes), peer)) {
    const length = sizes.get(result.name) ?? 0
    progress.advance(1, length)
    out.record(result)
    if (result.outcome === 'stored' || result.outcome === 'warning') {
      kept += 1
      bytes += length
      if (flags.commit === true) sent.push({ sopClass: result.sopClass, instance: result.sopInstance })
    } else if (result.outcome === 'unreadable' && result.sopInstance === '') {
      passedOver += 1
    } else {
      refused += 1
      out.say(`${result.outcome}  ${shortName(result.name)}: ${result.why}`)
    }
  }
  progress.done()
  const over = passedOver > 0 ? `, ${passedOver} passed over (no DICOM objects)` : ''
  out.say(`${kept} kept by ${aet} (${size(bytes)}), ${refused} not${over}.`)
  out.record({ report: { kept, refused, passedOver, bytes } })
  const uncommitted = sent.length === 0 ? 0 : await commit(sent, peer, flags, out)
  return refused > 0 || uncommitted > 0 ? EXIT.failed : EXIT.done
}

/** Instances one request names. */
const AT_ONCE = 10_000

/** @returns how many are not committed to */
async function commit(
  sent: readonly Referenced[],
  peer: Omit<Parameters<typeof askCommitment>[1], 'transaction' | 'waitMs'>,
  { commitWait, commitPort }: SendFlags,
  out: Output,
): Promise<number> {
  let committed = 0
  for (let at = 0; at < sent.length; at += AT_ONCE) {
    const asked = sent.slice(at, at + AT_ONCE)
    const report = await askCommitment(asked, {
      ...peer,
      transaction: `2.25.${BigInt(`0x${randomBytes(16).toString('hex')}`)}`,
      waitMs: commitWait * 1000,
      ...(commitPort !== undefined && { listen: { host: '0.0.0.0', port: commitPort } }),
    })
    const kept = new Set(report.kept.map(({ instance }) => instance))
    committed += asked.filter(({ instance }) => kept.has(instance)).length
    for (const { instance, reason } of report.failed) out.say(`not committed  ${instance}: ${statusInWords(reason)}`)
    out.record({ committed: report })
  }
  out.say(`${committed} committed to by ${peer.calledAet}, ${sent.length - committed} not.`)
  return sent.length - committed
}

async function* sources(paths: readonly string[], sizes: Map<string, number>): AsyncGenerator<Candidate> {
  for await (const candidate of candidates(paths)) {
    if (isDicomdir(candidate)) continue
    sizes.set(candidate.name, candidate.bytes)
    yield candidate
  }
}
