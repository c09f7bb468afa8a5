/**
 * `/api/status`, `/api/callers`, `/healthz`, `/readyz`: is it well, and who may connect.
 */
import { z } from 'zod'
import { AllowCaller, Callers, Status } from '../../api/admin.ts'
import type { Archive } from '../../archive/archive.ts'
import type { Control } from '../../compliance/control.ts'
import { DOOR } from '../doors.ts'
import { type Route, route } from '../routes.ts'

const Health = z.object({ status: z.string() })

export function adminRoutes({
  archive,
  control,
}: {
  readonly archive: Archive
  readonly control: Control
}): readonly Route[] {
  const callers = (): z.infer<typeof Callers> => ({
    devices: [...control.devices.list()],
    refused: [...control.devices.refused()],
  })

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
        { status: 200, says: 'It can.', shape: Health },
        { status: 503, says: 'It can give but not take: there is no room.', shape: Health },
      ],
      handle: async ({ context }, reply) => {
        const { accepting } = await archive.status({ ...context, principal: DOOR })
        return reply.status(accepting ? 200 : 503).send({ status: accepting ? 'ready' : 'no room' })
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
  ]
}
