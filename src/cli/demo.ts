/**
 * `clearkeep demo`: the synthetic patients, made while they are brought in. Nothing is written but the archive's own.
 *
 * Again is fine: the same objects come with the same UIDs and the same bytes, and are there already.
 */
import { ArchiveError } from '../base/errors.ts'
import type { Loaded } from '../config.ts'
import type { SyntheticObject } from '../synthetic/object.ts'
import { demonstration, isStoryName, STORY_NAMES, type StoryName } from '../synthetic/stories.ts'
import { demonstrationTruth } from '../synthetic/truth.ts'
import { EXIT, type Exit, type Output, size } from './command.ts'
import { importAll } from './import.ts'
import type { Candidate } from './sources.ts'
import { withTarget } from './target.ts'

export async function demo(
  flags: Readonly<Record<string, unknown>>,
  loaded: Loaded,
  version: string,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  if (flags['truth'] === true) {
    process.stdout.write(`${JSON.stringify(demonstrationTruth(), null, 2)}\n`)
    return EXIT.done
  }
  const stories = storiesOf(flags['only'] as string | undefined)
  const objects = [...demonstration(stories)]
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0)
  out.say(`Synthetic patients, obviously so: ${objects.length} objects, ${size(bytes)}.`)
  return withTarget('demo', flags, loaded, version, signal, (target) =>
    importAll(target, { from: objects.map(candidateOf), total: objects.length, signal }, out),
  )
}

/** @throws {ArchiveError} `USAGE` */
function storiesOf(only: string | undefined): readonly StoryName[] {
  if (only === undefined) return STORY_NAMES
  return only.split(',').map((name) => {
    if (isStoryName(name)) return name
    throw new ArchiveError('USAGE', { why: `There is no story ${name}; the stories are ${STORY_NAMES.join(', ')}.` })
  })
}

const candidateOf = ({ instance, bytes, open }: SyntheticObject): Candidate => ({
  name: instance,
  named: true,
  bytes,
  mark: undefined,
  inOrder: false,
  open,
})
