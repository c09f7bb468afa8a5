/** `clearkeep retention facts`, `tell`, `reductions`, `let-go`: what people say of retention, and dates they let go. */
import { type ProposeReduction, Reduction, Reductions, type TellFacts, ToldAnswer, ToldFacts } from '../../api/known.ts'
import { ArchiveError } from '../../base/errors.ts'
import { EXIT, type Exit, type Output } from '../command.ts'
import { askArchive, day, type Flags, needed, reasonOf, signatureOf } from './asking.ts'

/** @throws {ArchiveError} `USAGE` */
function aboutOf(flags: Flags): Record<string, string> {
  const named = (['study', 'patient', 'trial'] as const).flatMap((kind) =>
    typeof flags[kind] === 'string' ? [[kind, flags[kind]] as const] : [],
  )
  if (named.length !== 1) throw new ArchiveError('USAGE', { why: 'Say of what: --study, --patient or --trial.' })
  return Object.fromEntries(named)
}

export async function showFacts(flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const query = new URLSearchParams(aboutOf(flags))
  const asked = { path: `/api/retention/facts?${query}`, shape: ToldFacts, act: 'retention.see' }
  const { facts, dates, tags } = await askArchive(flags, asked, signal)
  for (const fact of facts) {
    out.record(fact)
    out.print(`${fact.name}=${fact.value}  ${day(fact.at)} by ${fact.by}: ${fact.reason}`)
  }
  if (facts.length === 0) out.say('Nobody said anything of it.')
  out.say(`Days that can be said: ${dates.map(({ name }) => name).join(', ')}. Tags: ${tags.join(', ')}.`)
  return EXIT.done
}

export async function tellFacts(
  facts: readonly string[],
  flags: Flags,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const set: Record<string, string> = {}
  for (const fact of facts) {
    const at = fact.indexOf('=')
    if (at < 1) throw new ArchiveError('USAGE', { why: `"${fact}" says nothing: NAME=VALUE.` })
    set[fact.slice(0, at)] = fact.slice(at + 1)
  }
  const body: TellFacts = { about: aboutOf(flags), set, reason: reasonOf(flags), preview: flags['preview'] === true }
  const asked = { path: '/api/retention/facts', shape: ToldAnswer, act: 'retention.tell', body }
  const answer = await askArchive(flags, asked, signal)
  out.record(answer)
  const said = ({ status, through }: { status: string; through: string | null }) => through ?? status.toLowerCase()
  for (const { study, was, now, floor } of answer.dates)
    out.print(
      `${study}  ${floor === null ? `${said(was)} becomes ${said(now)}` : `${floor} stands: it would end earlier`}`,
    )
  out.say(`${answer.studies} decided anew, ${answer.dates.length} dates changed or stand.`)
  return EXIT.done
}

export async function listReductions(flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const asked = { path: '/api/retention/reductions', shape: Reductions, act: 'retention.see' }
  const { reductions } = await askArchive(flags, asked, signal)
  for (const one of reductions) tell(one, out)
  if (reductions.length === 0) out.say('No date is to be let go.')
  return EXIT.done
}

export async function proposeReduction(study: string, flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const evidence = needed(flags, 'evidence', 'Name the paper it rests on, with --evidence.')
  const body: ProposeReduction = { study, evidence, reason: reasonOf(flags) }
  const asked = { path: '/api/retention/reductions', shape: Reduction, act: 'reduction.propose', body }
  tell(await askArchive(flags, asked, signal), out)
  return EXIT.done
}

export async function stepOfReduction(
  step: 'approve/first' | 'approve/second' | 'end',
  id: number,
  flags: Flags,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const act = step === 'end' ? 'reduction.propose' : `reduction.${step.replace('/', '.')}`
  const body = { reason: reasonOf(flags), ...(step === 'end' ? {} : signatureOf(flags)) }
  const asked = { path: `/api/retention/reductions/${id}/${step}`, shape: Reduction, act, body }
  tell(await askArchive(flags, asked, signal), out)
  return EXIT.done
}

function tell(reduction: Reduction, out: Output): void {
  out.record(reduction)
  const { id, state, study, floor, proposed, reason } = reduction
  out.print(
    `${id}  ${state}  ${study}  stands through ${floor}  proposed ${day(proposed.at)} by ${proposed.by}: ${reason}`,
  )
}
