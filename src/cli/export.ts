/**
 * `clearkeep export --capsule PATIENT FILE`: the time capsule of a patient into one ZIP file, out of a running archive or of
 * a folder nobody has open. The file has its name only when it is whole.
 */
import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ArchiveError } from '../base/errors.ts'
import type { Loaded } from '../config.ts'
import { openCapsules } from '../record/capsule/capsule.ts'
import { openRecord } from '../record/open.ts'
import { EXIT, type Exit, type Output, size } from './command.ts'
import { tokenOf } from './study-reports.ts'
import { serverOf } from './target.ts'

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
  if (existsSync(file)) throw new ArchiveError('USAGE', { why: `${file} is there already, and is not written over.` })
  const patient = `${(flags['issuer'] as string | undefined) ?? ''}|${id}`
  const server = serverOf(flags)
  if (server !== undefined) {
    await written(file, await asked(server, tokenOf(flags), patient, signal), signal)
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

async function asked(
  server: string,
  token: string | undefined,
  patient: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const address = `${server.replace(/\/+$/, '')}/api/patients/${Buffer.from(patient).toString('base64url')}/capsule`
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(address, { headers, signal }).catch((cause: unknown) => {
    throw new ArchiveError('NET_REFUSED', { peer: server, why: 'the connection failed' }, { cause })
  })
  if (response.status === 401) throw new ArchiveError('ACCESS_LOGIN')
  if (response.status === 403) throw new ArchiveError('ACCESS_DENIED', { who: 'This token', act: 'evidence' })
  if (response.status === 404) throw new ArchiveError('NOT_FOUND', { what: 'such patient' })
  if (!response.ok || response.body === null)
    throw new ArchiveError('NET_REFUSED', { peer: server, why: `it answered ${response.status}` })
  return response.body
}

/** Beside it first: what breaks off leaves nothing that could be taken for a capsule. */
async function written(file: string, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const part = `${file}.part`
  try {
    await pipeline(Readable.from(bytes, { objectMode: false }), createWriteStream(part, { flush: true }), { signal })
    await rename(part, file)
  } catch (thrown) {
    await rm(part, { force: true })
    throw thrown
  }
}

async function told(file: string, out: Output): Promise<Exit> {
  const { size: bytes } = await stat(file)
  out.record({ file, bytes })
  out.print(`${file}  ${size(bytes)}`)
  out.say('It names the patient. Unpack it, then open index.html.')
  return EXIT.done
}
