/** `/api/demo`: fills the archive with synthetic patients, for whoever may store. */
import type { z } from 'zod'
import { Demo, DemoStart } from '../../api/demo.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { StoryName } from '../../synthetic/stories.ts'
import type { DemoRun } from '../demo/run.ts'
import { type Route, route } from '../routes.ts'

export function demoRoutes(run: DemoRun): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/demo',
      act: 'store',
      says: 'How far the demonstration is.',
      answers: [{ status: 200, says: 'Its state.', shape: Demo }],
      handle: async (): Promise<z.infer<typeof Demo>> => run.state(),
    }),
    route({
      method: 'POST',
      url: '/api/demo',
      act: 'store',
      says: 'Brings in the synthetic patients, unless that is being done already. The answer does not wait for them.',
      body: DemoStart,
      answers: [
        { status: 202, says: 'It runs; GET says how far it is.', shape: Demo },
        { status: 400, says: 'There is no such story.' },
      ],
      handle: async ({ body, context }, reply) => {
        run.start(context, await storiesOf(body.only))
        return reply.status(202).send(run.state())
      },
    }),
  ]
}

/**
 * The stories are loaded when one is asked for: an archive at work need not hold what draws them.
 *
 * @throws {ArchiveError} `BAD_REQUEST`
 */
async function storiesOf(only: readonly string[] | undefined): Promise<readonly StoryName[]> {
  const { isStoryName, STORY_NAMES } = await import('../../synthetic/stories.ts')
  if (only === undefined) return STORY_NAMES
  const stories = only.filter(isStoryName)
  if (stories.length === only.length && stories.length > 0) return stories
  throw new ArchiveError('BAD_REQUEST', { why: `the stories are ${STORY_NAMES.join(', ')}` })
}
