/**
 * `/api/status`, `/api/associations`, `/api/callers`, `/healthz`, `/readyz`: is it well, and who may connect.
 */
import { z } from 'zod'
import { AllowCaller, type Association, Associations, Callers, EchoDevice, Echoed, Status } from '../../api/admin.ts'
import type { Archive } from '../../archive/archive.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Control } from '../../compliance/control.ts'
import { DOOR } from '../doors.ts'
import { type Route, route } from '../routes.ts'

const Health = z.object({ status: z.string() })
const Readiness = Health.extend({ alarm: z.string().optional() })
type Readiness = z.infer<typeof Readiness>
const READY_FOR_MS = 1000

export function adminRoutes({
  archive,
  control,
  associations,
  echo,
}: {
  readonly archive: Archive
  readonly control: Control
  readonly associations: () => readonly Association[]
  /** Asks a device whether it is there; undefined where there is no DICOM door. */
  readonly echo: ((device: EchoDevice, signal: AbortSignal) => Promise<Echoed>) | undefined
}): readonly Route[] {
  const callers = (): z.infer<typeof Callers> => ({
    devices: [...control.devices.list()],
    refused: [...control.devices.refused()],
  })

  /** Asked by whoever can reach the port, so looked at once a second at most. */
  let seen: { readonly at: number; readonly state: Promise<Readiness> } | undefined
  const readiness = async (context: Context): Promise<Readiness> => {
    try {
      const { accepting, log } = await archive.status({ ...context, principal: DOOR })
      // Objects are taken all the same: what came is journaled, only not signed.
      return { status: accepting ? 'ready' : 'no room', ...(log.alarm !== '' && { alarm: log.alarm }) }
    } catch {
      return { status: 'failing' }
    }
  }

  return [
    route({
      method: 'GET',
      url: '/healthz',
      act: 'anyone',
      says: 'Is the process alive?',
      answers: [{ status: 200, says: 'It is.', shape: Health }],
      handle: async () => ({ status: 'ok' }),
    }),
    route({
      method: 'GET',
      url: '/readyz',
      act: 'anyone',
      says: 'Can it take and give objects?',
      answers: [
        { status: 200, says: 'It can; `alarm` when the audit log is not signed any more.', shape: Readiness },
        { status: 503, says: 'It cannot take: there is no room, or it is failing.', shape: Readiness },
      ],
      handle: async ({ context }, reply) => {
        const at = performance.now()
        if (seen === undefined || at - seen.at > READY_FOR_MS) seen = { at, state: readiness(context) }
        const state = await seen.state
        return reply.status(state.status === 'ready' ? 200 : 503).send(state)
      },
    }),
    route({
      method: 'GET',
      url: '/api/status',
      act: 'status.see',
      says: 'How much there is, and how much room.',
      answers: [{ status: 200, says: 'The state.', shape: Status }],
      handle: async ({ context }) => archive.status(context),
    }),
    route({
      method: 'GET',
      url: '/api/associations',
      act: 'associations.see',
      says: 'DICOM associations open now and those that ended last: who, what was agreed on and why not, what came of it.',
      answers: [{ status: 200, says: 'The associations, open ones first.', shape: Associations }],
      handle: async (): Promise<z.infer<typeof Associations>> => ({ associations: [...associations()] }),
    }),
    route({
      method: 'GET',
      url: '/api/callers',
      act: 'devices.manage',
      says: 'Devices that may call, and callers that were refused.',
      answers: [{ status: 200, says: 'Both lists.', shape: Callers }],
      handle: async () => callers(),
    }),
    route({
      method: 'POST',
      url: '/api/callers/allow',
      act: 'devices.manage',
      says: 'Lets a device call from now on.',
      body: AllowCaller,
      answers: [{ status: 200, says: 'Both lists as they are now.', shape: Callers }],
      handle: async ({ body, context }) => {
        control.devices.allow(body.aet, body.host)
        const detail = { what: 'device allowed', aet: body.aet, host: body.host }
        await archive.record(context, { type: 'cfg.change', action: 'C', outcome: 0, detail }, 'now')
        return callers()
      },
    }),
    route({
      method: 'POST',
      url: '/api/devices/echo',
      act: 'devices.manage',
      says: 'Calls a device: is it there, and what would it do with us?',
      body: EchoDevice,
      answers: [{ status: 200, says: 'What it answered, or why it did not.', shape: Echoed }],
      handle: async ({ body, context }): Promise<Echoed> => {
        if (echo === undefined) throw new ArchiveError('NOT_FOUND', { what: 'DICOM door' })
        return echo(body, context.signal)
      },
    }),
  ]
}
