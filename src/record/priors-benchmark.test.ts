import { describe, expect, it } from 'vitest'
import { COURSES, type Labelled, labelledCourses, type WrittenStudy } from '../../test/support/prior-courses.ts'
import { seeded } from '../../test/support/random.ts'
import { normalise } from './normalise.ts'
import { type DatedStudy, relevantPriors } from './priors.ts'

const MIXTURES = 20

const dated = ({ study, date, modality, description, bodyPart, laterality }: WrittenStudy): DatedStudy => ({
  ...normalise({
    description,
    modalities: [modality],
    procedures: [],
    series: [{ modality, description: '', bodyPart, laterality, protocol: '', regionCodes: [], contrastAgent: '' }],
  }),
  study,
  date,
  time: '',
})

const chosen = ({ current, others }: Labelled) => relevantPriors(dated(current), others.map(dated))
const mostRecent = ({ others }: Labelled) => others.reduce((last, one) => (one.date >= last.date ? one : last)).study

describe('relevant priors on courses labelled by hand', () => {
  const set = [...labelledCourses(seeded(2024), MIXTURES)]
  const share = (right: (one: Labelled) => boolean) => set.filter(right).length / set.length

  it('has courses where the most recent is right and where it is not', () => {
    expect(set.length).toBe(COURSES.length * (6 + MIXTURES))
    expect(share((one) => one.right.has(mostRecent(one)))).toBeGreaterThan(0.05)
  })

  it('chooses first what the label says in at least 95 of 100, and 15 more than the most recent does', () => {
    const recall = share((one) => one.right.has(chosen(one)[0]?.study ?? ''))
    const recent = share((one) => one.right.has(mostRecent(one)))
    const missed = new Map<string, number>()
    for (const one of set.filter((one) => !one.right.has(chosen(one)[0]?.study ?? '')))
      missed.set(one.says, (missed.get(one.says) ?? 0) + 1)
    expect(recall, JSON.stringify([...missed])).toBeGreaterThanOrEqual(0.95)
    expect(recall).toBeGreaterThanOrEqual(recent + 0.15)
  })

  it('explains every choice', () => {
    for (const one of set)
      for (const { reasons } of chosen(one)) {
        expect(reasons.length).toBeGreaterThanOrEqual(2)
        for (const reason of reasons) expect(reason).not.toBe('')
      }
  })
})
