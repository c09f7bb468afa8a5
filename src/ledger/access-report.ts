/**
 * Who saw this patient's images, and to whom they were given: the acts about a patient added up person by person, and the
 * accounting of disclosures (45 CFR 164.528). Pure: acts go in one by one, oldest first, and memory grows with people and
 * disclosures, not with acts.
 */
import type { Json } from '../base/canonical-json.ts'
import { sentenceOf, whoOf } from './sentence.ts'

type Body = { readonly [key: string]: Json | undefined }

export interface ReportedEvent {
  readonly n: number
  readonly ts: string
  readonly type: string
  /** Pseudonym. */
  readonly actor: string
  /** The body's exact text. */
  readonly body: string
}

/** What somebody did with a patient's record, counted. */
export interface Accessor {
  readonly actor: string
  /** Login name, AE title, or the archive's own part. */
  readonly who: string
  readonly roles: readonly string[]
  readonly first: string
  readonly last: string
  /** Sittings in front of images, and what was shown in them. */
  readonly sittings: number
  readonly instances: number
  readonly frames: number
  /** Searches and pages that showed the patient. */
  readonly looks: number
  readonly stored: number
  readonly given: number
  readonly refused: number
  readonly other: number
  readonly studies: readonly string[]
  readonly addresses: readonly string[]
}

export interface Disclosure {
  readonly n: number
  readonly ts: string
  /** Who received it, as far as the act says. */
  readonly recipient: string
  readonly by: string
  readonly what: string
  readonly study: string
  readonly succeeded: boolean
}

export interface AccessReport {
  readonly acts: number
  readonly first: string
  readonly last: string
  readonly people: readonly Accessor[]
  readonly disclosures: readonly Disclosure[]
}

/** How each type of act counts. Types not here are `other`. */
const COUNTS: Readonly<Record<string, 'sittings' | 'looks' | 'stored' | 'given' | 'refused'>> = {
  'aud.110103': 'sittings',
  'aud.110112': 'looks',
  'obj.ingest': 'stored',
  'obj.receipt': 'stored',
  'obj.conflict': 'stored',
  'obj.refuse': 'refused',
  'aud.110104': 'given',
  'aud.110106': 'given',
  'aud.110113': 'refused',
}

/**
 * Acts by which images leave the archive. 164.528 exempts treatment, payment and operations: which of these that was, a
 * person says, for no act states a purpose yet.
 */
const DISCLOSURES: Readonly<Record<string, string>> = {
  'aud.110104': 'images sent to another system',
  'aud.110106': 'evidence pack',
}

/** An accounting reaches six years back (164.528(a)(1)). */
export const ACCOUNTING_YEARS = 6

interface Counting {
  readonly actor: string
  who: string
  readonly roles: Set<string>
  first: string
  last: string
  sittings: number
  instances: number
  frames: number
  looks: number
  stored: number
  given: number
  refused: number
  other: number
  readonly studies: Set<string>
  readonly addresses: Set<string>
}

/** @param since  disclosures before this moment are not listed */
export function openAccessReport(since: string): { add(event: ReportedEvent): void; report(): AccessReport } {
  const people = new Map<string, Counting>()
  const disclosures: Disclosure[] = []
  let [acts, first, last] = [0, '', '']

  return {
    add: ({ n, ts, type, actor, body: text }) => {
      const body = JSON.parse(text) as Body
      acts += 1
      first ||= ts
      last = ts
      const one = people.get(actor) ?? counting(actor, ts)
      people.set(actor, one)
      one.who = whoOf(body) || one.who
      one.last = ts
      for (const role of strings(member(body, 'actor')['roles'])) one.roles.add(role)
      const address = member(body, 'client')['ip']
      if (typeof address === 'string' && address !== '') one.addresses.add(address)
      const study = body['study']
      if (typeof study === 'string' && study !== '') one.studies.add(study)
      // The closing leaf of a sitting tells what was shown in it; the opening one that it began.
      if (type === 'aud.110103' && body['phase'] === 'closing') {
        const { nInstances, nFrames } = firstOf(body['objects'])
        one.instances += number(nInstances)
        one.frames += number(nFrames)
      } else one[COUNTS[type] ?? 'other'] += 1

      const what = DISCLOSURES[type]
      if (what === undefined || ts < since || isReportOnly(body)) return
      const to = body['to']
      disclosures.push({
        n,
        ts,
        recipient: typeof to === 'string' && to !== '' ? to : one.who,
        by: one.who,
        what:
          type === 'aud.110106'
            ? `${body['form'] === 'capsule' ? 'time capsule' : what}: ${sentenceOf(body)}`
            : sent(body),
        study: typeof study === 'string' ? study : '',
        succeeded: body['outcome'] === 0,
      })
    },
    report: () => ({
      acts,
      first,
      last,
      people: [...people.values()]
        .map(({ roles, studies, addresses, ...counted }) => ({
          ...counted,
          roles: [...roles].sort(),
          studies: [...studies].sort(),
          addresses: [...addresses].sort(),
        }))
        .sort((a, b) => (a.last < b.last ? 1 : -1)),
      disclosures,
    }),
  }
}

const counting = (actor: string, ts: string): Counting => ({
  actor,
  who: actor.replace(/^(ae|sys):/, ''),
  roles: new Set(),
  first: ts,
  last: ts,
  sittings: 0,
  instances: 0,
  frames: 0,
  looks: 0,
  stored: 0,
  given: 0,
  refused: 0,
  other: 0,
  studies: new Set(),
  addresses: new Set(),
})

/** A report of storage commitment says what is kept; it gives nothing away. */
const isReportOnly = ({ what }: Body): boolean => typeof what === 'string' && what.startsWith('commitment')

function sent(body: Body): string {
  const count = number(body['instances'])
  return `${count} ${count === 1 ? 'object' : 'objects'} sent to another system`
}

const member = (body: Body, name: string): Body => {
  const value = body[name]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {}
}
const firstOf = (value: Json | undefined): Body => (Array.isArray(value) ? ((value[0] ?? {}) as Body) : {})
const number = (value: Json | undefined): number => (typeof value === 'number' ? value : 0)
const strings = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
