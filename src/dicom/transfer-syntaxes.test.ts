import { describe, expect, it } from 'vitest'
import { registeredUid, registeredUids } from './dictionary.ts'
import { isTransferSyntax, TRANSFER_SYNTAXES, transferSyntax } from './transfer-syntaxes.ts'
import { isUid } from './uid.ts'

describe('transfer syntaxes (PS3.6 Table A-1)', () => {
  it('have the keyword the registry has', () => {
    for (const { uid, keyword } of TRANSFER_SYNTAXES) {
      expect(isUid(uid)).toBe(true)
      expect([uid, registeredUid(uid)?.keyword ?? keyword]).toEqual([uid, keyword])
    }
  })

  it('are all there', () => {
    const missing = registeredUids('syntax').filter(({ uid }) => !isTransferSyntax(uid))
    expect(missing.map(({ keyword }) => keyword)).toEqual(MISSING)
  })

  it('say how their bytes are read', () => {
    expect(transferSyntax('1.2.840.10008.1.2')).toMatchObject({ explicit: false, littleEndian: true, image: true })
    expect(transferSyntax('1.2.840.10008.1.2.2')).toMatchObject({ explicit: true, littleEndian: false })
    expect(transferSyntax('1.2.840.10008.1.2.1.99')).toMatchObject({ deflated: true, encapsulated: false })
    expect(transferSyntax('1.2.840.10008.1.2.4.202')).toMatchObject({
      codec: 'htj2k',
      encapsulated: true,
      lossy: false,
    })
    expect(transferSyntax('1.2.840.10008.1.2.4.102')).toMatchObject({ codec: 'video', image: false })
  })

  it('are refused when unknown', () => {
    expect(() => transferSyntax('1.2.840.10008.1.1')).toThrow('Transfer syntax 1.2.840.10008.1.1 is not known')
  })
})

/** Retired, and never data sets as PS3.5 has them. */
const MISSING = ['Papyrus3ImplicitVRLittleEndian']
