/** `clearkeep cold`: moves studies to the cold store now, in a running archive or in a folder nobody has open. */
import { userInfo } from 'node:os'
import type { MoveReport } from '../archive/archive.ts'
import type { Loaded } from '../config.ts'
import { uid } from '../dicom/uid.ts'
import { EXIT, type Exit, type Output, size } from './command.ts'
import { studyReports } from './study-reports.ts'
import { serverOf } from './target.ts'

export async function cold(
  studies: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  { config }: Loaded,
  version: string,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const server = serverOf(flags)
  if (server !== undefined)
    return tell(studyReports<MoveReport>({ server, path: '/api/cold', act: 'seal', flags, studies, signal }), out)

  const { openTower } = await import('../server.ts')
  const tower = await openTower({ ...config, 'seal.automatic': false, 'vault.coldRules': [] }, version, 'cold')
  try {
    const context = {
      principal: { kind: 'job', name: 'cold' } as const,
      client: { address: 'local', userAgent: `cold by ${userInfo().username}` },
      now: () => new Date(),
      signal,
    }
    return await tell(await tower.archive.moveToCold(context, studies.map(uid)), out)
  } finally {
    await tower.close()
  }
}

async function tell(reports: AsyncIterable<MoveReport>, out: Output): Promise<Exit> {
  const sum = { moved: 0, failed: 0, bytes: 0 }
  for await (const report of reports) {
    out.record(report)
    if (report.outcome === 'stays') out.say(`Study ${report.study}: it is there already, or not all of it is sealed.`)
    else if (report.outcome === 'failed') {
      sum.failed += 1
      out.say(`Study ${report.study}: ${report.why ?? 'it could not be moved.'}`)
    } else {
      sum.moved += 1
      sum.bytes += report.bytes
      out.print(`${report.study}  ${report.files} files  ${size(report.bytes)}`)
    }
  }
  out.say(
    `${sum.moved} studies in the cold store (${size(sum.bytes)}), each file read back there; ${sum.failed} failed.`,
  )
  return sum.failed > 0 ? EXIT.failed : EXIT.done
}
