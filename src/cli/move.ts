/** `clearkeep move`: has another archive send something to a destination that it knows (C-MOVE). */
import { move as moveAll, type Retrieved } from '../network/services/query.ts'
import { EXIT, type Exit, type Output } from './command.ts'
import { type QueryFlags, queryKeys, queryOptions } from './query.ts'

export async function move(
  address: string,
  destination: string,
  flags: QueryFlags,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const options = queryOptions(address, flags, signal)
  const progress = out.progress('Moving', undefined, 'objects')
  let told = 0
  const done = await moveAll(queryKeys(flags), destination, options, ({ completed, failed, warning }) => {
    progress.advance(completed + failed + warning - told, 0)
    told = completed + failed + warning
  })
  progress.done()
  return tell(done, `sent to ${destination}`, out)
}

export function tell({ completed, failed, warning, is, why, status }: Retrieved, what: string, out: Output): Exit {
  out.record({ report: { completed, failed, warning, status } })
  out.say(`${completed + warning} ${what}, ${failed} not${why === '' ? '' : `: ${why}`}.`)
  return is === 'success' ? EXIT.done : EXIT.failed
}
