/**
 * `clearkeep serve`: the archive. One line on standard output when both ports answer; everything else on standard error.
 */
import { ArchiveError } from '../base/errors.ts'
import { isLoopback, type Loaded } from '../config.ts'
import { sweepAtRest } from '../quiet.ts'
import { openDoors, openTower } from '../server.ts'
import { EXIT, type Exit, type Output } from './command.ts'

export async function serve({ config }: Loaded, version: string, signal: AbortSignal, out: Output): Promise<Exit> {
  if (config.open && !isLoopback(config.host))
    throw new ArchiveError('CONFIG_INVALID', {
      key: 'open',
      why: `without a login only loopback may listen, not ${config.host}`,
    })

  const tower = await openTower(config, version, 'serve')
  try {
    const doors = await openDoors(tower, config, version)
    const firstPassword = config.open ? undefined : await tower.control.accounts.administratorPassword()
    if (firstPassword !== undefined)
      out.say(`First start. Log in as "admin" with this password, which is shown once: ${firstPassword}`)
    process.stdout.write(`ready ${doors.webUrl} ${doors.dicomUrl}\n`)
    const endSweeping = sweepAtRest()
    await aborted(signal)
    endSweeping()
    out.say('Stopping: no new work is taken, work in hand is finished.')
    await doors.close()
  } finally {
    await tower.close()
  }
  return EXIT.done
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
