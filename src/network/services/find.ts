/**
 * C-FIND as SCP (PS3.4 Annex C.4.1): Patient Root, Study Root and Patient/Study Only, hierarchical. What matches, who
 * may ask and the event of the query are the archive's affair, the same as for QIDO-RS; here an identifier becomes a
 * query, and each result an identifier.
 *
 * Answers leave one by one at the pace the peer takes them; between them C-CANCEL is heard.
 */
import { setImmediate } from 'node:timers/promises'
import type { Archive } from '../../archive/archive.ts'
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { UIDS } from '../../dicom/dictionary.ts'
import { COMMAND_FIELD } from '../dimse/commands.ts'
import type { Operation } from '../dimse/exchange.ts'
import { STATUS } from '../dimse/statuses.ts'
import { dataSetOf } from './data-set-of.ts'
import { answerBytes, answersOf, type Negotiated, type Root, readIdentifier } from './find-identifier.ts'
import { inZoneOf } from './find-zone.ts'
import { contextOf, type Performed, type Service } from './service.ts'

/** Answers between two looks at what else the sockets bring, a C-CANCEL among it. */
const BREATH = 20
/** An identifier holds keys, and lists of some thousand UIDs at most. */
const MAX_IDENTIFIER = 1024 * 1024

const MODELS: ReadonlyMap<string, Root> = new Map([
  [UIDS.PatientRootQueryRetrieveInformationModelFind, 'patient'],
  [UIDS.StudyRootQueryRetrieveInformationModelFind, 'study'],
  [UIDS.PatientStudyOnlyQueryRetrieveInformationModelFind, 'patient'],
])

/** PS3.4 Table C.5-1, by byte: relational queries, combined dates and times, fuzzy names, the asker's zone; the last is not done. */
const OFFERED: readonly number[] = [1, 1, 1, 1, 0]

/** What of it is done for a peer that asked for it; as long as what it sent (PS3.4 C.5.1.1). */
export const foundExtended = (asked: Bytes): Bytes =>
  Uint8Array.from(asked.subarray(0, OFFERED.length), (byte, at) => (byte === 1 ? (OFFERED[at] ?? 0) : 0))

function negotiatedOf(agreed: Bytes | undefined): Negotiated {
  const [relational, combined, fuzzy, timezone] = agreed ?? []
  return { relational: relational === 1, combined: combined === 1, fuzzy: fuzzy === 1, timezone: timezone === 1 }
}

/** Minutes east of UTC where this archive runs: its clock is set as those of the devices around it. */
function here(date: string, time: string): number {
  const part = (text: string, from: number, to: number) => Number(text.slice(from, to))
  const moment = new Date(part(date, 0, 4), part(date, 4, 6) - 1, part(date, 6, 8), part(time, 0, 2), part(time, 2, 4))
  return -moment.getTimezoneOffset()
}

export const isFound = (abstractSyntax: string): boolean => MODELS.has(abstractSyntax)

/** @param aeTitle  ours: where what is found can be retrieved from */
export function findService(archive: Pick<Archive, 'find'>, aeTitle: string, now: () => Date): Service {
  return {
    commandField: COMMAND_FIELD['C-FIND-RQ'],
    act: 'find',
    serves: isFound,
    perform: async (operation, peer): Promise<Performed> => {
      const { transferSyntax, abstractSyntax } = operation.context
      const negotiated = negotiatedOf(peer.extended?.get(abstractSyntax))
      const stated = readIdentifier(
        await identifierOf(operation),
        transferSyntax,
        MODELS.get(abstractSyntax),
        negotiated,
      )
      const zoned = negotiated.timezone === true ? inZoneOf(stated, here) : undefined
      const asked = zoned?.asked ?? stated
      try {
        const { results: found, truncated } = await archive.find(contextOf(peer, operation, now), asked.query)
        const results = zoned === undefined ? found : found.filter(zoned.keeps).map(zoned.turned)
        const status = asked.ignored ? STATUS.pendingKeysNotSupported : STATUS.pending
        for (const [index, result] of answersOf(results, asked).entries()) {
          if (index % BREATH === BREATH - 1) await setImmediate()
          operation.signal.throwIfAborted()
          await operation.pending({ status }, answerBytes(result, asked, aeTitle, transferSyntax))
        }
        // The standard has no status for "there is more", so the query fails after what it gave (PS3.4 Table C.4-1).
        if (truncated) throw new ArchiveError('FIND_TOO_MANY', { count: results.length })
        return { response: { status: STATUS.success }, outcome: 'found' }
      } catch (thrown) {
        if (!operation.signal.aborted) throw thrown
        return { response: { status: STATUS.cancelled }, outcome: 'found' }
      }
    },
  }
}

const identifierOf = ({ dataSet }: Operation): Promise<Bytes> =>
  dataSetOf(dataSet, MAX_IDENTIFIER, (why) => new ArchiveError('IDENTIFIER_INVALID', { why }))
