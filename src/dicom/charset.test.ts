import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, toHex } from '../base/bytes.ts'
import { characterSet, decodeText, encodeText, readText } from './charset.ts'
import type { Vr } from './data-set.ts'

/** Bytes as PS3.5 prints them: text of ISO 646 in quotes stands for itself, the rest is hex. */
const bytes = (...parts: string[]) =>
  concat(
    parts.map((part) =>
      part.startsWith("'") ? new TextEncoder().encode(part.slice(1, -1)) : fromHex(part.replaceAll(' ', '')),
    ),
  )

describe('the examples of PS3.5', () => {
  it.each<[string, string[], Uint8Array, string]>([
    [
      'H.3.1 Japanese, kanji and kana by ISO 2022 IR 87',
      ['', 'ISO 2022 IR 87'],
      bytes(
        "'Yamada^Tarou='",
        '1b2442 3b33 4544 1b2842',
        "'^'",
        '1b2442 4240 4f3a 1b2842',
        "'='",
        '1b2442 2464 245e 2440 1b2842',
        "'^'",
        '1b2442 243f 246d 2426 1b2842',
      ),
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    ],
    [
      'H.3.2 Japanese, half-width katakana by ISO 2022 IR 13',
      ['ISO 2022 IR 13', 'ISO 2022 IR 87'],
      bytes(
        'd4cfc0de 5e c0dbb3 3d 1b2442 3b33 4544 1b284a 5e 1b2442 4240 4f3a 1b284a 3d 1b2442 2464 245e 2440 1b284a 5e 1b2442 243f 246d 2426 1b284a',
      ),
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
    ],
    [
      'I.2 Korean, by ISO 2022 IR 149, called again after each delimiter',
      ['', 'ISO 2022 IR 149'],
      bytes("'Hong^Gildong='", '1b242943 fbf3 5e 1b242943 d1ce d4d7 3d 1b242943 c8ab 5e 1b242943 b1e6 b5bf'),
      'Hong^Gildong=洪^吉洞=홍^길동',
    ],
    [
      'J.1 Chinese, by ISO_IR 192',
      ['ISO_IR 192'],
      bytes("'Wang^XiaoDong='", 'e78e8b 5e e5b08f e69db1 3d'),
      'Wang^XiaoDong=王^小東=',
    ],
    [
      'J.2 Chinese, by GB18030',
      ['GB18030'],
      bytes("'Wang^XiaoDong='", 'cdf5 5e d0a1 967c 3d'),
      'Wang^XiaoDong=王^小東=',
    ],
    [
      'K.2 Chinese, by ISO 2022 IR 58',
      ['', 'ISO 2022 IR 58'],
      bytes("'Zhang^XiaoDong='", '1b242941 d5c5 5e 1b242941 d0a1 b6ab 3d'),
      'Zhang^XiaoDong=张^小东=',
    ],
  ])('%s', (_, terms, encoded, text) => {
    expect(decodeText(encoded, 'PN', terms)).toBe(text)
  })

  it.each([
    ['Latin alphabet 1', 'ISO_IR 100', 'c4', 'Ä'],
    ['Latin alphabet 2', 'ISO_IR 101', 'b3', 'ł'],
    ['Latin alphabet 3', 'ISO_IR 109', 'a1', 'Ħ'],
    ['Latin alphabet 4', 'ISO_IR 110', 'a2', 'ĸ'],
    ['Cyrillic', 'ISO_IR 144', 'bb', 'Л'],
    ['Arabic', 'ISO_IR 127', 'e2', 'ق'],
    ['Greek', 'ISO_IR 126', 'c4', 'Δ'],
    ['Hebrew', 'ISO_IR 138', 'f9', 'ש'],
    ['Latin alphabet 5', 'ISO_IR 148', 'fe', 'ş'],
    ['Latin alphabet 9', 'ISO_IR 203', 'a4', '€'],
    ['Japanese katakana', 'ISO_IR 13', 'd4', 'ﾔ'],
    ['Thai', 'ISO_IR 166', 'a1', 'ก'],
    ['GBK', 'GBK', 'cdf5', '王'],
  ])('reads %s under %s', (_, term, code, text) => {
    expect(readText(bytes(code), 'LO', [term])).toEqual({ text, notes: [] })
    if (term.startsWith('ISO_IR')) {
      const extended = term.replace('ISO_IR', 'ISO 2022 IR')
      expect(readText(bytes(code), 'LO', [extended]), 'with code extensions').toEqual({ text, notes: [] })
    }
  })
})

describe('code extensions (PS3.5 section 6.1.2.5)', () => {
  it('switches between several sets within a value', () => {
    const terms = ['ISO 2022 IR 100', 'ISO 2022 IR 144', 'ISO 2022 IR 126']
    expect(decodeText(bytes('c4', '1b2d4c bb', '1b2d46 c4', '1b2d41 c4'), 'LO', terms)).toBe('ÄЛΔÄ')
  })

  it.each(['5c', '5e', '3d', '09', '0a', '0c', '0d'])(
    'takes back what value 1 says at the delimiter %s',
    (delimiter) => {
      const text = decodeText(bytes('1b2d4c bb', delimiter, 'c4'), 'PN', ['ISO 2022 IR 100', 'ISO 2022 IR 144'])
      expect(text).toBe(`Л${String.fromCharCode(Number.parseInt(delimiter, 16))}Ä`)
    },
  )

  it('takes ^ and = for delimiters in names only', () => {
    expect(decodeText(bytes('1b2d4c bb 5e bb'), 'LO', ['ISO 2022 IR 100', 'ISO 2022 IR 144'])).toBe('Л^Л')
  })

  it('reads 5C inside a character of two bytes as part of it', () => {
    expect(decodeText(bytes('1b2442 2d5c 305c 1b2842 5c41'), 'LO', ['', 'ISO 2022 IR 87']).split('\\')).toHaveLength(2)
    expect(decodeText(bytes('955c 41'), 'LO', ['GB18030'])).toMatch(/^[^\\]A$/)
    expect(decodeText(bytes('955c 5c 41'), 'LO', ['GBK']).split('\\')).toHaveLength(2)
  })

  it('reads 5C under ISO_IR 13 as a delimiter where values are many, as a yen sign where there is one', () => {
    expect(decodeText(bytes('d4 5c d4'), 'LO', ['ISO_IR 13'])).toBe('ﾔ\\ﾔ')
    expect(decodeText(bytes('d4 5c d4'), 'LT', ['ISO_IR 13'])).toBe('ﾔ¥ﾔ')
  })

  it('reads supplementary kanji by ISO 2022 IR 159', () => {
    expect(decodeText(bytes('1b242844 3021 1b2842'), 'LO', ['', 'ISO 2022 IR 87', 'ISO 2022 IR 159'])).toBe('丂')
  })
})

describe('terms and bytes that are not as they ought to be', () => {
  it.each(['ISO-IR 100', 'ISO_IR_100', 'ISO IR 100', 'ISOIR100', 'iso_ir 100', 'ISO8859-1', 'ISO 8859-1', 'LATIN1'])(
    'reads %s as ISO_IR 100 and says so',
    (term) => {
      expect(readText(bytes('c4'), 'LO', [term])).toEqual({ text: 'Ä', notes: ['misspelt-term'] })
    },
  )

  it.each(['ISO IR 192', 'ISO-IR-192', 'UTF-8', 'utf8', 'ISO 2022 IR 192'])(
    'reads %s as ISO_IR 192 and says so',
    (term) => {
      expect(readText(bytes('c384'), 'LO', [term])).toEqual({ text: 'Ä', notes: ['misspelt-term'] })
    },
  )

  it('reads encodings outside DICOM when the platform knows them', () => {
    expect(readText(bytes('8ea9'), 'LO', ['SHIFT_JIS'])).toEqual({ text: '自', notes: ['foreign-term'] })
  })

  it('reads an unknown term as if it were missing', () => {
    expect(readText(bytes('c3 84'), 'LO', ['ISO_IR 999'])).toEqual({
      text: 'Ä',
      notes: ['unknown-term', 'undeclared-bytes'],
    })
  })

  it('reads undeclared bytes as UTF-8 when they are that, as Latin alphabet 1 otherwise', () => {
    expect(readText(bytes('c384'), 'LO', [])).toEqual({ text: 'Ä', notes: ['undeclared-bytes'] })
    expect(readText(bytes('c4'), 'LO', [])).toEqual({ text: 'Ä', notes: ['undeclared-bytes'] })
  })

  it('keeps on reading Korean that was not called again after a delimiter, or never', () => {
    const terms = ['', 'ISO 2022 IR 149']
    expect(readText(bytes('1b242943 c8ab 5e b1e6 b5bf'), 'PN', terms)).toEqual({
      text: '홍^길동',
      notes: ['undeclared-bytes'],
    })
    expect(decodeText(bytes('c8ab 5e b1e6 b5bf'), 'PN', terms)).toBe('홍^길동')
  })

  it('reads what was declared as UTF-8 and is not as Latin alphabet 1, but marks a value cut inside a character', () => {
    expect(readText(bytes("'R'", 'fc', "'diger'"), 'PN', ['ISO_IR 192'])).toEqual({
      text: 'Rüdiger',
      notes: ['invalid-utf-8'],
    })
    expect(readText(bytes("'Rose'", 'c3'), 'PN', ['ISO_IR 192'])).toEqual({
      text: 'Rose\uFFFD',
      notes: ['undecodable'],
    })
  })

  it('leaves terms beside ISO_IR 192 aside', () => {
    expect(readText(bytes('c384'), 'LO', ['ISO_IR 192', 'ISO 2022 IR 87'])).toEqual({
      text: 'Ä',
      notes: ['useless-terms'],
    })
  })

  it('drops an escape that calls nothing', () => {
    expect(decodeText(bytes('41 1b 42'), 'LO', ['ISO 2022 IR 100'])).toBe('AB')
  })

  it('does not apply the character set to VRs outside it', () => {
    expect(decodeText(bytes('cdf5'), 'CS', ['GB18030'])).toBe('Íõ')
  })

  it('never throws, and never gives more characters than bytes', () => {
    const term = fc.constantFrom(
      '',
      'ISO_IR 100',
      'ISO 2022 IR 87',
      'ISO 2022 IR 159',
      'ISO 2022 IR 149',
      'ISO 2022 IR 58',
      'ISO 2022 IR 13',
      'ISO_IR 192',
      'GB18030',
      'GBK',
      'ISO_IR 13',
      'nonsense',
      'ISO_IR 166',
    )
    const vr = fc.constantFrom<Vr>('SH', 'LO', 'ST', 'LT', 'PN', 'UC', 'UT', 'CS')
    const byte = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(0x1b, 0x24, 0x28, 0x29, 0x42, 0x43, 0x5c, 0x5e),
    )
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.array(byte, { maxLength: 40 }),
        fc.array(term, { maxLength: 4 }),
        vr,
        (wild, shaped, terms, vr) => {
          for (const input of [wild, Uint8Array.from(shaped)])
            expect(decodeText(input, vr, terms).length).toBeLessThanOrEqual(input.length)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('encoding', () => {
  const REPERTOIRES: readonly (readonly [terms: string[], letters: string])[] = [
    [['ISO_IR 100'], 'AÄÿ¿ ~\\'],
    [['ISO_IR 101'], 'AłęŽ '],
    [['ISO_IR 109'], 'AĦż '],
    [['ISO_IR 110'], 'AĸŊ '],
    [['ISO_IR 144'], 'AЛюџ '],
    [['ISO_IR 127'], 'Aقز '],
    [['ISO_IR 126'], 'AΔώ '],
    [['ISO_IR 138'], 'Aשא '],
    [['ISO_IR 148'], 'AşİÄ '],
    [['ISO_IR 203'], 'A€Šœ '],
    [['ISO_IR 13'], 'Aﾔﾏﾞ '],
    [['ISO_IR 166'], 'Aกฮ๛ '],
    [['ISO_IR 192'], 'A山😀ł '],
    [['GB18030'], 'A王東😀ł한 '],
    [['GBK'], 'A王東 '],
    [['', 'ISO 2022 IR 87'], 'A^=\\山田やま '],
    [['ISO 2022 IR 13', 'ISO 2022 IR 87', 'ISO 2022 IR 159'], 'A^=\\ﾔﾏ山田丂 '],
    [['', 'ISO 2022 IR 149'], 'A^=\\洪홍길동 '],
    [['', 'ISO 2022 IR 58'], 'A^=\\张小东 '],
    [['ISO 2022 IR 100', 'ISO 2022 IR 144', 'ISO 2022 IR 126', 'ISO 2022 IR 87'], 'A^=\\ÄЛΔ山 '],
  ]

  it.each(REPERTOIRES)('gives back under %j what it was given', (terms, letters) => {
    const text = fc.array(fc.constantFrom(...letters), { maxLength: 30 }).map((all) => all.join(''))
    fc.assert(
      fc.property(text, fc.constantFrom<Vr>('PN', 'LO', 'UC'), (text, vr) => {
        const encoded = encodeText(text, vr, terms)
        expect(encoded.complete).toBe(true)
        expect(readText(encoded.bytes, vr, terms)).toEqual({ text, notes: [] })
      }),
    )
  })

  it('takes back the called set before a delimiter and at the end', () => {
    expect(toHex(encodeText('山^田', 'PN', ['', 'ISO 2022 IR 87']).bytes)).toBe('1b24423b331b28425e1b244245441b2842')
    expect(toHex(encodeText('홍^길', 'PN', ['', 'ISO 2022 IR 149']).bytes)).toBe('1b242943c8ab5e1b242943b1e6')
  })

  it('writes no extensions of a set, and takes like signs for each other', () => {
    expect(encodeText('①', 'LO', ['', 'ISO 2022 IR 87']).complete).toBe(false)
    expect(decodeText(bytes('1b2442 2d21 1b2842'), 'LO', ['', 'ISO 2022 IR 87'])).toBe('①')
    expect(encodeText('〜', 'LO', ['', 'ISO 2022 IR 87']).bytes).toEqual(bytes('1b2442 2141 1b2842'))
  })

  it('says when a character has no code', () => {
    expect(encodeText('Łódź', 'PN', ['ISO_IR 100'])).toMatchObject({ complete: false })
  })
})

describe('the character set read from the terms', () => {
  it('has no set of two bytes active before it is called', () => {
    expect(characterSet(['ISO 2022 IR 87']).g0.name).toBe('ascii')
    expect(characterSet(['', 'ISO 2022 IR 149']).g1).toBeUndefined()
  })
})
