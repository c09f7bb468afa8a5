/**
 * Status codes of DIMSE responses: PS3.7 Annex C for all services, PS3.4 Table B.2-1 for C-STORE.
 */

export type StatusClass = 'success' | 'pending' | 'cancel' | 'warning' | 'failure'

export interface StatusRow {
  /** First and last code of the row, both inclusive. */
  readonly from: number
  readonly to: number
  readonly is: StatusClass
  readonly meaning: string
}

const row = (from: number, to: number, is: StatusClass, meaning: string): StatusRow => ({ from, to, is, meaning })
const one = (code: number, is: StatusClass, meaning: string): StatusRow => row(code, code, is, meaning)

/** PS3.7 Annex C. Rows for all DIMSE services; the more specific come first. */
export const STATUSES: readonly StatusRow[] = [
  one(0x0000, 'success', 'Success'),
  one(0x0001, 'warning', 'Requested optional Attributes are not supported'),
  one(0x0105, 'failure', 'No such attribute'),
  one(0x0106, 'failure', 'Invalid attribute value'),
  one(0x0107, 'warning', 'Attribute list error'),
  one(0x0110, 'failure', 'Processing failure'),
  one(0x0111, 'failure', 'Duplicate SOP Instance'),
  one(0x0112, 'failure', 'No such SOP Instance'),
  one(0x0113, 'failure', 'No such event type'),
  one(0x0114, 'failure', 'No such argument'),
  one(0x0115, 'failure', 'Invalid argument value'),
  one(0x0116, 'warning', 'Attribute value out of range'),
  one(0x0117, 'failure', 'Invalid object instance'),
  one(0x0118, 'failure', 'No such SOP Class'),
  one(0x0119, 'failure', 'Class-Instance conflict'),
  one(0x0120, 'failure', 'Missing attribute'),
  one(0x0121, 'failure', 'Missing attribute value'),
  one(0x0122, 'failure', 'Refused: SOP Class not supported'),
  one(0x0123, 'failure', 'No such action'),
  one(0x0124, 'failure', 'Refused: not authorized'),
  one(0x0210, 'failure', 'Duplicate invocation'),
  one(0x0211, 'failure', 'Unrecognized operation'),
  one(0x0212, 'failure', 'Mistyped argument'),
  one(0x0213, 'failure', 'Resource limitation'),
  // PS3.4 Table B.2-1
  // PS3.4 Tables C.4-2 and C.4-3: retrieval
  one(0xa702, 'failure', 'Refused: out of resources, sub-operations could not be performed'),
  one(0xa801, 'failure', 'Refused: Move Destination unknown'),
  row(0xa700, 0xa7ff, 'failure', 'Refused: out of resources'),
  row(0xa900, 0xa9ff, 'failure', 'Error: Data Set does not match SOP Class'),
  one(0xb000, 'warning', 'Coercion of Data Elements; of a retrieval: some sub-operations failed'),
  one(0xb006, 'warning', 'Elements discarded'),
  one(0xb007, 'warning', 'Data Set does not match SOP Class'),
  row(0xc000, 0xcfff, 'failure', 'Error: cannot understand'),
  // PS3.7 Annex C.1: what the ranges mean when a service gives a code no meaning of its own
  row(0xfe00, 0xfe00, 'cancel', 'Matching terminated due to cancel'),
  row(0xff00, 0xff01, 'pending', 'Pending'),
  row(0xa000, 0xafff, 'failure', 'Failure'),
  row(0xb000, 0xbfff, 'warning', 'Warning'),
]

export const STATUS = {
  success: 0x0000,
  pending: 0xff00,
  /** PS3.4 Table C.4-1: optional keys were not supported. */
  pendingKeysNotSupported: 0xff01,
  cancelled: 0xfe00,
  /** PS3.4 Table C.4-2. */
  subOperationsFailed: 0xa702,
  destinationUnknown: 0xa801,
  someSubOperationsFailed: 0xb000,
  invalidAttributeValue: 0x0106,
  processingFailure: 0x0110,
  sopClassNotSupported: 0x0122,
  notAuthorized: 0x0124,
  duplicateInvocation: 0x0210,
  unrecognizedOperation: 0x0211,
  invalidArgumentValue: 0x0115,
  mistypedArgument: 0x0212,
  dataSetDoesNotMatch: 0xa900,
  cannotUnderstand: 0xc000,
} as const

const find = (code: number): StatusRow | undefined => STATUSES.find(({ from, to }) => code >= from && code <= to)

export const statusClass = (code: number): StatusClass => find(code)?.is ?? 'failure'

/** `A700H Refused: out of resources`. */
export const statusInWords = (code: number): string =>
  `${code.toString(16).toUpperCase().padStart(4, '0')}H ${find(code)?.meaning ?? 'unknown status'}`
