/** Who took part in an act (PS3.15 A.5.2.1 and A.5.2.2). */
import { type Act, type Line, MESSAGES } from './acts.ts'
import { ACCESS_POINT, type Coded, MEDIA_URI, ROLE_ID } from './codes.ts'
import type { AuditSource, Participant } from './message.ts'
import { type Body, list, NONE, object, text } from './values.ts'

export function participantsOf(act: Act, body: Body, source: AuditSource): readonly Participant[] {
  const cast = act.cast ?? MESSAGES[act.id].cast
  return cast.flatMap((line) => takingPart(line, { act, body, source, cast }))
}

interface Scene {
  readonly act: Act
  readonly body: Body
  readonly source: AuditSource
  readonly cast: readonly Line[]
}

function takingPart([who, role, requestor]: Line, { act, body, source, cast }: Scene): readonly Participant[] {
  const roles = role === 'own' ? [] : [ROLE_ID[role]]
  // A login that failed is journaled by the door it failed at: no account did it.
  const itself = text(object(body['actor'])['userId']).startsWith('sys:') && act.id !== '110114'
  const to = text(body['to'])
  const has = (one: Line[0]) => cast.some((line) => line[0] === one)
  switch (who) {
    case 'archive':
      // What the archive did by itself it asked itself for; it did not start itself (A.5.3.1).
      return [archiveNode(source, roles, requestor || (itself && role !== '110150'))]
    case 'asker':
      if (itself) return has('archive') ? [] : [archiveNode(source, roles, requestor)]
      // Who asked for images to be sent to itself is their receiver, and stands there.
      return has('receiver') && to === '' ? [] : [askerOf(act, body, roles, requestor)]
    case 'receiver':
      if (to !== '') return [application(to, roles)]
      return [itself ? application('', roles) : askerOf(act, body, roles, true)]
    case 'media':
      return [
        {
          userId: mediumOf(act),
          requestor: false,
          person: false,
          roles,
          mediaType: MEDIA_URI,
          accessPoint: pointOf(body),
        },
      ]
  }
}

function askerOf(act: Act, body: Body, roles: readonly Coded[], requestor: boolean): Participant {
  const actor = object(body['actor'])
  const id = text(actor['userId']).replace(/^sys:.*/s, '')
  const own = list(actor['roles']).map(
    (role): Coded => ({ code: text(role), system: '99CLEARKEEP', meaning: text(role) }),
  )
  const base = { requestor, roles: roles.length > 0 ? roles : own, accessPoint: pointOf(body) }
  const device = /^ae:(.*)$/s.exec(id)?.[1]
  if (device !== undefined) return { ...base, ...aeTitled(device), person: false }
  // Who failed to log in is known by what they typed alone.
  const typed = act.id === '110114' ? text(body['name']) : ''
  const name = text(actor['name']) || typed
  return {
    ...base,
    userId: name || id || NONE,
    ...(name !== '' && id !== '' && { alternativeUserId: id }),
    ...(name !== '' && { userName: name }),
    person: true,
  }
}

/** A.5.2.2: a DICOM application is known by its AE title. */
const aeTitled = (aet: string) => ({ userId: aet || NONE, ...(aet !== '' && { alternativeUserId: `AETITLES=${aet}` }) })

const application = (aet: string, roles: readonly Coded[]): Participant => ({
  ...aeTitled(aet),
  requestor: false,
  person: false,
  roles,
})

const archiveNode = (source: AuditSource, roles: readonly Coded[], requestor: boolean): Participant => ({
  userId: source.id,
  alternativeUserId: `AETITLES=${source.aeTitle}`,
  userName: 'Clearkeep',
  requestor,
  person: false,
  roles,
  accessPoint: { type: ACCESS_POINT.machine, id: source.host },
})

const mediumOf = ({ id }: Act): string => (id === '110106' ? 'evidence pack' : 'imported files')

/** Where the asker sat; mandatory for a login (A.5.3.12), so it is said when it is not known too. */
function pointOf(body: Body): NonNullable<Participant['accessPoint']> {
  const ip = text(object(body['client'])['ip'])
  return ip === '' ? { type: ACCESS_POINT.machine, id: NONE } : { type: ACCESS_POINT.ip, id: ip }
}
