/** Whether a study is whole, in words. */
import type { SeriesRow } from '../../api/studies.ts'
import type { Wholeness } from '../../api/workflow.ts'
import { counted, formatNumber } from '../words/numbers.ts'

export interface WholenessSaid {
  readonly mark: string
  readonly tone: 'good' | 'warn' | 'accent'
  readonly sentence: string
  readonly details: readonly string[]
}

/** Undefined when nothing is known and nothing is missed. */
export function wholenessInWords(
  { state, expected, received, lacking, gaps }: Wholeness,
  series: readonly Pick<SeriesRow, 'series' | 'number' | 'description'>[],
): WholenessSaid | undefined {
  const name = (uid: string): string => {
    const known = series.find((one) => one.series === uid)
    if (known === undefined) return 'A series that did not come'
    return ['Series', known.number ?? '', known.description].filter((part) => part !== '').join(' ')
  }
  const details = [
    ...lacking.map(({ series: uid, missing }) => `${name(uid)}: ${counted(missing, 'object')} did not come.`),
    ...gaps.map(
      ({ series: uid, slices, after }) =>
        `${name(uid)}: ${counted(slices, 'slice')} missing between others, after ${after
          .slice(0, 10)
          .map((at) => `${formatNumber(at, 2)} mm`)
          .join(', ')}.`,
    ),
  ]
  const told = `The modality said it made ${counted(expected, 'object')}; ${received === expected ? 'all of them' : received} came.`
  if (state === 'underway')
    return { mark: 'Under way', tone: 'accent', sentence: 'The modality has not said that it is done.', details }
  if (state === 'lacks') return { mark: 'Not whole', tone: 'warn', sentence: told, details }
  if (gaps.length > 0)
    return {
      mark: 'Gaps between slices',
      tone: 'warn',
      sentence: state === 'whole' ? told : 'No modality said what it made.',
      details,
    }
  return state === 'whole' ? { mark: 'Whole', tone: 'good', sentence: told, details } : undefined
}
