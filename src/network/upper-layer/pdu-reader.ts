/**
 * Cuts a connection's bytes into PDUs (PS3.8 section 9.3), however they arrive.
 *
 * P-DATA-TF is never held: each presentation data value is passed on in pieces as the bytes come, as views on the
 * chunks given, so a PDU of any announced length costs no memory. Other PDUs are gathered up to a limit, and nothing is
 * allocated for what is announced but has not come. After an invalid PDU the framing is lost and the reader is deaf.
 */
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { Gathering } from './gathering.ts'
import { ABORT_REASON, type ControlPdu, decodePdu, PDU_TYPE } from './pdu.ts'

/** Some of the bytes of one presentation data value (PS3.8 section 9.3.5.1 and Annex E.2). */
export interface Fragment {
  readonly kind: 'data'
  readonly contextId: number
  /** Command or data set. */
  readonly command: boolean
  /** Do these bytes end the command or the data set? */
  readonly last: boolean
  readonly bytes: Bytes
}

export interface InvalidPdu {
  readonly kind: 'invalid'
  /** For the A-ABORT, PS3.8 Table 9-26. */
  readonly reason: number
  readonly why: string
}

export type Incoming = { readonly kind: 'pdu'; readonly pdu: ControlPdu } | Fragment | InvalidPdu

export interface PduReaderOptions {
  /** Longest P-DATA-TF we said we take, in bytes without its header; 0 means no limit. */
  readonly maxPdu: number
  /** Longest of the other PDUs, in bytes without its header. */
  readonly maxControlPdu: number
}

export interface PduReader {
  /** What the bytes complete, in order. They are not copied where they are data: the caller gives them away. */
  push(chunk: Bytes): readonly Incoming[]
  /** True after an invalid PDU: whatever follows is ignored. */
  readonly deaf: boolean
}

/** PDU header: type 1, reserved 1, length 4. PDV item header: length 4, context 1, control header 1. */
const HEADER = 6
/** What the PDV item length counts beside the data. */
const PDV_OVERHEAD = 2
/** These have fixed lengths (PS3.8 sections 9.3.4, 9.3.6 to 9.3.8). */
const FIXED_LENGTH = 4
const FIXED: ReadonlySet<number> = new Set([
  PDU_TYPE['A-ASSOCIATE-RJ'],
  PDU_TYPE['A-RELEASE-RQ'],
  PDU_TYPE['A-RELEASE-RP'],
  PDU_TYPE['A-ABORT'],
])

type Mode = 'PDU header' | 'control PDU' | 'PDV header' | 'PDV'

export function openPduReader(options: PduReaderOptions): PduReader {
  let mode: Mode = 'PDU header'
  let deaf = false
  const header = Buffer.alloc(HEADER)
  let have = 0 // bytes of `header` filled
  let type = 0
  let pduLeft = 0 // bytes of the PDU still to come
  const body = new Gathering() // a control PDU so far
  let contextId = 0
  let command = false
  let last = false
  let pdvLeft = 0 // bytes of the PDV's data still to come

  const invalid = (reason: number, why: string): InvalidPdu => {
    deaf = true
    body.take()
    return { kind: 'invalid', reason, why }
  }

  /** What is wrong with the PDU whose header has come, if anything. */
  function startPdu(): InvalidPdu | undefined {
    pduLeft = header.readUInt32BE(2)
    if (type === PDU_TYPE['P-DATA-TF']) {
      mode = 'PDV header'
      if (pduLeft < HEADER) return invalid(ABORT_REASON.invalidPduParameterValue, 'a P-DATA-TF without any data value')
      if (options.maxPdu > 0 && pduLeft > options.maxPdu)
        return invalid(
          ABORT_REASON.invalidPduParameterValue,
          `a P-DATA-TF of ${pduLeft} bytes, ${options.maxPdu} are allowed`,
        )
      return undefined
    }
    mode = 'control PDU'
    if (pduLeft > options.maxControlPdu)
      return invalid(
        ABORT_REASON.invalidPduParameterValue,
        `a PDU of type ${type} and ${pduLeft} bytes, ${options.maxControlPdu} are allowed`,
      )
    if (FIXED.has(type) ? pduLeft !== FIXED_LENGTH : pduLeft === 0)
      return invalid(ABORT_REASON.invalidPduParameterValue, `a PDU of type ${type} and ${pduLeft} bytes`)
    return undefined
  }

  function startPdv(): InvalidPdu | undefined {
    const length = header.readUInt32BE(0)
    if (length < PDV_OVERHEAD || length > pduLeft - 4)
      return invalid(ABORT_REASON.invalidPduParameterValue, `a data value of ${length} bytes in ${pduLeft} of a PDU`)
    contextId = header[4] ?? 0
    if (contextId % 2 === 0)
      return invalid(ABORT_REASON.invalidPduParameterValue, `presentation context ID ${contextId} is not odd`)
    const control = header[5] ?? 0
    command = (control & 1) !== 0
    last = (control & 2) !== 0
    pdvLeft = length - PDV_OVERHEAD
    pduLeft -= 4 + length
    mode = 'PDV'
    return undefined
  }

  function push(chunk: Bytes): readonly Incoming[] {
    const incoming: Incoming[] = []
    let at = 0
    const endPdv = (): void => {
      if (pduLeft === 0) mode = 'PDU header'
      else mode = 'PDV header'
    }

    while (at < chunk.length && !deaf) {
      if (mode === 'PDV') {
        const taken = Math.min(pdvLeft, chunk.length - at)
        pdvLeft -= taken
        const ends = pdvLeft === 0
        incoming.push({ kind: 'data', contextId, command, last: last && ends, bytes: chunk.subarray(at, at + taken) })
        at += taken
        if (ends) endPdv()
        continue
      }
      if (mode === 'control PDU') {
        const taken = Math.min(pduLeft, chunk.length - at)
        body.push(chunk.subarray(at, at + taken))
        at += taken
        pduLeft -= taken
        if (pduLeft > 0) continue
        incoming.push(decode())
        continue
      }
      // One of the two headers. The type is judged by its first byte: a stranger who speaks HTTP is told at once.
      const taken = Math.min(HEADER - have, chunk.length - at)
      header.set(chunk.subarray(at, at + taken), have)
      have += taken
      at += taken
      if (mode === 'PDU header') {
        type = header[0] ?? 0
        if (type < 1 || type > 7) {
          incoming.push(invalid(ABORT_REASON.unrecognizedPdu, `there is no PDU type ${type}`))
          break
        }
      } else if (pduLeft < HEADER) {
        incoming.push(
          invalid(ABORT_REASON.invalidPduParameterValue, `${pduLeft} bytes left over at the end of a P-DATA-TF`),
        )
        break
      }
      if (have < HEADER) break
      have = 0
      const startsPdv = mode === 'PDV header'
      const wrong = startsPdv ? startPdv() : startPdu()
      if (wrong !== undefined) incoming.push(wrong)
      else if (startsPdv && pdvLeft === 0) {
        // An empty value is worth passing on only when it ends something.
        if (last) incoming.push({ kind: 'data', contextId, command, last, bytes: chunk.subarray(at, at) })
        endPdv()
      }
    }
    return incoming
  }

  function decode(): Incoming {
    mode = 'PDU header'
    try {
      return { kind: 'pdu', pdu: decodePdu(type, body.take()) }
    } catch (thrown) {
      if (!(thrown instanceof ArchiveError) || thrown.code !== 'NET_PDU_INVALID') throw thrown
      return invalid(ABORT_REASON.invalidPduParameterValue, String(thrown.facts['why']))
    }
  }

  return {
    push,
    get deaf() {
      return deaf
    },
  }
}
