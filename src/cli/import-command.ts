/**
 * Chooses the target of an import: a running archive with `--server`, else the data folder itself, which must then be
 * nobody else's.
 */
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Loaded } from '../config.ts'
import type { Exit, Output } from './command.ts'
import { type ImportTarget, importAll, resumeFile } from './import.ts'
import { remoteTarget } from './remote.ts'

export async function runImport(
  paths: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  loaded: Loaded,
  version: string,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const { config } = loaded
  const resume = (flags['resume'] as string | undefined) ?? resumeFile(config.data, paths)
  const server = flags['server'] as string | undefined
  if (server !== undefined) {
    const file = flags['tokenFile'] as string | undefined
    const token = file === undefined ? (flags['token'] as string | undefined) : readFileSync(file, 'utf8').trim()
    // What one archive has, another may lack: each server has a list of its own.
    const list = flags['resume'] === undefined ? resumeFile(config.data, [server, ...paths]) : resume
    return importAll(remoteTarget(server, token), { paths, resume: list, signal }, out)
  }

  const { openTower } = await import('../server.ts')
  const tower = await openTower(config, version, 'import')
  try {
    const target: ImportTarget = {
      async receive(bytes) {
        const receipt = await tower.archive.receive(
          {
            principal: { kind: 'job', name: 'import' },
            client: { address: 'local', userAgent: `import by ${userInfo().username}` },
            now: () => new Date(),
            signal,
          },
          { door: 'import', bytes },
        )
        return { outcome: receipt.outcome, study: receipt.key.study, instance: receipt.key.instance }
      },
    }
    return await importAll(target, { paths, resume, signal }, out)
  } finally {
    await tower.close()
  }
}
