/**
 * `clearkeep seal`: moves studies from the inbox into the vault now, in a running archive or in a folder nobody has open.
 */
import { userInfo } from 'node:os'
import type { SealReport } from '../archive/archive.ts'
import { ArchiveError } from '../base/errors.ts'
import type { Loaded } from '../config.ts'
import { uid } from '../dicom/uid.ts'
import { EXIT, type Exit, type Output, size } from './command.ts'
import { studyReports } from './study-reports.ts'
import { serverOf } from './target.ts'

export async function seal(
  studies: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  { config }: Loaded,
  version: string,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  if (studies.length === 0 && flags['all'] !== true)
    throw new ArchiveError('USAGE', { why: 'Name studies, or say --all.' })
  const server = serverOf(flags)
  if (server !== undefined)
    return tell(studyReports<SealReport>({ server, path: '/api/seal', act: 'seal', flags, studies, signal }), out)

  const { openTower } = await import('../server.ts')
  const tower = await openTower({ ...config, 'seal.automatic': false }, version, 'seal')
  try {
    const context = {
      principal: { kind: 'job', name: 'seal' } as const,
      client: { address: 'local', userAgent: `seal by ${userInfo().username}` },
      now: () => new Date(),
      signal,
    }
    return await tell(tower.archive.seal(context, studies.length === 0 ? 'all' : studies.map(uid)), out)
  } finally {
    await tower.close()
  }
}

async function tell(reports: AsyncIterable<SealReport>, out: Output): Promise<Exit> {
  const sum = { sealed: 0, failed: 0, instances: 0, received: 0, kept: 0 }
  for await (const report of reports) {
    out.record(report)
    if (report.outcome === 'nothing') {
      out.say(`Study ${report.study}: nothing to seal.`)
      continue
    }
    if (report.outcome === 'failed') {
      sum.failed += 1
      out.say(`Study ${report.study}: ${report.why ?? 'it could not be sealed.'}`)
      continue
    }
    sum.sealed += 1
    sum.instances += report.instances
    sum.received += report.received
    sum.kept += report.kept
    out.print(
      `${report.study}  ${report.instances} instances  ${size(report.received)} → ${size(report.kept)}${share(report)}`,
    )
  }
  out.say(
    `${sum.sealed} studies sealed (${sum.instances} instances, ${size(sum.received)} → ${size(sum.kept)}${share(sum)}), ${sum.failed} failed.`,
  )
  return sum.failed > 0 ? EXIT.failed : EXIT.done
}

const share = ({ received, kept }: { readonly received: number; readonly kept: number }): string =>
  received === 0 ? '' : `, ${((kept / received) * 100).toFixed(1)} %`
