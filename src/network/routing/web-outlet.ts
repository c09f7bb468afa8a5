/** A DICOMweb server as a place of routing: STOW-RS with one object a request (PS3.18 10.5), over connections kept alive. */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Archive, Form, InstanceRecord } from '../../archive/archive.ts'
import type { ByteStream, Bytes } from '../../base/bytes.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import { tagText } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import type { DicomJson } from '../../dicom/json.ts'
import { statusInWords } from '../dimse/statuses.ts'
import type { Outlet, Sent } from './outlet.ts'

export interface WebDestination {
  readonly name: string
  /** Of the service, as in PS3.18 10.5: `https://host/dicom-web`. */
  readonly url: string
  /** File with a bearer token; '' for none. */
  readonly tokenFile: string
}

/** Without a word for so long, it is not there. */
const ANSWER_WITHIN_MS = 300_000

export function webOutlet(archive: Pick<Archive, 'file'>, { name, url, tokenFile }: WebDestination): Outlet {
  const address = `${url.replace(/\/+$/, '')}/studies`
  return {
    name,
    kind: 'dicomweb',
    where: url,
    open: (_, signal) => {
      let token: Promise<string> | undefined
      const post = async (context: Context, record: InstanceRecord, form: Form): Promise<Answered> => {
        // Read anew for each batch: tokens are changed while the archive runs.
        token ??= tokenFile === '' ? Promise.resolve('') : secretIn(name, tokenFile)
        const bearer = await token
        const boundary = `clearkeep-${randomUUID()}`
        const file = archive.file(context, record, form)
        // What cannot be read fails here, before the destination is asked for anything.
        await file.begin()
        const body = watched(onePart(boundary, file.transferSyntax, file.bytes))
        const response = await fetch(address, {
          method: 'POST',
          headers: {
            'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
            accept: 'application/dicom+json',
            ...(bearer !== '' && { authorization: `Bearer ${bearer}` }),
          },
          body: ReadableStream.from(body.bytes),
          duplex: 'half',
          signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
        } as RequestInit).catch((cause: unknown) => {
          // Ours could not be read to its end: that is no fault of the destination.
          if (body.fault !== undefined) throw body.fault
          throw new ArchiveError('NET_UNREACHABLE', { peer: name, why: 'the connection failed' }, { cause })
        })
        return { status: response.status, text: await response.text().catch(() => '') }
      }
      return {
        send: async (context, record) => {
          const first = sentBy(name, await post(context, record, 'stored'))
          if (first.outcome === 'kept' || !first.otherForm) return first
          return sentBy(name, await post(context, record, 'explicit'))
        },
        close: async () => {},
      }
    },
  }
}

interface Answered {
  readonly status: number
  readonly text: string
}

/** It refused how the object is written, and may take it otherwise: PS3.18 Table I.2-2 and PS3.4 Table B.2-1. */
const OTHER_FORM: ReadonlySet<number> = new Set([0x0122, 0xa900, 0xc122])
/** Answers about the object, and not about who asks or whether the service is there. */
const OF_OBJECT: ReadonlySet<number> = new Set([400, 409, 413, 415, 422])

/** @throws {ArchiveError} `NET_REFUSED` */
function sentBy(peer: string, { status, text }: Answered): Sent & { readonly otherForm?: boolean } {
  const answer = parsed(text)
  const failed =
    answer[tagText(T.FailedSOPSequence)]?.Value?.[0] ?? answer[tagText(T.OtherFailuresSequence)]?.Value?.[0]
  if (failed !== null && typeof failed === 'object') {
    const reason = Number((failed as DicomJson)[tagText(T.FailureReason)]?.Value?.[0] ?? 0x0110)
    return { outcome: 'refused', why: statusInWords(reason), otherForm: OTHER_FORM.has(reason) }
  }
  if (status === 200 || status === 202) return { outcome: 'kept' }
  if (OF_OBJECT.has(status)) return { outcome: 'refused', why: `it answered ${status}`, otherForm: status === 415 }
  throw new ArchiveError('NET_REFUSED', { peer, why: `it answered ${status}` })
}

function parsed(text: string): DicomJson {
  try {
    return Object(JSON.parse(text)) as DicomJson
  } catch {
    return {}
  }
}

async function* onePart(boundary: string, transferSyntax: string, bytes: ByteStream): AsyncGenerator<Bytes> {
  yield Buffer.from(`--${boundary}\r\nContent-Type: application/dicom; transfer-syntax=${transferSyntax}\r\n\r\n`)
  yield* bytes
  yield Buffer.from(`\r\n--${boundary}--\r\n`)
}

/** Remembers what reading failed with: `fetch` tells it as a failure of its own. */
function watched(bytes: ByteStream): { readonly bytes: ByteStream; fault: unknown } {
  const watch: { bytes: ByteStream; fault: unknown } = { bytes: pass(), fault: undefined }
  async function* pass(): AsyncGenerator<Bytes> {
    try {
      yield* bytes
    } catch (thrown) {
      watch.fault = thrown
      throw thrown
    }
  }
  return watch
}

/** @throws {ArchiveError} `NET_REFUSED` */
async function secretIn(peer: string, file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (cause) {
    throw new ArchiveError('NET_REFUSED', { peer, why: 'the file of its token cannot be read' }, { cause })
  }
}
