/** What somebody did with a patient's record, in words. */
import type { AccessReport } from '../../api/access.ts'
import { counted } from '../words/numbers.ts'

type Person = AccessReport['people'][number]

export function didInWords({ sittings, instances, frames, looks, stored, given, other }: Person): string {
  const shown = [
    ...(instances > 0 ? [counted(instances, 'object')] : []),
    ...(frames > 0 ? [counted(frames, 'frame')] : []),
  ].join(' and ')
  const parts = [
    ...(sittings > 0 ? [`looked at images ${times(sittings)}${shown === '' ? '' : ` (${shown})`}`] : []),
    ...(looks > 0 ? [`saw the record in ${counted(looks, 'search or page', 'searches and pages')}`] : []),
    ...(stored > 0 ? [`stored ${counted(stored, 'object')}`] : []),
    ...(given > 0 ? [`gave images away ${times(given)}`] : []),
    ...(other > 0 ? [counted(other, 'other act')] : []),
  ]
  return parts.join('; ').replace(/^./, (letter) => letter.toUpperCase())
}

const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`)
