import { describe, expect, it } from 'vitest'
import { ArchiveError } from '../base/errors.ts'
import { dicomAddress, explain, type Output, size } from './command.ts'

describe('the address of a DICOM node on the command line', () => {
  it.each([
    ['CLEARKEEP@127.0.0.1:11112', { aet: 'CLEARKEEP', host: '127.0.0.1', port: 11112 }],
    ['dicom://CT 1@scanner.example:104', { aet: 'CT 1', host: 'scanner.example', port: 104 }],
    ['A@[::1]:4242', { aet: 'A', host: '::1', port: 4242 }],
  ])('reads %s', (text, address) => expect(dicomAddress(text)).toEqual(address))

  it.each(['127.0.0.1:11112', 'A@host', 'A@host:0', 'A@host:70000', 'SEVENTEEN-LETTERS@host:104', ''])(
    'refuses "%s" and shows one',
    (text) => expect(() => dicomAddress(text)).toThrow('one looks like CLEARKEEP@127.0.0.1:11112'),
  )
})

describe('exit codes', () => {
  const silent: Output = {
    say: () => {},
    record: () => {},
    print: () => {},
    progress: () => ({ advance: () => {}, done: () => {} }),
  }

  it('are 2 for wrong use and 1 for what failed', () => {
    expect(explain(new ArchiveError('USAGE', { why: 'x' }), silent)).toBe(2)
    expect(explain(new ArchiveError('CONFIG_UNKNOWN', { key: 'x', nearest: 'y' }), silent)).toBe(2)
    expect(explain(new ArchiveError('DATA_LOCKED', { folder: 'x', holder: 'y' }), silent)).toBe(1)
    expect(explain(new Error('boom'), silent)).toBe(1)
  })
})

describe('sizes for people', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1500, '1.5 kB'],
    [2_250_000_000, '2.3 GB'],
  ])('%d bytes is %s', (bytes, shown) => expect(size(bytes)).toBe(shown))
})
