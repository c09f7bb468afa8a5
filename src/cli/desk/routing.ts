/** `clearkeep routing`: what goes where, and what waits. */
import { readFileSync } from 'node:fs'
import { QueueStepped, RouteEntry, RouteRow, RoutingPage, StuckObjects, TriedStudies } from '../../api/routing.ts'
import { ArchiveError } from '../../base/errors.ts'
import { EXIT, type Exit, type Output } from '../command.ts'
import { askArchive, day, type Flags, reasonOf } from './asking.ts'

export async function listRouting(flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const asked = { path: '/api/routing', shape: RoutingPage, act: 'routing.see' }
  const { routes, destinations } = await askArchive(flags, asked, signal)
  for (const one of routes) tell(one, out)
  if (routes.length === 0) out.say('No rules: nothing is sent by itself.')
  for (const one of destinations) {
    out.record({ destination: one })
    const { name, where, waiting, stuck, away, sending } = one
    const state = away !== null ? `away since ${day(away.since)}: ${away.why}` : sending ? 'sending' : 'there'
    out.print(`${name}  ${where}  ${waiting} waiting, ${stuck} refused  ${state}`)
  }
  return EXIT.done
}

/** A rule as JSON, as `GET /api/routing` shows it: from a file, or `-` for standard input. @throws {ArchiveError} `USAGE` */
function ruleIn(file: string): RouteEntry {
  let given: unknown
  try {
    given = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'))
  } catch (cause) {
    throw new ArchiveError('USAGE', { why: `${file === '-' ? 'standard input' : file} holds no JSON.` }, { cause })
  }
  const read = RouteEntry.safeParse(given)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new ArchiveError('USAGE', { why: `the rule is not understood at ${issue?.path.join('.')}: ${issue?.message}.` })
}

export async function addRoute(file: string, flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const asked = { path: '/api/routing/routes', shape: RouteRow, act: 'routing.manage', body: ruleIn(file) }
  tell(await askArchive(flags, asked, signal), out)
  return EXIT.done
}

export async function switchRoute(
  id: number,
  on: boolean,
  flags: Flags,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const page = { path: '/api/routing', shape: RoutingPage, act: 'routing.see' }
  const known = (await askArchive(flags, page, signal)).routes.find((one) => one.id === id)
  if (known === undefined) throw new ArchiveError('NOT_FOUND', { what: `route ${id}` })
  const body = { name: known.name, enabled: on, rule: known.rule }
  tell(
    await askArchive(
      flags,
      { path: `/api/routing/routes/${id}`, shape: RouteRow, act: 'routing.manage', body },
      signal,
    ),
    out,
  )
  return EXIT.done
}

export async function tryRoute(file: string, flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const asked = { path: '/api/routing/try', shape: TriedStudies, act: 'routing.manage', body: ruleIn(file).rule }
  const { studies } = await askArchive(flags, asked, signal)
  for (const one of studies) {
    out.record(one)
    if (one.matching > 0)
      out.print(`${one.study}  ${one.studyDate}  ${one.modalities.join(' ')}  ${one.matching} of ${one.series} series`)
  }
  const matching = studies.filter((one) => one.matching > 0).length
  out.say(`Of the ${studies.length} studies that came last it would have sent something of ${matching}.`)
  return EXIT.done
}

export async function listStuck(name: string, flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const path = `/api/routing/destinations/${encodeURIComponent(name)}/stuck`
  const { objects } = await askArchive(flags, { path, shape: StuckObjects, act: 'routing.see' }, signal)
  for (const one of objects) {
    out.record(one)
    out.print(`${one.instance}  of study ${one.study}  ${one.attempts} times: ${one.why}`)
  }
  if (objects.length === 0) out.say(`${name} refused nothing.`)
  return EXIT.done
}

export async function stepOfQueue(
  step: 'retry' | 'drop',
  name: string,
  flags: Flags,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const path = `/api/routing/destinations/${encodeURIComponent(name)}/${step}`
  const body = { reason: reasonOf(flags) }
  const { objects } = await askArchive(flags, { path, shape: QueueStepped, act: 'routing.manage', body }, signal)
  out.record({ destination: name, step, objects })
  out.say(step === 'retry' ? `${objects} objects are tried now.` : `${objects} objects are not sent any more.`)
  return EXIT.done
}

function tell(route: RouteRow, out: Output): void {
  out.record(route)
  const { attributes, from, doors, hours, to } = route.rule
  const when = [
    ...attributes.map(({ keyword, value }) => `${keyword}=${value}`),
    ...(from.length > 0 ? [`from ${from.join(' or ')}`] : []),
    ...(doors.length > 0 ? [`by ${doors.join(' or ')}`] : []),
    ...(hours === undefined ? [] : [`${hours.from} to ${hours.until}`]),
  ]
  out.print(
    `${route.id}  ${route.name}${route.enabled ? '' : ' (off)'}: ${when.length === 0 ? 'everything' : when.join(', ')} to ${to.join(', ')}`,
  )
}
