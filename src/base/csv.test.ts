import { describe, expect, it } from 'vitest'
import { csvLine } from './csv.ts'

describe('a line of CSV', () => {
  it('quotes every field, and doubles quotes within', () => {
    expect(csvLine(['a', 'b,c', 'd"e', 'f\r\ng', 7])).toBe('"a","b,c","d""e","f\r\ng","7"\r\n')
  })

  it('lets no spreadsheet run what somebody sent as a Patient ID', () => {
    for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']) expect(csvLine([text])).toBe(`"'${text}"\r\n`)
    expect(csvLine([-1])).toBe('"-1"\r\n')
  })
})
