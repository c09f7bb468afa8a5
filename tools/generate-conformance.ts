/**
 * `docs/conformance.md`, in the order of PS3.2: from the table the server negotiates with, the defaults it runs with, the
 * routes it serves. What no table holds stands here in words, with the file that does it.
 */
import type { Archive } from '../src/archive/archive.ts'
import { COLUMN_KEYS, NAME_KEYS } from '../src/archive/keys.ts'
import { ERRORS, type ErrorRow } from '../src/base/errors.ts'
import { OPTIONS } from '../src/config.ts'
import { DEFINED_TERMS } from '../src/dicom/character-sets.ts'
import { tagText } from '../src/dicom/data-set.ts'
import { lookUp, type RegisteredUid, registeredUids, UIDS, uidName } from '../src/dicom/dictionary.ts'
import { ENCODED_SYNTAXES, OTHER_NATIVE_SYNTAXES } from '../src/dicom/encoded-syntaxes.ts'
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE, TRANSFER_SYNTAXES, transferSyntax } from '../src/dicom/transfer-syntaxes.ts'
import { STATUSES } from '../src/network/dimse/statuses.ts'
import { policyOf, SERVED } from '../src/network/policy.ts'
import { MOST_CONTEXTS } from '../src/network/services/client.ts'
import { MODEL } from '../src/network/services/query.ts'
import { TLS_1_2_CIPHERS, TLS_1_3_CIPHERS } from '../src/network/upper-layer/tls.ts'
import { dicomWebRoutes } from '../src/web/dicomweb/all.ts'

const DEFAULTS = { acceptUnknownSopClasses: OPTIONS['dicom.acceptUnknownSopClasses'].default === true }
const policy = policyOf({ ...DEFAULTS, maxPdu: OPTIONS['dicom.maxPduLength'].default as number })

const REGISTERED: readonly RegisteredUid[] = [...registeredUids('storage'), ...registeredUids('class')]
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
const retiredIn = ({ name, retired }: RegisteredUid): string =>
  retired && !/retired/i.test(name) ? `${name} (retired)` : name

function classesOf(name: string): readonly RegisteredUid[] {
  const row = SERVED.find((one) => one.name === name)
  return REGISTERED.filter(
    ({ uid }) => policy.serves(uid, undefined) && SERVED.find(({ serves }) => serves(uid, DEFAULTS)) === row,
  )
}

const yes = (is: boolean): string => (is ? 'yes' : 'no')

function overview(): string {
  return table(
    ['service', 'DIMSE', 'standard', 'SOP classes', 'provider (SCP)', 'user (SCU)'],
    SERVED.map(({ name, command, standard }) => [
      name,
      command,
      standard,
      String(classesOf(name).length),
      'yes',
      'yes',
    ]),
  )
}

const sopClasses = (name: string): string =>
  table(
    ['SOP class', 'UID'],
    classesOf(name).map((row) => [retiredIn(row), row.uid]),
  )

/** Two SOP classes of one service may be taken in the same transfer syntaxes only; a test looks whether that is so. */
function syntaxesOf(name: string): readonly string[] {
  const [first] = classesOf(name)
  return TRANSFER_SYNTAXES.map(({ uid }) => uid as string).filter(
    (uid) => first !== undefined && policy.transferSyntax(uid, first.uid) !== undefined,
  )
}

function transferSyntaxes(name: string): string {
  return table(
    ['transfer syntax', 'UID', 'compressed with loss'],
    syntaxesOf(name).map((uid) => {
      const syntax = TRANSFER_SYNTAXES.find((one) => one.uid === uid)
      return [syntax?.name ?? '', uid, yes(syntax?.lossy === true)]
    }),
  )
}

const accepted = (): string =>
  SERVED.map(
    (row) => `#### ${row.name}

${sopClasses(row.name)}

Transfer syntaxes, each in its own presentation context or several in one:

${transferSyntaxes(row.name)}

Roles: SCP${row.provided ? '; SCU too where the requestor asks for the SCP role (SCP/SCU Role Selection), which C-GET needs' : ' only'}. Extended negotiation: ${row.extended === undefined ? 'none; an item is left unanswered' : EXTENDED[row.name]}.`,
  ).join('\n\n')

const EXTENDED: Readonly<Record<string, string>> = {
  'Query/Retrieve: query':
    'relational queries, combined date and time matching, fuzzy matching of person names and timezone query adjustment, each when asked for; no enhanced multi-frame conversion (PS3.4 Table C.5-1)',
  Storage:
    'answered with level of support 2 (full), digital signature level 3 (bits preserved), no element coercion (PS3.4 Table B.3-2)',
}

function proposed(): string {
  const rows = [
    ['Verification', UIDS.Verification],
    ...Object.entries(MODEL).flatMap(([, models]) => Object.values(models).map((uid) => [uidName(uid) ?? '', uid])),
    ['Storage Commitment Push Model', UIDS.StorageCommitmentPushModel],
  ]
  return table(['SOP class', 'UID'], rows)
}

function statuses(): string {
  const hex = (code: number): string => `${code.toString(16).toUpperCase().padStart(4, '0')}H`
  const codes = Map.groupBy(
    Object.entries(ERRORS as Record<string, ErrorRow>).filter(([, { dimse }]) => dimse !== 0),
    ([, { dimse }]) => dimse,
  )
  return table(
    ['status', 'meaning', 'given for (rows of docs/errors.md)'],
    [...codes]
      .sort(([a], [b]) => a - b)
      .map(([code, rows]) => [
        hex(code),
        STATUSES.find(({ from, to }) => code >= from && code <= to)?.meaning ?? '',
        rows.map(([name]) => name).join(', '),
      ]),
  )
}

function matchingKeys(): string {
  const rows = [...COLUMN_KEYS].map(([tag, { level }]) => [lookUp(tag)?.keyword ?? '', tagText(tag), level])
  const names = [...NAME_KEYS].map(([tag]) => [lookUp(tag)?.keyword ?? '', tagText(tag), 'study, by name components'])
  return table(
    ['attribute', 'tag', 'level'],
    [...rows, ...names].sort(([, a = ''], [, b = '']) => (a < b ? -1 : 1)),
  )
}

/** The routes close over the archive and ask nothing of it before they are called. */
const routes = () => dicomWebRoutes({} as Archive)

function web(): string {
  return table(
    ['resource', 'what', 'media types'],
    routes().map(({ method, url, says, answers, streams }) => [
      `${method} \`${url.replace(/:(\w+)/g, '{$1}')}\``,
      says,
      [...new Set([...(streams ?? []), ...answers.flatMap(({ types = [] }) => types)])]
        .map((type) => `\`${type}\``)
        .join(', '),
    ]),
  )
}

function parameters(): string {
  return table(
    ['parameter', 'default', 'meaning'],
    Object.entries(OPTIONS)
      .filter(([key]) => key.startsWith('dicom.'))
      .map(([key, { default: value, meaning, ...rest }]) => [
        `\`${key}\``,
        Array.isArray(value) || value === '' ? 'none' : `${value}${'unit' in rest && rest.unit ? ` ${rest.unit}` : ''}`,
        meaning.replaceAll('|', '\\|'),
      ]),
  )
}

export function generateConformance(): ReadonlyMap<string, string> {
  const { implementationClassUid, implementationVersion, maxPdu, window } = policy
  const text = `<!-- Generated by tools/generate-conformance.ts from the tables the server negotiates with. Do not edit: npm run generate -->
# DICOM Conformance Statement: Clearkeep

In the order of the template of PS3.2. The tables are those of the program, printed; \`test/journeys/conformance.journey.test.ts\`
proposes everything to a running server with DCMTK and compares what is accepted with what stands here.

## 1 Conformance statement overview

Clearkeep is an archive of DICOM objects. It stores what it is sent bit by bit, finds and returns it by DIMSE and by DICOMweb,
and answers storage commitment from bytes it has read again.

${overview()}

DICOMweb: STOW-RS, QIDO-RS, WADO-RS and WADO-URI as origin server (section 4.5). Media interchange: none.

## 2 Table of contents

1 Overview · 3 Introduction · 4 Networking: 4.1 implementation model, 4.2 AE specification, 4.3 network interfaces, 4.4 configuration,
4.5 DICOMweb · 5 Media interchange · 6 Transformation to CDA · 7 Character sets · 8 Security · 9 Annexes

## 3 Introduction

For those who connect a device to Clearkeep and know the DICOM standard. A conformance statement does not replace a test of the
two systems together. Abbreviations are those of PS3.3 to PS3.18. References: DICOM PS3.1 to PS3.22, <https://www.dicomstandard.org>;
what each version changed is in CHANGELOG.md.

## 4 Networking

### 4.1 Implementation model

One application entity serves everything, on one port without TLS and, when configured, one with it:

- A modality or workstation stores (C-STORE) and asks for commitment (N-ACTION); the answer (N-EVENT-REPORT) comes on the same
  association, or on a new one to the destination configured under its AE title.
- A workstation queries (C-FIND) and retrieves (C-MOVE to a configured destination, C-GET on the same association).
- What arrives is sent on by rules (C-STORE, docs/routing.md); performed procedure steps are told on (N-CREATE, N-SET), and which instances of a
  completed one are here (Instance Availability Notification as SCU, PS3.4 Annex R), to the destinations configured for it.
- A person has the command line query, retrieve from and send to another archive (\`clearkeep find\`, \`get\`, \`move\`, \`send\`, \`echo\`), and bring it over whole (\`migrate\`).

Nothing is answered with success before it is durable: an object when its bytes and its record are synced and findable.

### 4.2 Application entity specification

#### 4.2.1 Association policies

${table(
  ['', ''],
  [
    ['application context', '1.2.840.10008.3.1.1.1'],
    [
      'associations at the same time, as acceptor',
      `${OPTIONS['dicom.maxAssociations'].default}; half of them from one address`,
    ],
    ['maximum PDU length received', `${maxPdu} bytes; any length is sent that the peer takes, from 8 bytes on`],
    [
      'asynchronous operations',
      `as acceptor ${window} performed at most when negotiated; as requestor none is asked for`,
    ],
    ['implementation class UID', implementationClassUid],
    ['implementation version name', implementationVersion],
    ['presentation contexts in one association', `${MOST_CONTEXTS} as requestor; as acceptor all the PDU may hold`],
  ],
)}

#### 4.2.2 Association initiation

For C-MOVE sub-operations, routing, reports of storage commitment, notices of performed procedures, and the commands of a person. Proposed besides the storage SOP class of
each object, in the transfer syntax it is stored in, in Explicit and Implicit VR Little Endian, and for images in one more presentation context
with the compressed ones of section 4.5.1:

${proposed()}

Identifiers and reports are proposed in Explicit and Implicit VR Little Endian. An object goes as it is stored where the peer takes that, else
decoded, else encoded without loss in what the peer takes. \`clearkeep get\` proposes SCP/SCU Role Selection with the SCP role.

#### 4.2.3 Association acceptance

Callers are known by AE title, by address where the device's row has one, and by certificate where it has one; others are refused
(calling AE title not recognized) unless \`dicom.unknownCallers\` is accept. Refusals and their reasons are PS3.8 9.3.4's, and stand in
words on the page Connections.

Of several transfer syntaxes in one presentation context the requestor's first is taken; one that compresses with loss only where
nothing else is offered. Unknown abstract syntaxes are refused with result 3, unknown transfer syntaxes with 4.
Storage SOP classes that are private, or newer than our tables, are ${DEFAULTS.acceptUnknownSopClasses ? 'accepted' : 'refused'} unless configured otherwise;
a class may be declared to be one of storage by SOP Class Common Extended Negotiation.

${accepted()}

#### 4.2.4 SOP specific conformance

**Storage.** Level 2, full: every attribute is kept, private ones too, in the bytes that came. Nothing is coerced. The same object again is
answered with success and stored once; another one under the same UID is stored beside it, and a person decides.

**Query/Retrieve.** Hierarchical queries, and relational ones where negotiated. Single value, list of UID, universal, wild card, range and sequence matching on every attribute
that is stored; by an index on those below. Names match without regard to case and accents, in any of their three scripts.
At most 10,000 answers, then A700H. Dates and times are in the zone of Timezone Offset From UTC (0008,0201) of the identifier where timezone query adjustment was
negotiated; those of objects that state no zone are taken to be in the zone this archive runs in. A time without a date is not adjusted.

${matchingKeys()}

C-MOVE and C-GET tell the counts of sub-operations twice a second at most, hear C-CANCEL between objects, and name what failed in Failed SOP
Instance UID List.

**Storage commitment.** Answered when each object was read again and its digest compared. What is not here, or is under another
SOP class, or is not whole, is named in Failed SOP Sequence (0112H, 0119H, 0110H).

Statuses that services give besides success, pending and cancel. Error Comment (0000,0902) says why in words and names no patient:

${statuses()}

### 4.3 Network interfaces

TCP/IP, IPv4 and IPv6, as the operating system has them. PS3.8 upper layer; TLS by section 8.

### 4.4 Configuration

${parameters()}

### 4.5 DICOMweb

Under \`/dicom-web\` and, for WADO-URI, \`/wado\`:

${web()}

Results of a search are newest study first. A page that is not the last has \`Link: <…>; rel="next"\` (RFC 8288), whose address goes on behind
it whatever arrived meanwhile; so does \`offset\`, for ten minutes, for whoever asked for the page before. What is retrieved has an ETag, and
If-None-Match is answered 304. Other origins may ask when \`http.corsOrigins\` names them.

**Storing.** Objects (\`application/dicom\`), or metadata in \`application/dicom+json\` or \`application/dicom+xml\` with bulk data in parts of their own,
each under the Content-Location that its BulkDataURI names (PS3.18 10.5.2). A part of compressed Pixel Data is a frame, in the transfer syntax of its
\`transfer-syntax\` parameter, else in that of its media type and codestream. No address outside the request is followed. Attributes of the Image Pixel
module that are missing are taken from the codestream.

**Pictures.** \`rendered\` and \`thumbnail\` follow \`viewport\`, \`window\`, \`quality\`, \`annotation\` (patient, technique; other words are named in a
Warning) and \`iccprofile\` (no, yes, srgb, adobergb, rommrgb, displayp3; not in GIF). Letters beyond Latin are shown as a box. JPEG, PNG and GIF; a GIF of an
instance with several frames moves. MP4 and MPEG are not made, since no encoder for them is at hand: a video is given as it is stored. A
grayscale or color softcopy presentation state is rendered by the images it names: VOI, presentation LUT or its shape, spatial
transformation, displayed area, shutters (not bitmaps), graphic and text annotation; not masks, overlays and compound graphics. A structured report
is rendered as HTML or plain text, an encapsulated PDF as itself.

#### 4.5.1 Transfer syntaxes given besides the stored one

By name over the web, and by DIMSE to peers that take neither the stored syntax nor an uncompressed one. Always without loss, and each frame is decoded
again and compared before it leaves; an image that cannot be kept to the bit in one of them is refused in it. Nothing is made lossy.

${table(
  ['transfer syntax', 'UID'],
  [...ENCODED_SYNTAXES, ...OTHER_NATIVE_SYNTAXES, EXPLICIT_LITTLE.uid, IMPLICIT_LITTLE.uid].map((uid) => [
    transferSyntax(uid).name,
    uid,
  ]),
)}

## 5 Media interchange

None. \`clearkeep import\` reads Part 10 files from folders and ZIP archives, with or without a DICOMDIR.

## 6 Transformation of DICOM to CDA

None.

## 7 Support of character sets

Read: ${DEFINED_TERMS.map((term) => `\`${term}\``).join(', ')}. The default repertoire where there is none. Objects are returned in the set they
came in. Answers of C-FIND are in the set the request is in where that has a code for every letter, else in \`ISO_IR 192\`; DICOMweb
answers are in UTF-8.

## 8 Security

**TLS.** BCP 195 RFC 8996, 9325 TLS Secure Transport Connection Profile (PS3.15 B.12): TLS 1.2 with
${TLS_1_2_CIPHERS.map((name) => `\`${name}\``).join(', ')}; TLS 1.3 with ${TLS_1_3_CIPHERS.map((name) => `\`${name}\``).join(', ')}. Nothing older. Peers show a
certificate when \`dicom.tls.ca\` is given, and a device may be bound to one.

**User identity (PS3.7 D.3.3.7; PS3.15 B.4).** Types 1, 2 and 5 (PS3.15 B.4), of accounts of the archive:

${table(
  ['type', '', 'when right', 'when wrong'],
  [
    [
      '1',
      'username',
      'answered; proves nothing, so rights and audit are the device’s',
      'not answered, as if it had not been sent',
    ],
    [
      '2',
      'username and passcode',
      'answered; what is done on the association the person does',
      'association rejected (1-1-1)',
    ],
    ['3', 'Kerberos service ticket', 'never', 'not answered, as if it had not been sent'],
    ['4', 'SAML assertion', 'never', 'not answered, as if it had not been sent'],
    [
      '5',
      'JSON Web Token',
      'as type 2; signed by a key of `dicom.jwt.keys`, `preferred_username` or `sub` names the account',
      'association rejected (1-1-1); without keys: not answered, as if it had not been sent',
    ],
  ],
)}

The person may do what both their roles and the device may. Answers are given when a positive response was asked for. With \`open\` there are
no accounts, and identities are not looked at.

**Audit.** Each association's refusal, each query, retrieval, storage and commitment is an event of the audit log (docs/ledger.md).
Events are given out as audit messages of PS3.15 A.5 (Audit Trail Message Format Profile) by syslog over TLS (RFC 5424, 5425; Audit Trail
Message Transmission Profile SYSLOG-TLS) or UDP (RFC 5426; SYSLOG-UDP) to the repositories of \`audit.repositories\`; of the fifteen messages, 110102, 110105, 110108, 110109, 110110
and 110111 have no act here yet. The same events are read as FHIR R4 AuditEvents at \`/fhir/AuditEvent\`.

## 9 Annexes

Objects written by Clearkeep itself: those of \`clearkeep demo\`, synthetic patients (docs/demo.md). Private attributes: none in objects that were received; answers of STOW-RS carry a
private block (\`src/api/store-answer.ts\`). Coded terminology, private SOP classes and private transfer syntaxes: none of our own.
${IMPLICIT_LITTLE.name} is accepted for every SOP class, as PS3.5 section 10.1 wants.
`
  return new Map([['docs/conformance.md', text]])
}
