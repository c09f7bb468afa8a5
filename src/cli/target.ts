/**
 * Where `import` and `demo` bring objects to: a running archive with `--server`, else the data folder itself, which must
 * then be nobody else's.
 */
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Loaded } from '../config.ts'
import type { ImportTarget } from './import.ts'
import { remoteTarget } from './remote.ts'

type Flags = Readonly<Record<string, unknown>>

export const serverOf = (flags: Flags): string | undefined => flags['server'] as string | undefined

/** @param command  the name under which the log and the folder's lock know us */
export async function withTarget<Result>(
  command: string,
  flags: Flags,
  { config }: Loaded,
  version: string,
  signal: AbortSignal,
  use: (target: ImportTarget) => Promise<Result>,
): Promise<Result> {
  const server = serverOf(flags)
  if (server !== undefined) {
    const file = flags['tokenFile'] as string | undefined
    const token = file === undefined ? (flags['token'] as string | undefined) : readFileSync(file, 'utf8').trim()
    return use(remoteTarget(server, token))
  }

  const { openTower } = await import('../server.ts')
  const tower = await openTower(config, version, command)
  try {
    return await use({
      async receive(bytes) {
        const receipt = await tower.archive.receive(
          {
            principal: { kind: 'job', name: command },
            client: { address: 'local', userAgent: `${command} by ${userInfo().username}` },
            now: () => new Date(),
            signal,
          },
          { door: 'import', bytes },
        )
        return { outcome: receipt.outcome, study: receipt.key.study, instance: receipt.key.instance }
      },
    })
  } finally {
    await tower.close()
  }
}
