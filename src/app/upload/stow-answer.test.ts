import { describe, expect, it } from 'vitest'
import { privateBlock } from '../../api/store-answer.ts'
import { readStowAnswer, reasonInWords } from './stow-answer.ts'

const answer = (tag: string, element: object) => ({ [tag]: { vr: 'SQ', Value: [element] } })

describe('answers to STOW-RS (PS3.18 section 10.5.3)', () => {
  it('gives the study of what was stored', () => {
    const stored = answer('00081199', {
      '00081190': { vr: 'UR', Value: ['http://a/dicom-web/studies/1.2.3/series/4/instances/5'] },
    })
    expect(readStowAnswer(200, stored)).toEqual({ result: 'stored', study: '1.2.3' })
  })

  it('tells a warning from a plain success', () => {
    const stored = answer('00081199', { '00081196': { vr: 'US', Value: [0xb000] } })
    expect(readStowAnswer(202, stored).result).toBe('warned')
  })

  it('says why an object was refused', () => {
    const failed = answer('00081198', { '00081197': { vr: 'US', Value: [0xc000] } })
    expect(readStowAnswer(409, failed)).toEqual({
      result: 'refused',
      reason: 'The file cannot be understood as DICOM. (C000H)',
    })
    const other = answer('0008119A', { '00081197': { vr: 'US', Value: [0xa900] } })
    expect(readStowAnswer(409, other).reason).toContain('A900H')
  })

  it('prefers the archive’s own words', () => {
    const failed = answer('00081198', {
      '00081197': { vr: 'US', Value: [0xc000] },
      ...privateBlock('DICOM_TRUNCATED', 'It ends early. Send it again.'),
    })
    expect(readStowAnswer(409, failed)).toEqual({ result: 'refused', reason: 'It ends early. Send it again.' })
  })

  it('takes the words of the archive when it answers with a problem', () => {
    expect(
      readStowAnswer(507, { code: 'STORE_NO_SPACE', fact: 'No space.', remedy: 'Free some.', request: 'r' }),
    ).toEqual({
      result: 'refused',
      reason: 'No space. Free some.',
    })
    expect(readStowAnswer(502, undefined).reason).toBe('The archive answered 502.')
  })

  it('names codes it does not know', () => {
    expect(reasonInWords(0x1234)).toBe('Reason 1234H.')
  })
})
