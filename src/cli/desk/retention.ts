/** `clearkeep retention`: until when studies are kept, by which rules, and how rules are adopted. */
import {
  DueStudies,
  type ProposeRules,
  RetentionCalendar,
  RuleAdoption,
  SiteRules,
  StudyRetention,
} from '../../api/retention.ts'
import { EXIT, type Exit, type Output, size } from '../command.ts'
import { askArchive, day, type Flags, reasonOf, signatureOf } from './asking.ts'

export async function showRetention(study: string, flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const asked = { path: `/api/studies/${encodeURIComponent(study)}/retention`, shape: StudyRetention, act: 'find' }
  const decision = await askArchive(flags, asked, signal)
  out.record(decision)
  const { status, retainThrough, eligibleOn, holds, governing, flags: assumed, missing, configured, stands } = decision
  const until =
    retainThrough === null
      ? 'kept without end'
      : `kept at least through ${retainThrough}${eligibleOn === null ? '' : `, may be considered from ${eligibleOn}`}`
  out.print(`${status}  ${configured ? until : 'kept without end: no rules of retention have been adopted'}`)
  for (const { id, since } of holds) out.print(`    legal hold ${id} since ${day(since)}`)
  for (const { id, title, source } of governing) out.print(`    ${title}: ${source} (${id})`)
  if (decision.destroyBy !== null) out.print(`    the law wants it destroyed by ${decision.destroyBy}`)
  if (stands !== null)
    out.print(
      `    stands through ${stands.through}: ${stands.because === 'promised' ? 'promised before' : 'people want it'}`,
    )
  if (assumed.length > 0) out.print(`    assumed: ${assumed.join(', ')}`)
  if (missing.length > 0) out.print(`    would have to be known: ${missing.join(', ')}`)
  return EXIT.done
}

export async function showCalendar(flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const query = new URLSearchParams()
  for (const name of ['jurisdictions', 'institution'] as const)
    if (typeof flags[name] === 'string') query.set(name, flags[name])
  if (flags['instead'] === true) query.set('instead', 'true')
  const asked = { path: `/api/retention/calendar?${query}`, shape: RetentionCalendar, act: 'retention.see' }
  const calendar = await askArchive(flags, asked, signal)
  out.record(calendar)
  const { jurisdictions, institution, all, due, later, indefinite, undetermined, held, months } = calendar
  const row = (name: string, { studies, bytes }: { studies: number; bytes: number }) =>
    out.print(`${name.padEnd(26)}${String(studies).padStart(10)}  ${size(bytes)}`)
  out.say(
    jurisdictions.length === 0
      ? 'No rules of retention: everything is kept without end.'
      : `By the rules of ${jurisdictions.join(', ')}${institution === '' ? '' : ` for ${institution}`}.`,
  )
  row('Studies', all)
  row('May be considered today', due)
  row('On a later day', later)
  row('Without end', indefinite)
  row('Until more is known', undetermined)
  row('On legal hold', held)
  row('Past their maximum', calendar.pastMaximum)
  row('Within a year of it', calendar.nearMaximum)
  for (const { month, ...tally } of months) row(`  from ${month}`, tally)
  return EXIT.done
}

export async function listDue(flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
  const query = new URLSearchParams({ until: (flags['until'] as string | undefined) ?? tomorrow })
  if (typeof flags['from'] === 'string') query.set('from', flags['from'])
  const asked = { path: `/api/retention/due?${query}`, shape: DueStudies, act: 'retention.see' }
  const { studies, truncated } = await askArchive(flags, asked, signal)
  for (const study of studies) {
    out.record(study)
    const { eligibleOn, modalities, bytes, governing, assumed } = study
    out.print(
      `${study.study}  ${eligibleOn}  ${modalities.join(' ')}  ${size(bytes)}  ${governing.join(' ')}${assumed ? '  something was assumed' : ''}`,
    )
  }
  out.say(`${studies.length} studies${truncated ? ', and more' : ''}. Nothing is removed by a machine alone.`)
  return EXIT.done
}

export async function listRules(flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const asked = { path: '/api/retention/rules', shape: SiteRules, act: 'retention.see' }
  const { adoptions, shipped } = await askArchive(flags, asked, signal)
  for (const one of adoptions) tell(one, out)
  if (adoptions.every(({ state }) => state !== 'in force')) out.say('No rules count: everything is kept without end.')
  out.say(`There are rules for ${shipped.map(({ set }) => set).join(', ')}.`)
  return EXIT.done
}

export async function proposeRules(flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const body: ProposeRules = {
    jurisdictions: ((flags['jurisdictions'] as string | undefined) ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
    institution: (flags['institution'] as string | undefined) ?? '',
    instead: flags['instead'] === true,
    mode: flags['lock'] === true ? 'compliance' : 'governance',
    reason: reasonOf(flags),
  }
  const asked = { path: '/api/retention/rules', shape: RuleAdoption, act: 'rules.propose', body }
  tell(await askArchive(flags, asked, signal), out)
  return EXIT.done
}

export async function stepOfRules(
  step: 'approve/first' | 'approve/second' | 'end',
  id: number,
  flags: Flags,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const act = step === 'end' ? 'rules.propose' : `rules.${step.replace('/', '.')}`
  const body = { reason: reasonOf(flags), ...(step === 'end' ? {} : signatureOf(flags)) }
  tell(
    await askArchive(flags, { path: `/api/retention/rules/${id}/${step}`, shape: RuleAdoption, act, body }, signal),
    out,
  )
  return EXIT.done
}

function tell(adoption: RuleAdoption, out: Output): void {
  out.record(adoption)
  const { id, state, jurisdictions, institution, mode, instead, proposed, adopted } = adoption
  out.print(
    [
      id,
      state,
      `${jurisdictions.join(', ') || 'no jurisdiction'}${institution === '' ? '' : ` for ${institution}`}`,
      ...(mode === 'compliance' ? ['locked for ever'] : []),
      ...(instead ? ['instead of those before'] : []),
      `proposed ${day(proposed.at)} by ${proposed.by}`,
      ...(adopted === null ? [] : [`adopted ${day(adopted.at)} by ${adopted.by}`]),
    ].join('  '),
  )
}
