import { describe, expect, it } from 'vitest'
import { item, number, numbers, text, texts } from './dicom-json.ts'

describe('reading DICOM JSON (PS3.18 Annex F)', () => {
  it('joins the groups of a person name', () => {
    const name = { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' }
    expect(text({ '00100010': { vr: 'PN', Value: [name] } }, '00100010')).toBe('Yamada^Tarou=山田^太郎=やまだ^たろう')
    expect(text({ '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe' }] } }, '00100010')).toBe('Doe')
  })

  it('takes numbers written either way', () => {
    expect(number({ '00201041': { vr: 'DS', Value: ['-612.5 '] } }, '00201041')).toBe(-612.5)
    expect(numbers({ '00280030': { vr: 'DS', Value: [0.5, '0.25'] } }, '00280030')).toEqual([0.5, 0.25])
  })

  it('gives nothing rather than something wrong', () => {
    expect(numbers({ '00280030': { vr: 'DS', Value: ['0.5', 'wide'] } }, '00280030')).toEqual([])
    expect(numbers({ '00280030': { vr: 'DS', Value: ['0.5', null] } }, '00280030')).toEqual([])
    expect(text({}, '00100010')).toBe('')
    expect(texts(undefined, '00100010')).toEqual([])
    expect(item({ '52009229': { vr: 'SQ', Value: [null] } }, '52009229')).toBeUndefined()
  })
})
