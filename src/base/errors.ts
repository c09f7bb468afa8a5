/**
 * Every error a person or a peer can meet, in one table.
 *
 * A row holds what happened, what to do about it, and the answer each door
 * gives; the doors hold no mapping of their own. Messages carry UIDs, digests
 * and numbers, never a patient's name or number. `docs/errors.md` is written
 * from this table; a test fails when they differ.
 */
import { ACCESS_ERRORS } from './access-errors.ts'
import { type ErrorRow, row } from './error-row.ts'
import { KEEPING_ERRORS } from './errors-keeping.ts'

export type { ErrorRow }

export const ERRORS = {
  // --- base ------------------------------------------------------------------
  DEFECT: row(
    'The archive met a defect of its own: {what}.',
    'Report it with the log lines around it; nothing acknowledged is harmed.',
    500,
    0x0110,
  ),

  // --- dicom: bytes that are not what they should be ---------------------------
  DICOM_NOT_DICOM: row(
    'This is not a DICOM object: {why}.',
    'Send a DICOM Part 10 file or a bare data set.',
    400,
    0xc000,
  ),
  DICOM_TRUNCATED: row('The object ends early, at byte {at}: {why}.', 'Send it again from its source.', 400, 0xc000),
  DICOM_MALFORMED: row(
    'The object is malformed at byte {at}: {why}.',
    'Repair it at its source, or allow the leniency that covers it.',
    400,
    0xc000,
  ),
  BULK_DATA_MISSING: row('Bulk data of {attribute} did not come.', 'Send it by its Content-Location.', 400, 0xc000),
  DICOM_LIMIT: row(
    'The object passes the limit {limit} ({allowed}) at byte {at}.',
    'Raise the limit if the object is genuine.',
    400,
    0xa700,
  ),
  DICOM_NO_UID: row(
    'The object has no valid {attribute}.',
    'Objects need Study, Series and SOP Instance UIDs and a SOP Class UID; give it one at its source.',
    400,
    0xa900,
  ),
  DICOM_INVALID_UID: row(
    '"{uid}" is not a valid UID.',
    'A UID is digits and dots, 64 characters at most (PS3.5 section 9).',
    400,
    0xa900,
  ),
  DICOM_UNKNOWN_TRANSFER_SYNTAX: row(
    'Transfer syntax {uid} is not known.',
    'Send the object in a transfer syntax of PS3.6 Annex A.',
    400,
    0xc000,
  ),

  // --- pixels ------------------------------------------------------------------
  PIXELS_UNSUPPORTED: row(
    'Frames in transfer syntax {transferSyntax} cannot be decoded: {why}.',
    'Ask for transfer-syntax=* and decode them yourself.',
    406,
    0x0110,
  ),
  PIXELS_DAMAGED: row(
    'Frame {frame} could not be decoded: {why}.',
    'The stored bytes are as received; fetch the original and have the sender checked.',
    500,
    0x0110,
  ),
  PIXELS_NO_FRAME: row(
    'There is no frame {frame}; the instance has {frames}.',
    'Ask for a frame that exists.',
    404,
    0x0110,
  ),

  // --- intake ------------------------------------------------------------------
  STORE_NO_SPACE: row(
    'The archive is short of disk space: {free} bytes free, {needed} needed.',
    'Free space or add a volume; the sender keeps the object and will try again.',
    507,
    0xa700,
  ),
  STORE_WRITE_FAILED: row(
    'The object could not be made durable.',
    'Look at the disk; the sender keeps the object and will try again.',
    503,
    0xa700,
  ),
  STORE_UID_MISMATCH: row(
    'The request names {attribute} {expected}, the data set holds {actual}.',
    'Correct the sender; the two must be equal.',
    409,
    0xa900,
  ),
  STORE_REJECTED: row(
    'This instance was rejected here, for the patient’s safety or as another patient’s.',
    'Send the corrected copy under new UIDs; a person who may reject can restore this one.',
    409,
    0xa774,
  ),
  NOTE_UNTRUSTED: row(
    'A rejection note ({code}) from here is not taken.',
    'Let a person whose role may reject do it, or list the device’s AE title in dicom.rejectionNotesFrom.',
    403,
    0x0124,
  ),
  NOTE_UNKNOWN: row(
    'The rejection note names {what}.',
    'Send it again once they have arrived; a note is of one study and names what is there.',
    409,
    0xa773,
  ),
  // --- what is kept, and let go: errors-keeping.ts ---------------------------
  ...KEEPING_ERRORS,
  MEASUREMENTS_CHANGED: row(
    'Measurements of study {study} were saved by somebody else meanwhile.',
    'Nothing was kept. Open the study again: your measurements stay on the screen until then; measure what is missing and save.',
    409,
    0x0110,
  ),
  REJECTION_STATE: row(
    'Rejection {rejection} {why}.',
    'Look at it again: somebody may have been quicker.',
    409,
    0x0110,
  ),
  STORE_DAMAGED: row(
    'What is kept of instance {instance} is not what was received.',
    'It is mended from another copy if there is a good one: ask again in a moment, and look at Storage.',
    500,
    0x0110,
  ),
  STORE_BUSY: row('The archive is at its limit of work in hand.', 'Try again in a moment.', 503, 0xa700),

  // --- storage -----------------------------------------------------------------
  OBJECT_EXISTS: row('Object {name} exists already.', 'Objects are written once; choose another name.', 409, 0x0110),
  OBJECT_NOT_FOUND: row(
    'Object {name} is not in the store.',
    'Check the name; run `clearkeep verify` if it should be there.',
    404,
    0x0110,
  ),
  OBJECT_LOCKED: row(
    '{objects} objects are locked in the store until {until}.',
    'Nobody can remove them before, by whatever credentials; the archive does when the day has come.',
    409,
    0x0110,
  ),
  OBJECT_STORE_FAILED: row(
    'The object store {store} did not do what it was asked: {why}.',
    'See that it runs, that the bucket is there and that the access key may read and write it; what it lacks is written when it answers.',
    503,
    0xa700,
  ),
  OBJECT_UNREADABLE: row(
    'Object {name} cannot be decrypted: {why}.',
    '`clearkeep fixity` writes it again from a good copy.',
    500,
    0x0110,
  ),
  KEY_UNUSABLE: row(
    'The key of {scope} cannot be used: {why}.',
    'Bring the wrapping keys back (`clearkeep keys import`), or let `clearkeep fixity` write the copy again from a good one.',
    500,
    0x0110,
  ),
  JOURNAL_CORRUPT: row(
    'Journal segment {segment} is corrupt at byte {at}: {why}.',
    'The segment is kept as it is and the rest recovered. Restore it from a copy.',
    500,
    0x0110,
  ),
  BACKUP_BUSY: row('The backup was not made: {why}.', 'Try again when the archive is less busy.', 503, 0x0110),
  BACKUP_DAMAGED: row(
    'The backup in {folder} cannot be used: {what}.',
    'Take another backup; what is not named is whole.',
    500,
    0x0110,
  ),
  BACKUP_LOCKED: row(
    'The passphrase does not open the keys and accounts of this backup.',
    'Give the passphrase it was made with; if it is that, they were altered.',
    403,
    0x0110,
  ),
  BACKUP_FOREIGN: row(
    '{folder} has the backup of another archive.',
    'Choose another folder; each archive has its own.',
    409,
    0x0110,
  ),
  DATA_NOT_EMPTY: row(
    '{folder} has something in it.',
    'Restore into a folder that is not there yet, or is empty.',
    409,
    0x0110,
  ),
  DATA_RESTORING: row(
    'A restore into {folder} is going on, or was broken off.',
    'Let it end, or run the same `clearkeep restore` again.',
    503,
    0xa700,
  ),
  STUDY_NEARLINE: row(
    'Study {study} is in the cold store and is being brought back; it takes about {seconds} s.',
    'Ask again then; its data can be searched meanwhile.',
    503,
    0xa702,
  ),
  TIER_NONE: row('This archive has no cold store.', 'Name one with vault.cold.', 409, 0x0110),
  COPY_AWAY: row(
    'Nothing can be written to {folder}: {why}.',
    'Mount the disk, or put the folder back; nothing is lost meanwhile, and what it lacks is written when it is there.',
    503,
    0xa700,
  ),
  VAULT_DAMAGED: row(
    'The vault is damaged at {name}: {why}.',
    'It is kept as it is. `clearkeep fixity` mends it from another copy, or says what no copy has.',
    500,
    0x0110,
  ),
  SEAL_FAILED: row(
    'Study {study} could not be sealed: {why}.',
    'It stays in the inbox, whole; it is tried again. Look at the log.',
    500,
    0x0110,
  ),
  PROOF_INVALID: row(
    'The {what} is not valid: {why}.',
    'Get it again from its source; do not rely on it.',
    400,
    0x0110,
  ),
  DATA_LOCKED: row(
    'The data folder {folder} is in use by {holder}.',
    'Stop that process, or let it do the work with --server URL.',
    409,
    0x0110,
  ),
  MIGRATION_CHANGED: row(
    'Migration {name} differs from the one this database was made with.',
    'Run the release that made it, or rebuild the index with `clearkeep rebuild`.',
    500,
    0x0110,
  ),

  // --- access ------------------------------------------------------------------
  ACCESS_DENIED: row('{who} may not {act}.', 'Ask an administrator for the role that may.', 403, 0x0124),
  ARCHIVE_REFUSED: row('{fact}.', '{remedy}.', 409, 0x0110),
  EVIDENCE_VERIFIER: row(
    'The verifier that goes into every evidence pack was not built.',
    'Run `npm run build` in the checkout, then ask again.',
    500,
    0x0110,
  ),
  CAPSULE_PAGE: row(
    'The page that goes into every time capsule was not built.',
    'Run `npm run build` in the checkout, then ask again.',
    500,
    0x0110,
  ),
  ACCESS_SIGN: row(
    'An approval is signed: it takes the password of who approves, and the code where there is a second factor.',
    'Give the password with the approval, or log in with your provider again and approve within five minutes; an API token alone signs nothing.',
    401,
    0x0124,
  ),
  ...ACCESS_ERRORS,

  // --- finding and returning -----------------------------------------------------
  NOT_FOUND: row('There is no {what}.', 'Check the address.', 404, 0x0110),
  BAD_REQUEST: row('The request is not understood: {why}.', 'Correct it and send it again.', 400, 0x0110),
  IDENTIFIER_INVALID: row(
    'The identifier is not understood: {why}.',
    'Correct the keys of the query (PS3.4 C.4.1) and send it again.',
    400,
    0xa900,
  ),
  COMMIT_INVALID: row(
    'The request for storage commitment is not understood: {why}.',
    'Correct what the sender asks (PS3.4 J.3.2) and ask again.',
    400,
    0x0115,
  ),
  COMMIT_NO_ACTION: row(
    'Storage commitment has no action {action} for {instance}.',
    'Ask for action 1 of the well-known instance (PS3.4 J.3.2, J.3.5).',
    400,
    0x0123,
  ),
  COMMIT_BUSY: row(
    '{count} requests for storage commitment wait already.',
    'Ask again later. Look at the destinations whose reports cannot be delivered.',
    503,
    0x0213,
  ),
  FIND_TOO_MANY: row(
    'More matches than the {count} given.',
    'Ask for less at a time: one more key, a narrower range of dates.',
    413,
    0xa700,
  ),
  NOT_ACCEPTABLE: row('None of the media types {accept} can be given here.', 'Ask for one of {offer}.', 406, 0x0110),
  UNSUPPORTED_MEDIA_TYPE: row('A body of type {type} is not taken here.', 'Send one of {offer}.', 415, 0x0110),
  TOO_LARGE: row('The body is larger than {limit} bytes.', 'Send less at a time.', 413, 0xa700),
  TOO_SLOW: row('The body came too slowly.', 'Send it again over a faster connection.', 408, 0x0110),
  RANGE_UNSATISFIABLE: row(
    'The range lies outside the {size} bytes there are.',
    'Ask for bytes from 0 to {size}.',
    416,
    0x0110,
  ),
  MULTIPART_INVALID: row(
    'The multipart body is not valid: {why}.',
    'See RFC 2046 section 5.1; send it again.',
    400,
    0x0110,
  ),

  // --- network -----------------------------------------------------------------
  NET_IMPOSSIBLE_EVENT: row(
    '{event} in {state} has no action in PS3.8 Table 9-10.',
    'This is a defect; report it.',
    500,
    0x0110,
  ),
  NET_PDU_TOO_SMALL: row(
    '{peer} takes PDUs of {maxPdu} bytes, too small for any data.',
    'Set a maximum PDU length of at least 4096 at the peer.',
    500,
    0x0110,
  ),
  NET_PDU_INVALID: row(
    'The peer sent an invalid PDU: {why}.',
    'The association was aborted; look at the peer.',
    400,
    0x0110,
  ),
  NET_REFUSED: row(
    '{peer} rejected the association: {why}.',
    'Check AE titles and permissions at both ends.',
    502,
    0x0122,
  ),
  NET_ABORTED: row('The association with {peer} ended early: {why}.', 'Look at the log of the peer.', 502, 0x0110),
  NET_UNREACHABLE: row(
    '{peer} cannot be reached: {why}.',
    'Check its address and port, and that it runs.',
    502,
    0x0110,
  ),
  ROUTE_INVALID: row(
    'The rule of routing is not understood: {why}.',
    'Correct it: attributes by keyword, values as in queries, destinations of the configuration.',
    400,
    0x0110,
  ),
  PRIOR_RULE_INVALID: row(
    'The rule for priors is not taken: {why}.',
    'Correct it: regions and kinds of examination from the lists, points from −100 to 100.',
    400,
    0x0110,
  ),
  PERSON_STATE: row(
    'This cannot be done with these patients: {why}.',
    'Look at them again: somebody may have been quicker.',
    409,
    0x0110,
  ),
  PERSON_CONTRADICTS: row(
    'What is known of the two patients contradicts itself: their {what} differ.',
    'Make sure that they are one person. If they are, say so and do it again.',
    409,
    0x0110,
  ),
  HL7_INVALID: row(
    'This is not an HL7 v2 message: {why}.',
    'It is kept and shown under Messages. Correct what the sender writes and send it again.',
    400,
    0xc000,
  ),
  HL7_CONTENT: row(
    'The message lacks {what}.',
    'It is kept and shown under Messages. Correct it at its source and send it again.',
    400,
    0xc000,
  ),
  HL7_UNSUPPORTED: row(
    'Nothing is done here with {what}.',
    'Send ADT, ORM^O01, OMI^O23 or ORU^R01 of HL7 v2; what came is kept.',
    400,
    0x0122,
  ),
  HL7_SETTLED: row(
    'Message {message} needs no attention any more.',
    'Look at it again: somebody may have been quicker.',
    409,
    0x0110,
  ),
  HL7_TOO_LONG: row(
    'A message is longer than {most} bytes.',
    'Send it in parts; hl7.maxMessageBytes is how long a message may be.',
    413,
    0xa700,
  ),
  MPPS_STATE: row(
    'The performed procedure step {why}.',
    'Create another step: one that is completed or discontinued is not changed any more (PS3.4 F.7.2).',
    409,
    0x0110,
  ),
  MPPS_INVALID: row(
    'The performed procedure step is not understood: {why}.',
    'Correct what the modality sends (PS3.4 F.7.2) and send it again.',
    400,
    0x0106,
  ),
  MPPS_DUPLICATE: row('A performed procedure step with this UID is here already.', 'Give it another UID.', 409, 0x0111),
  MPPS_UNKNOWN: row('There is no such performed procedure step.', 'Create it first (N-CREATE).', 404, 0x0112),
  NET_PORT: row(
    'Port {port} of {host} cannot be listened on: {why}.',
    'Stop what uses it, or choose another port; 0 picks a free one.',
    500,
    0x0110,
  ),
  NET_TIMEOUT: row(
    '{peer} did not answer within {seconds} seconds.',
    'Check that it runs and can be reached.',
    504,
    0x0110,
  ),
  NET_QUERY: row(
    '{peer} failed the request: {why}.',
    'Look at the keys that were sent, and at the log of the peer.',
    502,
    0x0110,
  ),
  NET_NO_REPORT: row(
    '{peer} did not say within {seconds} seconds what it keeps.',
    'Keep what was sent. Wait longer (--commit-wait), or give the peer a place to tell it (--commit-port) and ask again.',
    504,
    0x0110,
  ),
  NET_IDENTITY: row(
    'The user identity was not accepted: {why}.',
    'Give the name and password of an account here, a token of the configured issuer, or none.',
    401,
    0x0124,
  ),
  NET_DESTINATION: row(
    'No destination is called {aet}.',
    'Add it to dicom.destinations with its host and port.',
    404,
    0xa801,
  ),
  NET_NOT_NEGOTIATED: row(
    '{peer} accepted no presentation context for {what}.',
    'Check what the peer supports.',
    502,
    0x0122,
  ),

  // --- config, command line -------------------------------------------------------
  CONFIG_INVALID: row(
    'The option {key} is not valid: {why}.',
    'Correct it; `clearkeep config` prints every option.',
    500,
    0x0110,
  ),
  CONFIG_UNKNOWN: row(
    'There is no option {key}.',
    'Did you mean {nearest}? `clearkeep config` prints every option.',
    500,
    0x0110,
  ),
  USAGE: row('{why}', 'See --help.', 400, 0x0110),
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof ERRORS
export type Facts = Readonly<Record<string, string | number | undefined>>

/** A failure a person or a peer is told about: a code of the table and its facts. */
export class ArchiveError extends Error {
  readonly code: ErrorCode
  readonly facts: Facts

  constructor(code: ErrorCode, facts: Facts = {}, options?: { readonly cause?: unknown }) {
    super(`${fill(ERRORS[code].says, facts)} ${fill(ERRORS[code].remedy, facts)}`, options)
    this.name = 'ArchiveError'
    this.code = code
    this.facts = facts
  }

  /** What happened, without the remedy. */
  get fact(): string {
    return fill(ERRORS[this.code].says, this.facts)
  }

  get remedy(): string {
    return fill(ERRORS[this.code].remedy, this.facts)
  }

  get http(): number {
    return ERRORS[this.code].http
  }

  get dimse(): number {
    return ERRORS[this.code].dimse
  }
}

/** Any thrown thing as an `ArchiveError`; what is not one is a defect of ours, with its cause. */
export function asArchiveError(thrown: unknown): ArchiveError {
  if (thrown instanceof ArchiveError) return thrown
  const what = thrown instanceof Error ? thrown.name : typeof thrown
  return new ArchiveError('DEFECT', { what }, { cause: thrown })
}

const fill = (text: string, facts: Facts): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? '?'))
