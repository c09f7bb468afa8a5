import { describe, expect, it } from 'vitest'
import { CT, EXPLICIT, IMPLICIT, requestPdu, VERIFICATION } from '../../../test/support/raw-peer.ts'
import { UIDS } from '../../dicom/dictionary.ts'
import { transferSyntaxFor } from '../accepted-syntaxes.ts'
import { isStored } from '../services/store.ts'
import { chooseTransferSyntax, negotiate, type Policy } from './negotiation.ts'

const transferSyntax = transferSyntaxFor(new Set())
const policy: Policy = {
  serves: (uid, common) => uid === VERIFICATION || isStored(uid, { acceptUnknownSopClasses: true }, common),
  transferSyntax,
  extended: (uid) => (uid === CT ? Buffer.from([2, 0, 3, 0, 0, 0]) : undefined),
  provides: (uid) => isStored(uid, { acceptUnknownSopClasses: true }),
  maxPdu: 131_072,
  window: 8,
  implementationClassUid: '1.2.3',
  implementationVersion: 'TEST',
}

const answers = (abstractSyntax: string, ...transferSyntaxes: string[]) => {
  const context = { id: 1, abstractSyntax, transferSyntaxes }
  return negotiate(requestPdu({ contexts: [context] }), policy).answer.contexts[0]
}

describe('presentation context negotiation (PS3.8 section 9.3.3.2)', () => {
  it('accepts Verification', () => {
    expect(answers(VERIFICATION, IMPLICIT)).toEqual({ id: 1, result: 0, transferSyntax: IMPLICIT })
  })

  it.each([
    ['a storage class', CT],
    ['a retired one', '1.2.840.10008.5.1.4.1.1.6'],
    ['a private one', '1.2.826.0.1.3680043.9.9999.1'],
    ['a storage class newer than our tables', '1.2.840.10008.5.1.4.1.1.999.7'],
  ])('accepts %s', (_, uid) => {
    expect(answers(uid, IMPLICIT)?.result).toBe(0)
  })

  it.each([
    ['Study Root FIND', UIDS.StudyRootQueryRetrieveInformationModelFind],
    ['Modality Worklist', '1.2.840.10008.5.1.4.31'],
    ['Storage Commitment', '1.2.840.10008.1.20.1'],
    ['the media directory, which is no object to send', '1.2.840.10008.1.3.10'],
    ['a service newer than our tables', '1.2.840.10008.5.1.4.99.1'],
    ['a transfer syntax taken for a SOP class', IMPLICIT],
    ['no UID at all', 'CT Image Storage'],
  ])('refuses %s: abstract syntax not supported', (_, uid) => {
    expect(answers(uid, IMPLICIT)?.result).toBe(3)
  })

  it('refuses transfer syntaxes it does not know: transfer syntaxes not supported', () => {
    expect(answers(CT, '1.2.840.113619.5.2')?.result).toBe(4)
    expect(answers(CT)?.result).toBe(4)
  })

  it('refuses what is no encoding of a data set', () => {
    expect(answers(CT, '1.2.840.10008.1.2.6.1')?.result).toBe(4)
    expect(answers(CT, '1.2.840.10008.1.2.7.1')?.result).toBe(4)
  })

  it('takes an unknown transfer syntax that is configured', () => {
    const extra = { ...policy, transferSyntax: transferSyntaxFor(new Set(['1.2.840.113619.5.2'])) }
    const context = { id: 1, abstractSyntax: CT, transferSyntaxes: ['1.2.840.113619.5.2'] }
    expect(negotiate(requestPdu({ contexts: [context] }), extra).answer.contexts[0]?.result).toBe(0)
  })

  it('answers each context by its own, and knows those that were accepted', () => {
    const { answer, contexts } = negotiate(
      requestPdu({
        contexts: [
          { id: 5, abstractSyntax: CT, transferSyntaxes: [IMPLICIT] },
          { id: 3, abstractSyntax: '1.2.840.10008.5.1.4.31', transferSyntaxes: [IMPLICIT] },
          { id: 7, abstractSyntax: CT, transferSyntaxes: [UIDS.JPEG2000Lossless] },
        ],
      }),
      policy,
    )
    expect(answer.contexts.map(({ id, result }) => [id, result])).toEqual([
      [5, 0],
      [3, 3],
      [7, 0],
    ])
    expect([...contexts.keys()]).toEqual([5, 7])
    expect(contexts.get(7)).toEqual({ id: 7, abstractSyntax: CT, transferSyntax: UIDS.JPEG2000Lossless })
  })
})

describe('choice of transfer syntax', () => {
  const choose = (...uids: string[]) => chooseTransferSyntax(uids, CT, policy)

  it('is the requestor’s first', () => {
    expect(choose(EXPLICIT, IMPLICIT)).toBe(EXPLICIT)
    expect(choose(IMPLICIT, EXPLICIT)).toBe(IMPLICIT)
    expect(choose(UIDS.JPEG2000Lossless, EXPLICIT)).toBe(UIDS.JPEG2000Lossless)
  })

  it('passes a lossy one by while another is offered', () => {
    expect(choose(UIDS.JPEGBaseline8Bit, EXPLICIT)).toBe(EXPLICIT)
    expect(choose(UIDS.JPEG2000, UIDS.JPEG2000Lossless, IMPLICIT)).toBe(UIDS.JPEG2000Lossless)
  })

  it('is a lossy one when that is all there is: what was compressed before is kept as it is', () => {
    expect(choose(UIDS.JPEGBaseline8Bit)).toBe(UIDS.JPEGBaseline8Bit)
    expect(choose('1.2.3', UIDS.JPEGBaseline8Bit)).toBe(UIDS.JPEGBaseline8Bit)
  })
})

describe('extended negotiation (PS3.7 Annex D.3.3)', () => {
  const user = (more: object) => negotiate(requestPdu({ user: { maximumLength: 0, ...more } }), policy).answer.user

  it('states who we are and what we take, and nothing that was not asked', () => {
    expect(user({})).toEqual({ maximumLength: 131_072, implementationClassUid: '1.2.3', implementationVersion: 'TEST' })
  })

  it.each([
    [{ invoked: 1, performed: 1 }, 1],
    [{ invoked: 4, performed: 9 }, 4],
    [{ invoked: 100, performed: 0 }, 8],
    [{ invoked: 0, performed: 0 }, 8],
  ])('grants of the asynchronous window %j the peer %i operations, and asks one of it', (asked, invoked) => {
    const negotiated = negotiate(requestPdu({ user: { asynchronousOperations: asked } }), policy)
    expect(negotiated.answer.user.asynchronousOperations).toEqual({ invoked, performed: 1 })
    expect(negotiated.performed).toBe(invoked)
  })

  it('performs one operation at a time for peers that negotiate no window', () => {
    expect(negotiate(requestPdu(), policy).performed).toBe(1)
  })

  it('lets the peer be SCU, and for C-GET SCP, of what was accepted; answers no other role', () => {
    const roles = [
      { sopClass: CT, scu: true, scp: true },
      { sopClass: '1.2.840.10008.5.1.4.31', scu: true, scp: false },
    ]
    expect(user({ roles }).roles).toEqual([{ sopClass: CT, scu: true, scp: true }])
  })

  it('answers SOP class extended negotiation with what we do, for accepted classes (PS3.4 B.3.1)', () => {
    const extended = [
      { sopClass: CT, information: Buffer.alloc(6) },
      { sopClass: VERIFICATION, information: Buffer.alloc(1) },
      { sopClass: '1.2.9', information: Buffer.alloc(1) },
    ]
    expect(user({ extended }).extended).toEqual([{ sopClass: CT, information: Buffer.from([2, 0, 3, 0, 0, 0]) }])
  })

  it('takes a class it does not know when the peer says that it is stored, even if others are not (PS3.4 B.4.1.2)', () => {
    const strict: Policy = {
      ...policy,
      serves: (uid, common) => isStored(uid, { acceptUnknownSopClasses: false }, common),
    }
    const contexts = [{ id: 1, abstractSyntax: '1.2.826.0.1.9', transferSyntaxes: [IMPLICIT] }]
    const common = (serviceClass: string) => ({
      commonExtended: [{ sopClass: '1.2.826.0.1.9', serviceClass, relatedGeneralSopClasses: [] }],
    })
    const result = (more: object) => negotiate(requestPdu({ contexts, user: more }), strict).answer.contexts[0]?.result
    expect(result({})).toBe(3)
    expect(result(common('1.2.840.10008.4.2'))).toBe(0)
    expect(result(common('1.2.840.10008.4.3'))).toBe(3)
  })

  it('leaves a user identity unanswered: it is read, and not supported', () => {
    const identity = { type: 2, responseRequested: true, primary: Buffer.from('me'), secondary: Buffer.from('secret') }
    expect(user({ identity })).not.toHaveProperty('identityResponse')
  })
})
