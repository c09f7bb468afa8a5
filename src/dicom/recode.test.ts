import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataSet, element, sequence, UNICODE, unicodeElement } from './build.ts'
import { T } from './dictionary.ts'
import { toDicomJson } from './json.ts'
import { recoded } from './recode.ts'

const named = (name: string) =>
  dataSet(
    [
      unicodeElement(),
      element(T.PatientName, name, 'PN', UNICODE),
      sequence(T.RequestAttributesSequence, [dataSet([element(T.StudyDescription, name, 'LO', UNICODE)], UNICODE)]),
    ],
    UNICODE,
  )

describe('recoded', () => {
  it.each([
    ['Buc^Jérôme', ['ISO_IR 100']],
    ['Διονυσιος', ['ISO_IR 126']],
    ['Люкceмбypг', ['ISO_IR 144']],
    ['Yamada^Tarou=山田^太郎=やまだ^たろう', ['', 'ISO 2022 IR 87']],
    ['Hong^Gildong=洪^吉洞=홍^길동', ['', 'ISO 2022 IR 149']],
    ['Wang^XiaoDong=王^小东', ['GB18030']],
  ])('says %s in %j, in sequences too, and means the same', (name, terms) => {
    const other = recoded(named(name), terms)
    expect(other?.characterSet).toEqual(terms)
    const { '00080005': _, ...json } = toDicomJson(named(name))
    expect(toDicomJson(other ?? dataSet([]))).toMatchObject(json)
  })

  it('gives nothing when a letter has no code there', () => {
    expect(recoded(named('山田^太郎'), ['ISO_IR 100'])).toBeUndefined()
  })

  it('means the same whatever the text, or gives nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/[\\=^\p{C}]|^\s+|\s+$/gu, '')),
        fc.constantFrom(['ISO_IR 100'], ['', 'ISO 2022 IR 87'], ['GB18030'], ['ISO_IR 192']),
        (text, terms) => {
          const other = recoded(named(text), terms)
          if (other !== undefined) expect(toDicomJson(other)['00100010']).toEqual(toDicomJson(named(text))['00100010'])
        },
      ),
    )
  })
})
