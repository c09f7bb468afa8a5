/**
 * General acknowledgements, original mode (HL7 v2.5.1 sections 2.9.2 and 2.13.1): MSH, MSA and, of a refusal, ERR.
 */
import { escaped, type Field, type Segment, USUAL, writeMessage } from './message.ts'

/** MSA-1: accepted; an error of its content; rejected, whatever its content. */
export type Acknowledgement = 'AA' | 'AE' | 'AR'

export interface Answer {
  readonly code: Acknowledgement
  /** MSH-10 of what is answered, '' when it had none that could be read. */
  readonly controlId: string
  /** MSH-3 and MSH-4 of what is answered, `application|facility`: the answer goes there. */
  readonly sender: string
  readonly receiver: string
  readonly type: string
  readonly version: string
  readonly processingId: string
  /** Why not; facts of the error table only. */
  readonly why: string
  /** MSH-10 of the answer: the same when the same message is answered again. */
  readonly ownId: string
  /** YYYYMMDDHHMMSS+0000 */
  readonly at: string
}

/** HL7 table 0357, of ERR-3. */
const ERROR_CODES: Readonly<Record<Acknowledgement, string>> = { AA: '0', AE: '101', AR: '207' }

/** As text; its characters are of ASCII, whatever came. */
export function writeAcknowledgement(answer: Answer): string {
  const { code, controlId, sender, receiver, type, version, processingId, why, ownId, at } = answer
  const event = type.split('^')[1] ?? ''
  const [toApplication = '', toFacility = ''] = sender.split('|')
  const [application = '', facility = ''] = receiver.split('|')
  const segments: Segment[] = [
    {
      name: 'MSH',
      fields: [
        [[['|']]],
        [[['^~\\&']]],
        field(application || 'CLEARKEEP'),
        field(facility),
        field(toApplication),
        field(toFacility),
        field(at),
        empty,
        event === '' ? field('ACK') : [[['ACK'], [plain(event)], ['ACK']]],
        field(ownId),
        field(processingId || 'P'),
        field(version || '2.5.1'),
      ],
    },
    { name: 'MSA', fields: [field(code), field(controlId), ...(why === '' ? [] : [field(why)])] },
  ]
  if (code !== 'AA')
    segments.push({
      name: 'ERR',
      fields: [
        empty,
        empty,
        [[[ERROR_CODES[code]], [code === 'AE' ? 'Required field missing' : 'Application error']]],
        field('E'),
        empty,
        empty,
        empty,
        field(why),
      ],
    })
  return writeMessage({ delimiters: USUAL, segments })
}

const empty: Field = [[['']]]
const plain = (text: string): string => escaped(text.replace(/[^\x20-\x7e]/g, '?').slice(0, 250), USUAL)
const field = (text: string): Field => [[[plain(text)]]]
