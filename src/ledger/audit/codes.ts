/**
 * The codes of audit messages, as PS3.16 prints them: context groups 400 to 403 and 405, and the numbers of the schema in
 * PS3.15 A.5.1. Change this file when the standard does; which act is which message stands in `message.ts`.
 */

export interface Coded {
  readonly code: string
  readonly system: string
  readonly meaning: string
}

const table = <K extends string>(system: string, rows: Readonly<Record<K, string>>) =>
  Object.fromEntries(
    Object.entries<string>(rows).map(([code, meaning]) => [code, { code, system, meaning }]),
  ) as Readonly<Record<K, Coded>>

/** PS3.16 CID 400 Audit Event ID. */
export const EVENT_ID = table('DCM', {
  '110100': 'Application Activity',
  '110101': 'Audit Log Used',
  '110102': 'Begin Transferring DICOM Instances',
  '110103': 'DICOM Instances Accessed',
  '110104': 'DICOM Instances Transferred',
  '110105': 'DICOM Study Deleted',
  '110106': 'Export',
  '110107': 'Import',
  '110108': 'Network Entry',
  '110109': 'Order Record',
  '110110': 'Patient Record',
  '110111': 'Procedure Record',
  '110112': 'Query',
  '110113': 'Security Alert',
  '110114': 'User Authentication',
})
export type EventId = keyof typeof EVENT_ID

/** PS3.16 CID 401 Audit Event Type Code, with CID 403 Security Alert Type Code, which it includes. */
export const EVENT_TYPE = table('DCM', {
  '110120': 'Application Start',
  '110121': 'Application Stop',
  '110122': 'Login',
  '110123': 'Logout',
  '110124': 'Attach',
  '110125': 'Detach',
  '110126': 'Node Authentication',
  '110127': 'Emergency Override Started',
  '110128': 'Network Configuration',
  '110129': 'Security Configuration',
  '110130': 'Hardware Configuration',
  '110131': 'Software Configuration',
  '110132': 'Use of Restricted Function',
  '110133': 'Audit Recording Stopped',
  '110134': 'Audit Recording Started',
  '110135': 'Object Security Attributes Changed',
  '110136': 'Security Roles Changed',
  '110137': 'User security Attributes Changed',
  '110138': 'Emergency Override Stopped',
  '110139': 'Remote Service Operation Started',
  '110140': 'Remote Service Operation Stopped',
  '110141': 'Local Service Operation Started',
  '110142': 'Local Service Operation Stopped',
})
export type EventTypeCode = keyof typeof EVENT_TYPE

/** CID 403 is extensible and has no code for this; designators that begin with 99 are private (PS3.16 8.2). */
export const INTEGRITY: Coded = { code: 'integrity', system: '99CLEARKEEP', meaning: 'Integrity of what is kept' }

/** PS3.16 CID 402 Audit Active Participant Role ID Code. */
export const ROLE_ID = table('DCM', {
  '110150': 'Application',
  '110151': 'Application Launcher',
  '110152': 'Destination Role ID',
  '110153': 'Source Role ID',
  '110154': 'Destination Media',
  '110155': 'Source Media',
})
export type RoleId = keyof typeof ROLE_ID

/** PS3.16 CID 405 Media Type Code: the one row that something without a body has. */
export const MEDIA_URI: Coded = { code: '110037', system: 'DCM', meaning: 'URI' }

/** Kinds of ParticipantObjectID: PS3.15 A.5.1, and CID 404. */
export const OBJECT_ID = {
  patient: { code: '2', system: 'RFC-3881', meaning: 'Patient Number' },
  uri: { code: '12', system: 'RFC-3881', meaning: 'URI' },
  study: { code: '110180', system: 'DCM', meaning: 'Study Instance UID' },
  sopClass: { code: '110181', system: 'DCM', meaning: 'SOP Class UID' },
  node: { code: '110182', system: 'DCM', meaning: 'Node ID' },
} as const satisfies Record<string, Coded>

/** ParticipantObjectTypeCode. */
export const OBJECT_TYPE = { person: 1, system: 2 } as const
/** ParticipantObjectTypeCodeRole. */
export const OBJECT_ROLE = { patient: 1, report: 3, masterFile: 5, user: 6, securityResource: 13 } as const
/** ParticipantObjectDataLifeCycle. */
export const LIFE_CYCLE = {
  creation: 1,
  import: 2,
  amendment: 3,
  use: 6,
  export: 10,
  archiving: 13,
  logicalDeletion: 14,
  permanentErasure: 15,
} as const
/** AuditSourceTypeCode: an application server. */
export const SOURCE_TYPE = '4'
/** NetworkAccessPointTypeCode. */
export const ACCESS_POINT = { machine: 1, ip: 2, uri: 5 } as const
