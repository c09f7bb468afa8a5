/**
 * `clearkeep export --capsule PATIENT FILE`: the time capsule of a patient into one ZIP file, out of a running archive or of
 * a folder nobody has open. The file has its name only when it is whole.
 */
import { stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { ArchiveError } from '../base/errors.ts'
import type { Loaded } from '../config.ts'
import { openCapsules } from '../record/capsule/capsule.ts'
import { openRecord } from '../record/open.ts'
import { EXIT, type Exit, type Output, size } from './command.ts'
import { tokenOf } from './study-reports.ts'
import { serverOf } from './target.ts'
import { askedOf, notThere, written } from './zip-out.ts'

export async function exportCapsule(
  file: string,
  flags: Readonly<Record<string, unknown>>,
  { config }: Loaded,
  version: string,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const id = flags['capsule'] as string | undefined
  if (id === undefined || id === '') throw new ArchiveError('USAGE', { why: 'Say whose: --capsule PATIENT-ID.' })
  notThere(file)
  const patient = `${(flags['issuer'] as string | undefined) ?? ''}|${id}`
  const server = serverOf(flags)
  if (server !== undefined) {
    const path = `/api/patients/${Buffer.from(patient).toString('base64url')}/capsule`
    const ask = { server, path, token: tokenOf(flags), act: 'evidence', what: 'such patient', signal }
    await written(file, await askedOf(ask), signal)
    return told(file, out)
  }
  const { openTower } = await import('../server.ts')
  const tower = await openTower({ ...config, 'seal.automatic': false }, version, 'export')
  try {
    const { archive, control, db } = tower
    const capsules = openCapsules({
      archive,
      record: openRecord({ db, archive, wishes: control.priorWishes }),
      version,
    })
    const context = {
      principal: { kind: 'job', name: 'export' } as const,
      client: { address: 'local', userAgent: `export by ${userInfo().username}` },
      now: () => new Date(),
      signal,
    }
    await written(file, (await capsules.capsule(context, patient)).bytes, signal)
    return await told(file, out)
  } finally {
    await tower.close()
  }
}

async function told(file: string, out: Output): Promise<Exit> {
  const { size: bytes } = await stat(file)
  out.record({ file, bytes })
  out.print(`${file}  ${size(bytes)}`)
  out.say('It names the patient. Unpack it, then open index.html.')
  return EXIT.done
}
