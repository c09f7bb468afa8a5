/**
 * Arbitrary protocol data units of the DICOM upper layer, for property tests.
 */
import fc from 'fast-check'
import { type ControlPdu, DICOM_APPLICATION_CONTEXT } from '../../src/network/upper-layer/pdu.ts'
import type { UserInformation } from '../../src/network/upper-layer/user-information.ts'

const uidText = fc
  .array(fc.integer({ min: 0, max: 99_999 }), { minLength: 2, maxLength: 8 })
  .map((parts) => parts.join('.'))
// AE titles: the default repertoire without backslash, no spaces at the ends, which are not significant.
const title = fc.stringMatching(/^[!-[\]-~]([ -[\]-~]{0,14}[!-[\]-~])?$/)
const bytes = fc.uint8Array({ maxLength: 40 }).map((value) => Buffer.from(value))
const u16 = fc.integer({ min: 0, max: 0xffff })
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const common = {
  maximumLength: optional(fc.integer({ min: 0, max: 0xffffffff })),
  implementationClassUid: optional(uidText),
  implementationVersion: optional(title),
  asynchronousOperations: optional(fc.record({ invoked: u16, performed: u16 })),
  roles: optional(
    fc.array(fc.record({ sopClass: uidText, scu: fc.boolean(), scp: fc.boolean() }), { minLength: 1, maxLength: 4 }),
  ),
  extended: optional(fc.array(fc.record({ sopClass: uidText, information: bytes }), { minLength: 1, maxLength: 4 })),
}
const defined = (value: object): UserInformation =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))

const requestUser = fc
  .record({
    ...common,
    commonExtended: optional(
      fc.array(
        fc.record({
          sopClass: uidText,
          serviceClass: uidText,
          relatedGeneralSopClasses: fc.array(uidText, { maxLength: 3 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    ),
    identity: optional(
      fc.record({
        type: fc.integer({ min: 1, max: 5 }),
        responseRequested: fc.boolean(),
        primary: bytes,
        secondary: bytes,
      }),
    ),
  })
  .map(defined)
const answerUser = fc.record({ ...common, identityResponse: optional(bytes) }).map(defined)

const contextIds = fc.uniqueArray(
  fc.integer({ min: 0, max: 127 }).map((n) => n * 2 + 1),
  { minLength: 1, maxLength: 128 },
)
const head = {
  protocolVersion: u16,
  calledAet: title,
  callingAet: title,
  applicationContext: fc.constant(DICOM_APPLICATION_CONTEXT),
}
const rq = contextIds.chain((ids) =>
  fc.record({
    type: fc.constant('A-ASSOCIATE-RQ' as const),
    ...head,
    contexts: fc.tuple(
      ...ids.map((id) =>
        fc.record({
          id: fc.constant(id),
          abstractSyntax: uidText,
          transferSyntaxes: fc.array(uidText, { maxLength: 4 }),
        }),
      ),
    ),
    user: requestUser,
  }),
)
const ac = contextIds.chain((ids) =>
  fc.record({
    type: fc.constant('A-ASSOCIATE-AC' as const),
    ...head,
    contexts: fc.tuple(
      ...ids.map((id) =>
        fc.record({
          id: fc.constant(id),
          result: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const, 4 as const),
          transferSyntax: uidText,
        }),
      ),
    ),
    user: answerUser,
  }),
)
const u8 = fc.integer({ min: 0, max: 255 })
export const anyPdu: fc.Arbitrary<ControlPdu> = fc.oneof(
  rq,
  ac,
  fc.record({ type: fc.constant('A-ASSOCIATE-RJ' as const), result: u8, source: u8, reason: u8 }),
  fc.record({ type: fc.constant('A-RELEASE-RQ' as const) }),
  fc.record({ type: fc.constant('A-RELEASE-RP' as const) }),
  fc.record({ type: fc.constant('A-ABORT' as const), source: u8, reason: u8 }),
)
