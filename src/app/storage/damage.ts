/** A damaged file in words: how many images of the study do not come back, and which bytes they are. */
import type { z } from 'zod'
import type { DamagedFile } from '../../api/storage.ts'
import { counted, formatCount } from '../words/numbers.ts'

/** Images named; the command line has all. */
const SHOWN = 3

export function damageInWords({ harmed }: Pick<z.infer<typeof DamagedFile>, 'harmed'>): string {
  if (harmed.length === 0) return 'No image: every one in it comes back as it came.'
  const named = harmed
    .slice(0, SHOWN)
    .map(({ instance, start, end }) => `${instance} (bytes ${formatCount(start)} to ${formatCount(end)})`)
  const more = harmed.length - named.length
  return `${counted(harmed.length, 'image')} cannot be given out: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
}
