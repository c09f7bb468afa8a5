/** `clearkeep identity`: which patient IDs are one person. */
import { IdentityReviews, Person, type PersonKey, type Relate, Settled } from '../../api/identity.ts'
import { ArchiveError } from '../../base/errors.ts'
import { patientKey } from '../../ledger/subject.ts'
import { EXIT, type Exit, type Output } from '../command.ts'
import { askArchive, day, type Flags, reasonOf } from './asking.ts'

/** `ISSUER|ID`, or an ID that nobody issued, as part of an address. */
function addressOf(patient: string): string {
  const at = patient.indexOf('|')
  const key = patientKey(at < 0 ? '' : patient.slice(0, at), patient.slice(at + 1))
  if (key === '') throw new ArchiveError('USAGE', { why: 'a patient is ISSUER|ID, or |ID without an issuer.' })
  return Buffer.from(key).toString('base64url')
}

export async function showPerson(patient: string, flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const asked = { path: `/api/patients/${addressOf(patient)}/identity`, shape: Person, act: 'identity.see' }
  tell(await askArchive(flags, asked, signal), out)
  return EXIT.done
}

export async function relate(
  op: Relate['op'],
  from: string,
  into: string,
  flags: Flags,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const body: Relate = {
    op,
    from: addressOf(from),
    into: addressOf(into),
    reason: reasonOf(flags),
    sure: flags['sure'] === true,
  }
  tell(
    await askArchive(flags, { path: '/api/identity/relations', shape: Person, act: 'identity.change', body }, signal),
    out,
  )
  return EXIT.done
}

export async function listReviews(flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const open = flags['all'] !== true
  const asked = { path: `/api/identity/reviews?open=${open}`, shape: IdentityReviews, act: 'identity.see' }
  const { reviews } = await askArchive(flags, asked, signal)
  for (const review of reviews) {
    out.record(review)
    const { kind, why, followed, from, into, by, at, settled, contradictions } = review
    const state = settled !== null ? `settled ${day(settled.at)} by ${settled.by}` : followed ? 'was done' : 'waits'
    const says = why === 'facts' ? `differ: ${contradictions.join(', ')}` : why
    const what =
      from.key === into.key ? `${named(from)} by HL7 and by images` : `${kind} ${named(from)} into ${named(into)}`
    out.print(`${review.review}  ${what}  ${says}  ${state}  told by ${by} ${day(at)}`)
  }
  if (reviews.length === 0) out.say('Nothing about identities waits to be decided.')
  return EXIT.done
}

export async function settleReview(review: string, flags: Flags, signal: AbortSignal, out: Output): Promise<Exit> {
  const body = { reason: reasonOf(flags) }
  const path = `/api/identity/reviews/${encodeURIComponent(review)}/settle`
  const { open } = await askArchive(flags, { path, shape: Settled, act: 'identity.change', body }, signal)
  out.record({ review, open })
  out.say(`${open === 0 ? 'Nothing' : open} about identities waits now.`)
  return EXIT.done
}

const named = ({ id, issuer }: Pick<PersonKey, 'id' | 'issuer'>): string => `${issuer}|${id}`

function tell(person: Person, out: Output): void {
  out.record(person)
  for (const one of person.keys)
    out.print(
      `${named(one)}${one.key === person.person ? '  stands for the person' : ''}  ${one.name}  ${one.birthDate}  ${one.sex}  ${one.studies} ${one.studies === 1 ? 'study' : 'studies'}`,
    )
  for (const { kind, from, into, active, by, at, reason } of person.relations)
    out.print(
      `    ${kind} ${named(from)} into ${named(into)}${active ? '' : ', taken back'}  ${day(at)} by ${by}: ${reason}`,
    )
  if (person.contradictions.length > 0) out.print(`    contradicts itself: ${person.contradictions.join(', ')}`)
}
