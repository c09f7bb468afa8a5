/**
 * `clearkeep inventory FILE`: a DICOM inventory of everything, out of a running archive or of a folder nobody has open. What
 * it lists is read from the disk by whoever takes over.
 */
import { stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PART_INSTANCES } from '../api/inventory.ts'
import { ArchiveError } from '../base/errors.ts'
import type { Loaded } from '../config.ts'
import { EXIT, type Exit, type Output, size } from './command.ts'
import { tokenOf } from './study-reports.ts'
import { serverOf } from './target.ts'
import { askedOf, notThere, written } from './zip-out.ts'

export async function inventory(
  file: string,
  flags: Readonly<Record<string, unknown>>,
  { config }: Loaded,
  version: string,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  notThere(file)
  const server = serverOf(flags)
  const base = baseOf(flags['base'] as string | undefined, server === undefined ? config.data : undefined)
  if (server !== undefined) {
    const path = `/api/inventory?base=${encodeURIComponent(base)}`
    const ask = { server, path, token: tokenOf(flags), act: 'evidence', what: 'an inventory', signal }
    await written(file, await askedOf(ask), signal)
    return told(file, out)
  }
  const { openTower } = await import('../server.ts')
  const tower = await openTower({ ...config, 'seal.automatic': false }, version, 'inventory')
  try {
    const context = {
      principal: { kind: 'job', name: 'inventory' } as const,
      client: { address: 'local', userAgent: `inventory by ${userInfo().username}` },
      now: () => new Date(),
      signal,
    }
    await written(file, (await tower.archive.inventory(context, { base, part: PART_INSTANCES })).bytes, signal)
    return await told(file, out)
  } finally {
    await tower.close()
  }
}

/** @throws {ArchiveError} `USAGE` */
function baseOf(given: string | undefined, data: string | undefined): string {
  if (given === undefined && data !== undefined) return `${pathToFileURL(resolve(data)).href}/`
  if (given === undefined || !URL.canParse(given))
    throw new ArchiveError('USAGE', {
      why: 'Say where whoever reads the inventory finds the data folder: --base, a URI such as file:///srv/images/ or nfs://host/images/.',
    })
  return given.endsWith('/') ? given : `${given}/`
}

async function told(file: string, out: Output): Promise<Exit> {
  const { size: bytes } = await stat(file)
  out.record({ file, bytes })
  out.print(`${file}  ${size(bytes)}`)
  out.say('It names every patient. In it, inventory.dcm names the other parts.')
  return EXIT.done
}
