/** `clearkeep send`: C-STORE of files, folders and archives to a DICOM node, each object as it is. */
import { send as sendAll } from '../network/services/send.ts'
import { dicomAddress, EXIT, type Exit, type Output, size } from './command.ts'
import { type Candidate, candidates, isDicomdir, shortName } from './sources.ts'

export async function send(
  address: string,
  paths: readonly string[],
  callingAet: string,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const { aet, host, port } = dicomAddress(address)
  const progress = out.progress('Sending', undefined, 'objects')
  const sizes = new Map<string, number>()
  let [kept, refused, passedOver, bytes] = [0, 0, 0, 0]

  for await (const result of sendAll(sources(paths, sizes), { host, port, calledAet: aet, callingAet, signal })) {
    const length = sizes.get(result.name) ?? 0
    progress.advance(1, length)
    out.record(result)
    if (result.outcome === 'stored' || result.outcome === 'warning') {
      kept += 1
      bytes += length
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
  return refused > 0 ? EXIT.failed : EXIT.done
}

async function* sources(paths: readonly string[], sizes: Map<string, number>): AsyncGenerator<Candidate> {
  for await (const candidate of candidates(paths)) {
    if (isDicomdir(candidate)) continue
    sizes.set(candidate.name, candidate.bytes)
    yield candidate
  }
}
