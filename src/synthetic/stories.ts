/**
 * The stories of the demonstration, and their objects one after the other. Nothing is made before it is read.
 */
import { BETWEEN, betweenObjects } from './between.ts'
import { BRAIN_VISITS, brainVisits } from './brain-story.ts'
import { breastRounds, ROUNDS } from './breast-story.ts'
import { fractureVisits, VISITS } from './fracture-story.ts'
import { noduleMeasurements } from './measurements.ts'
import type { Told } from './modules.ts'
import { EXAMINATIONS, noduleExaminations } from './nodule-story.ts'
import type { SyntheticObject } from './object.ts'
import { noduleReports } from './reports.ts'
import { BELLY, bellyObjects, HEART_TOLD, heartObjects } from './ultrasound-story.ts'

export interface Story {
  readonly says: string
  readonly told: readonly Told[]
  objects(): Iterable<SyntheticObject>
}

export const STORIES = {
  nodule: {
    says: 'a lung nodule that grows and shrinks under treatment, over six CTs',
    told: [...EXAMINATIONS, ...BETWEEN, BELLY],
    *objects() {
      yield* betweenObjects()
      yield* bellyObjects()
      yield* noduleExaminations()
      yield* noduleReports()
      yield* noduleMeasurements()
    },
  },
  fracture: { says: 'a broken wrist that heals, on four days', told: VISITS, objects: fractureVisits },
  brain: {
    says: 'plaques in a brain, one of which shrinks, in several contrasts and planes',
    told: BRAIN_VISITS,
    objects: brainVisits,
  },
  breast: { says: 'mammograms of two rounds', told: ROUNDS, objects: breastRounds },
  heart: { says: 'a beating heart by ultrasound', told: HEART_TOLD, objects: heartObjects },
} as const satisfies Readonly<Record<string, Story>>

export type StoryName = keyof typeof STORIES

export const STORY_NAMES = Object.keys(STORIES) as readonly StoryName[]

export const isStoryName = (name: string): name is StoryName => Object.hasOwn(STORIES, name)

/** The objects of these stories. Each is described at once; its pixels are computed when it is opened. */
export function* demonstration(stories: readonly StoryName[] = STORY_NAMES): Generator<SyntheticObject> {
  for (const story of stories) yield* (STORIES[story] as Story).objects()
}
