/** `clearkeep echo`: C-ECHO to a DICOM node (PS3.4 Annex A). */
import { UIDS } from '../dicom/dictionary.ts'
import { openAssociation } from '../network/services/client.ts'
import { dicomAddress, EXIT, type Exit, type Output } from './command.ts'
import { type TlsFlags, tlsOf } from './tls.ts'

const IMPLICIT = '1.2.840.10008.1.2'

export async function echo(
  address: string,
  flags: { readonly calling: string } & TlsFlags,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const { aet, host, port } = dicomAddress(address)
  const begun = performance.now()
  const association = await openAssociation({
    host,
    port,
    calledAet: aet,
    callingAet: flags.calling,
    ...tlsOf(flags),
    contexts: [{ abstractSyntax: UIDS.Verification, transferSyntaxes: [IMPLICIT] }],
    signal,
  })
  const { status, is } = await association.echo()
  await association.release()
  const milliseconds = Math.round(performance.now() - begun)
  out.record({ address, status, milliseconds })
  out.print(is === 'success' ? `${aet} answers (${milliseconds} ms).` : `${aet} answers with status ${hex(status)}.`)
  return is === 'success' ? EXIT.done : EXIT.failed
}

const hex = (status: number): string => `${status.toString(16).toUpperCase().padStart(4, '0')}H`
