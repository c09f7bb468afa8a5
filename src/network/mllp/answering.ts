/**
 * From the bytes of a message to its acknowledgement: understood by the room `hl7`, made durable by the archive, and only
 * then answered. What cannot be understood is handed on all the same: the archive keeps it for a person.
 */
import type { Archive } from '../../archive/archive.ts'
import { messageDigest } from '../../archive/workflow/messages.ts'
import type { IncomingMessage } from '../../archive/workflow/workflow.ts'
import type { Bytes } from '../../base/bytes.ts'
import type { Context } from '../../base/context.ts'
import { asArchiveError } from '../../base/errors.ts'
import { isUsableUid } from '../../dicom/uid.ts'
import { writeAcknowledgement } from '../../hl7/acknowledgement.ts'
import { type Read, readMessage } from '../../hl7/reading.ts'
import { studyOfReport } from '../../hl7/reports.ts'
import { type Header, headerOf, type Told, toldBy } from '../../hl7/told.ts'

export interface Answered {
  readonly text: string
  readonly code: 'AA' | 'AE' | 'AR'
  readonly type: string
  readonly again: boolean
}

const NOBODY: Header = {
  sender: '|',
  receiver: '|',
  type: '',
  controlId: '',
  processingId: '',
  version: '',
  at: undefined,
}

/** Never throws: what the archive cannot keep is answered AR, so that the sender sends it again. */
export async function answerTo(
  archive: Pick<Archive, 'takeMessage'>,
  bytes: Bytes,
  context: Context,
  undeclared: string,
): Promise<Answered> {
  const { header, message } = understand(bytes, undeclared)
  const answer = (code: 'AA' | 'AE' | 'AR', why: string): string =>
    writeAcknowledgement({
      ...header,
      code,
      why,
      // The same for the same message, however often it comes.
      ownId: message.digest.slice(0, 20).toUpperCase(),
      at: `${context.now().toISOString().replace(/\D/g, '').slice(0, 14)}+0000`,
    })
  try {
    const { outcome, why, again } = await archive.takeMessage(context, message)
    return { text: answer(outcome, why), code: outcome, type: header.type, again }
  } catch (thrown) {
    const { fact } = asArchiveError(thrown)
    return { text: answer('AR', fact), code: 'AR', type: header.type, again: false }
  }
}

function understand(raw: Bytes, undeclared: string): { readonly header: Header; readonly message: IncomingMessage } {
  let read: Read | undefined
  let told: Told | undefined
  let header = NOBODY
  let fault: IncomingMessage['fault']
  try {
    read = readMessage(raw, undeclared)
    header = headerOf(read)
    told = toldBy(read)
    if (header.controlId === '') fault = { code: 'AE', why: 'The message has no control ID (MSH-10).' }
  } catch (thrown) {
    const error = asArchiveError(thrown)
    // What is of another kind is rejected whatever it says; what lacks something is in error (HL7 v2.5.1 2.9.2).
    fault = { code: error.code === 'HL7_CONTENT' ? 'AE' : 'AR', why: error.fact }
  }
  return {
    header,
    message: {
      raw,
      sender: header.sender,
      control: header.controlId,
      type: header.type,
      characterSet: read?.characterSet ?? '',
      digest: messageDigest(header.type, bodyOf(raw)),
      at: header.at,
      accession: read?.first('OBR')?.text('placerField1') ?? '',
      study: reportedStudy(header, read),
      ...(fault === undefined ? { asked: told } : { fault }),
    },
  }
}

/** Of a report, where it says so and a UID can be that. */
function reportedStudy({ type }: Header, read: Read | undefined): string {
  const study = read === undefined || !type.startsWith('ORU') ? '' : studyOfReport(read)
  return isUsableUid(study) ? study : ''
}

/** All that follows the first segment: its time and its route may differ when a message is sent again. */
function bodyOf(raw: Bytes): string {
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1')
  const head = /^\s*MSH[^\r\n]*/.exec(text)?.[0] ?? ''
  return text.slice(head.length)
}
