import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatPersonName, NO_NAME, personNameText } from './person-name.ts'

describe('person names (PS3.5 section 6.2.1)', () => {
  it('puts the family name first, then prefix, given and middle names, then the suffix', () => {
    expect(formatPersonName('Adams^John Robert Quincy^^Rev.^B.A. M.Div.').main).toBe(
      'Adams, Rev. John Robert Quincy, B.A. M.Div.',
    )
    expect(formatPersonName('Doe^Jane').main).toBe('Doe, Jane')
    expect(formatPersonName('DOE').main).toBe('DOE')
    expect(formatPersonName('^Bear').main).toBe('Bear')
  })

  it('gives ideographic and phonetic groups beside the alphabetic one, family first without a comma', () => {
    expect(formatPersonName('Yamada^Tarou=山田^太郎=やまだ^たろう')).toEqual({
      main: 'Yamada, Tarou',
      also: ['山田 太郎', 'やまだ たろう'],
    })
    expect(personNameText('Hong^Gildong=洪^吉洞=홍^길동')).toBe('Hong, Gildong (洪 吉洞, 홍 길동)')
  })

  it('shows what there is when the alphabetic group is empty', () => {
    expect(formatPersonName('=山田^太郎').main).toBe('山田 太郎')
  })

  it('says so when there is no name', () => {
    for (const value of ['', '^^^^', '==', '  ']) expect(formatPersonName(value).main).toBe(NO_NAME)
  })

  it('never fails and never leaves a delimiter in what it shows', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(personNameText(value)).not.toMatch(/[\^=]/)
      }),
    )
  })
})
