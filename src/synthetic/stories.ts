/**
 * The stories of the demonstration, and their objects one after the other. Nothing is made before it is read.
 */
import type { Told } from './modules.ts'
import { EXAMINATIONS, noduleExaminations } from './nodule-story.ts'
import type { SyntheticObject } from './object.ts'

export interface Story {
  readonly says: string
  readonly told: readonly Told[]
  objects(): Iterable<SyntheticObject>
}

export const STORIES = {
  nodule: {
    says: 'a lung nodule that grows and shrinks under treatment, over six CTs',
    told: EXAMINATIONS,
    objects: noduleExaminations,
  },
} as const satisfies Readonly<Record<string, Story>>

export type StoryName = keyof typeof STORIES

export const STORY_NAMES = Object.keys(STORIES) as readonly StoryName[]

export const isStoryName = (name: string): name is StoryName => Object.hasOwn(STORIES, name)

/** The objects of these stories. Each is described at once; its pixels are computed when it is opened. */
export function* demonstration(stories: readonly StoryName[] = STORY_NAMES): Generator<SyntheticObject> {
  for (const story of stories) yield* STORIES[story].objects()
}
