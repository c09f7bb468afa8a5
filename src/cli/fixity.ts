/**
 * `clearkeep fixity`: reads what is kept again, in every copy, and mends what it can, in a running archive or in a folder
 * nobody has open. What cannot be mended is named to the instance and the byte.
 */
import { userInfo } from 'node:os'
import type { DamagedFile, FixityReport } from '../archive/archive.ts'
import type { Loaded } from '../config.ts'
import { uid } from '../dicom/uid.ts'
import { EXIT, type Exit, type Output, size } from './command.ts'
import { studyReports } from './study-reports.ts'
import { serverOf } from './target.ts'

/** Instances said of one damaged file; `--json` has all. */
const SHOWN = 20

export async function fixity(
  studies: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  { config }: Loaded,
  version: string,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const server = serverOf(flags)
  if (server !== undefined)
    return tell(studyReports<FixityReport>({ server, path: '/api/fixity', act: 'fixity', flags, studies, signal }), out)

  const { openTower } = await import('../server.ts')
  const tower = await openTower({ ...config, 'seal.automatic': false, 'fixity.days': 0 }, version, 'fixity', {
    recreate: flags['recreateVault'] === true,
  })
  try {
    const context = {
      principal: { kind: 'job', name: 'fixity' } as const,
      client: { address: 'local', userAgent: `fixity by ${userInfo().username}` },
      now: () => new Date(),
      signal,
    }
    return await tell(tower.archive.fixity(context, studies.length === 0 ? 'all' : studies.map(uid)), out)
  } finally {
    await tower.close()
  }
}

async function tell(reports: AsyncIterable<FixityReport>, out: Output): Promise<Exit> {
  const sum = { studies: 0, bytes: 0, mended: 0, damaged: 0, behind: 0 }
  const progress = out.progress('Reading', undefined, 'studies')
  try {
    for await (const report of reports) {
      out.record(report)
      progress.advance(1, report.bytes)
      sum.studies += 1
      sum.bytes += report.bytes
      sum.damaged += report.damaged.length
      if (report.outcome === 'behind') sum.behind += 1
      for (const { copy, name, flaw, from, aside } of report.findings) {
        if (from === undefined) continue
        sum.mended += 1
        out.print(
          `mended   ${name} in ${copy} was ${flaw}: written again from ${from}${aside === undefined ? '' : `; the bad bytes are in ${aside}`}`,
        )
      }
      for (const file of report.damaged) damaged(file, out)
    }
  } finally {
    progress.done()
  }
  out.say(
    `${sum.studies} studies read again (${size(sum.bytes)}): ${sum.mended} files mended, ${sum.damaged} damaged in every copy${
      sum.behind === 0 ? '' : `, ${sum.behind} studies not in every mirror`
    }.`,
  )
  return sum.damaged > 0 || sum.behind > 0 ? EXIT.failed : EXIT.done
}

function damaged({ study, file, copies, harmed }: DamagedFile, out: Output): void {
  out.print(`DAMAGED  ${file} of study ${study}: ${copies.map(({ copy, flaw }) => `${flaw} in ${copy}`).join(', ')}`)
  if (harmed.length === 0) out.print('         no image is reached by it')
  for (const { instance, start, end } of harmed.slice(0, SHOWN))
    out.print(`         instance ${instance}, bytes ${start} to ${end} of the file, does not come back as received`)
  if (harmed.length > SHOWN) out.print(`         and ${harmed.length - SHOWN} more`)
}
