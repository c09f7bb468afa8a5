/** This archive as a migration needs it: it takes objects, says what it has of a study, and puts the report into its log. */
import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { MigrationBegun, MigrationSeal } from '../../api/migrations.ts'
import type { Archive } from '../../archive/archive.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Loaded } from '../../config.ts'
import { tagText } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import type { DicomJson } from '../../dicom/json.ts'
import type { Uid } from '../../dicom/uid.ts'
import { askArchive } from '../desk/asking.ts'
import type { ImportTarget } from '../import.ts'
import { remoteTarget } from '../remote.ts'
import { serverOf } from '../target.ts'

export interface Here extends ImportTarget {
  /** SOP Instance UIDs of what it has of a study. */
  instances(study: string): Promise<ReadonlySet<string>>
  begin(source: string, run: number): Promise<z.infer<typeof MigrationBegun>>
  seal(ask: {
    readonly source: string
    readonly run: number
    readonly sha256: string
    readonly counts: Readonly<Record<string, number>>
  }): Promise<MigrationSeal>
}

type Flags = Readonly<Record<string, unknown>>

export async function withHere<Result>(
  flags: Flags,
  { config }: Loaded,
  version: string,
  signal: AbortSignal,
  use: (here: Here) => Promise<Result>,
): Promise<Result> {
  const server = serverOf(flags)
  if (server !== undefined) return use(behind(server.replace(/\/+$/, ''), flags, signal))
  const { openTower } = await import('../../server.ts')
  const tower = await openTower(config, version, 'migrate')
  try {
    return await use(inThisProcess(tower.archive, signal))
  } finally {
    await tower.close()
  }
}

function inThisProcess(archive: Archive, signal: AbortSignal): Here {
  const context: Context = {
    principal: { kind: 'job', name: 'migrate' },
    client: { address: 'local' },
    now: () => new Date(),
    signal,
  }
  return {
    async receive(bytes) {
      const receipt = await archive.receive(context, { door: 'import', bytes })
      return { outcome: receipt.outcome, study: receipt.key.study, instance: receipt.key.instance }
    },
    async instances(study) {
      const records = await archive.instances(context, { study: study as Uid }).catch((thrown: unknown) => {
        if (thrown instanceof ArchiveError && thrown.code === 'NOT_FOUND') return []
        throw thrown
      })
      return new Set(records.map(({ key }) => key.instance as string))
    },
    async begin(source, run) {
      const { keys, software } = await archive.beginMigration(context, { source, run })
      return { keys: [...keys], software }
    },
    // What was stopped is reported all the same.
    seal: (ask) => archive.sealMigration({ ...context, signal: new AbortController().signal }, ask),
  }
}

/** Instances of one answer of QIDO-RS. */
const PAGE = 1000

function behind(server: string, flags: Flags, signal: AbortSignal): Here {
  const file = flags['tokenFile'] as string | undefined
  const token = file === undefined ? (flags['token'] as string | undefined) : readFileSync(file, 'utf8').trim()
  return {
    ...remoteTarget(server, token),
    async instances(study) {
      const found = new Set<string>()
      for (let offset = 0; ; offset += PAGE) {
        const path = `/dicom-web/studies/${encodeURIComponent(study)}/instances?limit=${PAGE}&offset=${offset}`
        const response = await fetch(`${server}${path}`, {
          headers: {
            accept: 'application/dicom+json',
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
          },
          signal,
        }).catch((cause: unknown) => {
          throw new ArchiveError('NET_REFUSED', { peer: server, why: 'the connection failed' }, { cause })
        })
        if (response.status === 401) throw new ArchiveError('ACCESS_LOGIN')
        if (response.status === 403) throw new ArchiveError('ACCESS_DENIED', { who: 'This token', act: 'find' })
        if (!response.ok) throw new ArchiveError('NET_REFUSED', { peer: server, why: `it answered ${response.status}` })
        const text = await response.text()
        const page = text === '' ? [] : (JSON.parse(text) as DicomJson[])
        for (const one of page) found.add(String(one[tagText(T.SOPInstanceUID)]?.Value?.[0] ?? ''))
        if (page.length < PAGE) return found
      }
    },
    begin: (source, run) =>
      askArchive(
        flags,
        { path: '/api/migrations', shape: MigrationBegun, act: 'store', body: { source, run } },
        signal,
      ),
    seal: (body) =>
      askArchive(
        flags,
        { path: '/api/migrations/report', shape: MigrationSeal, act: 'store', body },
        new AbortController().signal,
      ),
  }
}
