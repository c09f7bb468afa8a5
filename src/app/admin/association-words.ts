/**
 * An association in words: what came of it, and why what was refused was refused, with what to do. Pure; the facts are
 * those the DICOM door keeps, which hold nothing of any patient.
 */
import type { Association } from '../../api/admin.ts'
import type { Tone } from '../ui/Mark.tsx'
import { counted, formatBytes } from '../words/numbers.ts'

export interface Note {
  readonly tone: 'warn' | 'bad' | 'plain'
  readonly says: string
  readonly remedy?: string
}

export interface AssociationStory {
  readonly mark: { readonly tone: Tone; readonly word: string }
  /** `Stored 612 objects (3 were here already) in 12 s, 318 MB.` */
  readonly summary: string
  readonly notes: readonly Note[]
}

export function associationInWords(one: Association, ourAet: string, now: Date): AssociationStory {
  const rejected = one.state.startsWith('rejected')
  const notes = [
    ...endingNotes(one, ourAet),
    ...(rejected ? [] : calledNotes(one, ourAet)),
    ...contextNotes(one),
    ...resultNotes(one),
  ]
  return { mark: markOf(one, notes), summary: rejected ? 'No association came about.' : summaryOf(one, now), notes }
}

// --- how it ended --------------------------------------------------------------------------------------------------

function markOf({ state }: Association, notes: readonly Note[]): AssociationStory['mark'] {
  if (state === 'open') return { tone: 'accent', word: 'Open now' }
  if (state.startsWith('rejected')) return { tone: 'bad', word: 'Turned away' }
  if (state.startsWith('released'))
    return notes.some(({ tone }) => tone === 'bad')
      ? { tone: 'warn', word: 'Released, not all taken' }
      : { tone: 'good', word: 'Released' }
  if (state.startsWith('lost')) return { tone: 'bad', word: 'Connection lost' }
  if (state.startsWith('timed out')) return { tone: 'bad', word: 'Timed out' }
  return { tone: 'bad', word: 'Aborted' }
}

/** What a rejection says (PS3.8 Table 9-21), and what to do about it. */
const REJECTIONS: readonly (readonly [says: RegExp, note: (one: Association, ourAet: string) => Note])[] = [
  [
    /calling AE title/,
    ({ callingAet, address }) => ({
      tone: 'bad',
      says: `${callingAet || 'A caller without a title'} at ${address} is not a listed device, so it was turned away.`,
      remedy: 'Allow it under Refused callers, if it is one of yours.',
    }),
  ],
  [
    /called AE title/,
    ({ calledAet }, ourAet) => ({
      tone: 'bad',
      says: `It called us ${calledAet || '(nothing)'}, but our title is ${ourAet}, and only that is answered to here.`,
      remedy: `Set the called AE title to ${ourAet} at the device, or dicom.anyCalledAet to true here.`,
    }),
  ],
  [
    /limit|congestion/,
    () => ({
      tone: 'bad',
      says: 'There were too many associations at that moment, or the archive was stopping.',
      remedy: 'The device may try again; if it often happens, raise dicom.maxAssociations.',
    }),
  ],
]

function endingNotes(one: Association, ourAet: string): readonly Note[] {
  const { state } = one
  if (state === 'open' || state.startsWith('released')) return []
  const why = state.split(': ').slice(1).join(': ')
  if (state.startsWith('rejected')) {
    const known = REJECTIONS.find(([says]) => says.test(why))
    return [known ? known[1](one, ourAet) : { tone: 'bad', says: `It was turned away: ${why || 'no reason given'}.` }]
  }
  if (state.startsWith('lost'))
    return [
      {
        tone: 'bad',
        says: `The connection broke before the device said goodbye (${why}).`,
        ...(taken(one) > 0 ? { remedy: 'What was answered before is kept; the device sends the rest again.' } : {}),
      },
    ]
  const who = state.startsWith('aborted by us') ? 'We broke it off' : 'The device broke it off'
  return [{ tone: 'bad', says: `${who}: ${why || 'no reason given'}.`, remedy: 'What was answered before is kept.' }]
}

const taken = ({ counts }: Association): number =>
  (counts['stored'] ?? 0) + (counts['already'] ?? 0) + (counts['conflict'] ?? 0)

function calledNotes({ calledAet }: Association, ourAet: string): readonly Note[] {
  if (calledAet === ourAet || calledAet === '') return []
  return [{ tone: 'plain', says: `It called us ${calledAet}; our title is ${ourAet}. We answered all the same.` }]
}

// --- what was agreed on --------------------------------------------------------------------------------------------

/** Kinds of objects and services for which nothing was agreed on; one that got a context of its own is no matter. */
function contextNotes({ contexts }: Association): readonly Note[] {
  const agreed = new Set(contexts.filter(({ accepted }) => accepted).map(({ abstractSyntax }) => abstractSyntax))
  const refused = Map.groupBy(
    contexts.filter(({ abstractSyntax }) => !agreed.has(abstractSyntax)),
    ({ abstractSyntax }) => abstractSyntax,
  )
  return [...refused].map(([what, tries]): Note => {
    const proposed = [...new Set(tries.flatMap((one) => one.proposed))]
    if (tries.every(({ answer }) => answer.startsWith('transfer syntax')))
      return {
        tone: 'bad',
        says: `For ${what} it proposed only ${list(proposed)}, which we do not take.`,
        remedy: 'Let the device propose another transfer syntax too; Implicit VR Little Endian always does.',
      }
    if (tries.every(({ answer }) => answer.startsWith('abstract syntax')))
      return { tone: 'warn', says: `It asked for ${what}, which this archive does not offer.` }
    return { tone: 'warn', says: `${what}: ${tries[0]?.answer ?? 'not answered'}.` }
  })
}

// --- what came of it -----------------------------------------------------------------------------------------------

function resultNotes({ refusals, counts }: Association): readonly Note[] {
  const conflicts = counts['conflict'] ?? 0
  return [
    ...refusals.map(
      ({ fact, remedy, times }): Note => ({
        tone: 'bad',
        says: times === 1 ? `One was refused: ${fact}` : `${times} were refused; the first: ${fact}`,
        remedy,
      }),
    ),
    ...(conflicts === 0
      ? []
      : [
          {
            tone: 'warn' as const,
            says: `${counted(conflicts, 'object')} came under a UID that other content has. Both are kept.`,
            remedy: 'See Conflicts.',
          },
        ]),
  ]
}

function summaryOf(one: Association, now: Date): string {
  const count = (name: string) => one.counts[name] ?? 0
  const objects = taken(one)
  const known = new Set(['stored', 'already', 'conflict', 'refused', 'echo'])
  const parts = [
    objects > 0 &&
      `stored ${counted(objects, 'object')}${count('already') > 0 ? ` (${count('already')} ${count('already') === 1 ? 'was' : 'were'} here already)` : ''}`,
    count('refused') > 0 && `refused ${counted(count('refused'), 'request')}`,
    count('echo') > 0 && `answered ${counted(count('echo'), 'echo', 'echoes')}`,
    ...Object.entries(one.counts).map(([name, times]) => !known.has(name) && times > 0 && `${times} × ${name}`),
  ].filter((part): part is string => typeof part === 'string')
  const did = parts.length === 0 ? (one.state === 'open' ? 'nothing yet' : 'nothing was asked for') : list(parts)
  const moved = one.bytesReceived + one.bytesSent
  return `${did[0]?.toUpperCase()}${did.slice(1)} in ${durationOf(one, now)}, ${formatBytes(moved)}.`
}

function durationOf({ startedAt, endedAt }: Association, now: Date): string {
  const seconds = Math.max(0, (endedAt === null ? now : new Date(endedAt)).getTime() - Date.parse(startedAt)) / 1000
  if (seconds < 0.1) return 'under 0.1 s'
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  return `${Math.round(seconds / 60)} min`
}

/** `a, b and c` */
function list(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
