/** `clearkeep dispose`: lawful destruction, by three people. */
import { writeFileSync } from 'node:fs'
import { z } from 'zod'
import { Disposition, Dispositions, type ProposeDisposition } from '../../api/dispositions.ts'
import { ArchiveError } from '../../base/errors.ts'
import { EXIT, type Exit, type Output } from '../command.ts'
import { askArchive, askFile, day, type Flags, reasonOf, signatureOf } from './asking.ts'

export async function listDispositions(flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const asked = { path: '/api/dispositions', shape: Dispositions, act: 'disposition.see' }
  const { dispositions, preSteps } = await askArchive(flags, asked, signal)
  for (const one of dispositions) tell(one, out)
  if (dispositions.length === 0) out.say('Nothing was proposed for destruction.')
  for (const { id, wants } of preSteps) out.say(`Before anything is proposed the law wants ${wants}: --paper ${id}=…`)
  return EXIT.done
}

export async function proposeDisposition(
  studies: readonly string[],
  flags: Flags,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const papers: Record<string, string> = {}
  for (const paper of (flags['paper'] as string[] | undefined) ?? []) {
    const at = paper.indexOf('=')
    if (at < 1) throw new ArchiveError('USAGE', { why: `"${paper}" is no paper: --paper STEP=WHICH.` })
    papers[paper.slice(0, at)] = paper.slice(at + 1)
  }
  const body: ProposeDisposition = {
    reason: reasonOf(flags),
    studies: [...studies],
    acknowledged: [...((flags['lookedAt'] as string[] | undefined) ?? [])],
    papers,
  }
  const asked = { path: '/api/dispositions', shape: Disposition, act: 'disposition.propose', body }
  tell(await askArchive(flags, asked, signal), out)
  return EXIT.done
}

export async function stepOfDisposition(
  step: 'approve/first' | 'approve/second' | 'end',
  id: number,
  flags: Flags,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const act = `disposition.${step.replace('/', '.')}`
  const body = { reason: reasonOf(flags), ...(step === 'end' ? {} : signatureOf(flags)) }
  const asked = { path: `/api/dispositions/${id}/${step}`, shape: Disposition, act, body }
  tell(await askArchive(flags, asked, signal), out)
  return EXIT.done
}

export async function certificate(tombstone: number, flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  if (flags['pdf'] === true) {
    const path = `/api/tombstones/${tombstone}/certificate.pdf`
    const paper = await askFile(flags, { path, act: 'disposition.see' }, signal)
    return kept((flags['out'] as string | undefined) ?? `destruction-${tombstone}.pdf`, paper, tombstone, out)
  }
  const asked = { path: `/api/tombstones/${tombstone}/certificate`, shape: z.looseObject({}), act: 'disposition.see' }
  const given = await askArchive(flags, asked, signal)
  const file = (flags['out'] as string | undefined) ?? `destruction-${tombstone}.json`
  return kept(file, Buffer.from(`${JSON.stringify(given, undefined, 1)}\n`), tombstone, out)
}

function kept(file: string, bytes: Uint8Array, tombstone: number, out: Output): Exit {
  writeFileSync(file, bytes, { flag: 'wx' })
  out.say(`The certificate is in ${file}.`)
  out.record({ certificate: tombstone, file })
  return EXIT.done
}

function tell(disposition: Disposition, out: Output): void {
  out.record(disposition)
  const { id, state, proposed, destroyFrom, studies, reason } = disposition
  const from = state === 'cooling' ? `, destroyed from ${day(destroyFrom)}` : ''
  out.print(`${id}  ${state}${from}  proposed ${day(proposed.at)} by ${proposed.by}: ${reason}`)
  for (const { study, eligibleOn, stopped, tombstone } of studies)
    out.print(
      `    ${study}  due ${eligibleOn}${stopped === '' ? '' : `  stopped: ${stopped}`}${tombstone === null ? '' : `  tombstone ${tombstone.id}`}`,
    )
}
