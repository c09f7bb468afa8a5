/** `clearkeep hold`: legal holds placed, and released by two people. */
import { Hold, Holds, type PlaceHold } from '../../api/holds.ts'
import { EXIT, type Exit, type Output } from '../command.ts'
import { askArchive, day, type Flags, needed, reasonOf, signatureOf } from './asking.ts'

export async function listHolds(flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const { holds } = await askArchive(flags, { path: '/api/holds', shape: Holds, act: 'hold.see' }, signal)
  for (const hold of holds) tell(hold, out)
  if (holds.length === 0) out.say('No legal holds.')
  return EXIT.done
}

export async function placeHold(flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const text = (name: string) => flags[name] as string | undefined
  const search = { words: text('words') ?? '', modality: text('modality'), from: text('from'), to: text('to') }
  const searches = Object.values(search).some((value) => value !== undefined && value !== '')
  const body: PlaceHold = {
    matter: needed(flags, 'matter', 'Say what it is for, with --matter.'),
    reason: reasonOf(flags),
    studies: [...((flags['study'] as string[] | undefined) ?? [])],
    patients: [...((flags['patient'] as string[] | undefined) ?? [])],
    ...(searches && { search }),
  }
  tell(await askArchive(flags, { path: '/api/holds', shape: Hold, act: 'hold.place', body }, signal), out)
  return EXIT.done
}

export async function stepOfHold(
  step: 'ask' | 'keep' | 'release',
  hold: number,
  flags: Flags,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const act = step === 'release' ? 'hold.release' : 'hold.place'
  const body = { reason: reasonOf(flags), ...(step === 'release' ? signatureOf(flags) : {}) }
  tell(await askArchive(flags, { path: `/api/holds/${hold}/${step}`, shape: Hold, act, body }, signal), out)
  return EXIT.done
}

function tell(hold: Hold, out: Output): void {
  out.record(hold)
  const { id, matter, placed, asked, released, covers } = hold
  const state =
    released !== null
      ? `released ${day(released.at)} by ${released.by}`
      : asked !== null
        ? `release asked for ${day(asked.at)} by ${asked.by}: ${asked.reason}`
        : `holds ${covers} ${covers === 1 ? 'study' : 'studies'}`
  out.print(`${id}  ${matter}  placed ${day(placed.at)} by ${placed.by}  ${state}`)
}
