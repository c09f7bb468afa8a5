/** `/api/messages`, `/api/orders`: what the hospital's systems told, what is to be done, and whether a study is whole. */
import {
  Message,
  type MessageRow,
  Messages,
  MessagesQuery,
  type OrderRow,
  Orders,
  OrdersQuery,
  SettleMessage,
  Wholeness,
} from '../../api/workflow.ts'
import type { Archive } from '../../archive/archive.ts'
import type { MessageView, OrderView } from '../../archive/workflow/workflow.ts'
import { ArchiveError } from '../../base/errors.ts'
import { may } from '../../compliance/access.ts'
import { readText } from '../../hl7/character-set.ts'
import { splitPatientKey } from '../../ledger/subject.ts'
import { type Ask, type Route, route, uidParam } from '../routes.ts'

export function workflowRoutes(
  archive: Pick<Archive, 'messages' | 'message' | 'settleMessage' | 'orders' | 'wholenessOf'>,
): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/messages',
      act: 'messages.see',
      says: 'HL7 messages as they came, newest first, and how each was answered.',
      query: MessagesQuery,
      answers: [{ status: 200, says: 'The messages.', shape: Messages }],
      handle: async ({ context, query: { attention, before, limit } }): Promise<Messages> => {
        const found = await archive.messages(context, { attention: attention === 'true', before, limit })
        return {
          messages: found.messages.map(messageRow),
          next: found.next ?? null,
          attention: found.attention,
          maySettle: may(context.principal, 'messages.settle').allowed,
        }
      },
    }),
    route({
      method: 'GET',
      url: '/api/messages/:message',
      act: 'messages.see',
      says: 'One message with its text.',
      answers: [
        { status: 200, says: 'The message.', shape: Message },
        { status: 404, says: 'There is no such message.' },
      ],
      handle: async (ask): Promise<Message> => {
        const found = await archive.message(ask.context, numberOf(ask))
        return { ...messageRow(found), segments: segmentsOf(found.raw) }
      },
    }),
    route({
      method: 'POST',
      url: '/api/messages/:message/settle',
      act: 'messages.settle',
      says: 'Says that somebody has looked at a message that could not be followed.',
      body: SettleMessage,
      answers: [
        { status: 200, says: 'The message as it is now.', shape: Message },
        { status: 404, says: 'There is no such message.' },
        { status: 409, says: 'It needs no attention any more.' },
      ],
      handle: async (ask): Promise<Message> => {
        const id = numberOf(ask)
        await archive.settleMessage(ask.context, id, ask.body.reason)
        const found = await archive.message(ask.context, id)
        return { ...messageRow(found), segments: segmentsOf(found.raw) }
      },
    }),
    route({
      method: 'GET',
      url: '/api/orders',
      act: 'find',
      says: 'Scheduled procedure steps: all of them, or those still to be done.',
      query: OrdersQuery,
      answers: [{ status: 200, says: 'The steps.', shape: Orders }],
      handle: async ({ context, query: { open, limit } }): Promise<Orders> => ({
        orders: (await archive.orders(context, { open: open === 'true', limit })).map(orderRow),
      }),
    }),
    route({
      method: 'GET',
      url: '/api/studies/:study/wholeness',
      act: 'find',
      says: 'Is all of the study here that modalities said they made, and are there gaps between its slices?',
      answers: [{ status: 200, says: 'What is known.', shape: Wholeness }],
      handle: async (ask): Promise<Wholeness> => {
        const { state, expected, received, lacking, gaps } = await archive.wholenessOf(
          ask.context,
          uidParam(ask, 'study'),
        )
        return {
          state,
          expected,
          received,
          lacking: [...lacking],
          gaps: gaps.map((gap) => ({ ...gap, after: [...gap.after] })),
        }
      },
    }),
  ]
}

function numberOf({ params }: Pick<Ask, 'params'>): number {
  const text = params['message'] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new ArchiveError('NOT_FOUND', { what: 'such message' })
  return Number(text)
}

/** For a person to read; what is no message is shown as Latin alphabet 1. */
function segmentsOf(raw: Uint8Array): string[] {
  let text: string
  try {
    text = readText(raw).text
  } catch {
    text = new TextDecoder('windows-1252').decode(raw)
  }
  return text
    .split(/\r\n|\r|\n/)
    .filter((line) => line !== '')
    .slice(0, 1000)
    .map((line) => (line.length > 4000 ? `${line.slice(0, 4000)} …` : line))
}

function messageRow({ patient, settled, ...message }: MessageView): MessageRow {
  const who = splitPatientKey(patient)
  const { id, at, address, sender, control, type, outcome, why, note, accession, study, characterSet, attention } =
    message
  return {
    id,
    at,
    address,
    sender,
    control,
    type,
    outcome,
    why,
    note,
    patient: who === undefined ? null : { id: who.id, issuer: who.issuer },
    accession,
    study,
    characterSet,
    attention,
    settled: settled ?? null,
  }
}

function orderRow(order: OrderView): OrderRow {
  const { key, status, date, time, patient, accession, placer, filler, step, study, modality, stationAet } = order
  const { description, priority, reason } = order
  return {
    key,
    status,
    date,
    time,
    patient,
    accession,
    placer,
    filler,
    step,
    study,
    modality,
    stationAet,
    description,
    priority,
    reason,
  }
}
