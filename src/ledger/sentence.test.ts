import { describe, expect, it } from 'vitest'
import { sentenceOf } from './sentence.ts'

const marie = { actor: { userId: 'u:01', name: 'marie' }, client: { ip: '10.0.0.7' }, outcome: 0 }
const ct = { actor: { userId: 'ae:CT1', known: true }, client: { ip: '10.0.0.9' }, outcome: 0 }

describe('events as sentences', () => {
  it.each([
    [{ ...ct, type: 'obj.ingest', study: '1.2' }, 'CT1 stored an instance of study 1.2 from 10.0.0.9.'],
    [
      { ...marie, type: 'aud.110103', phase: 'opening', study: '1.2' },
      'marie opened images of study 1.2 from 10.0.0.7.',
    ],
    [
      { ...marie, type: 'aud.110103', phase: 'closing', study: '1.2', objects: [{ nInstances: 3, nFrames: 1 }] },
      'marie was shown 3 instances and 1 frame of study 1.2 from 10.0.0.7.',
    ],
    [{ ...marie, type: 'aud.110112', results: 1 }, 'marie searched and was answered 1 row from 10.0.0.7.'],
    [{ ...marie, type: 'aud.110114', what: '110122' }, 'marie logged in from 10.0.0.7.'],
    [
      { actor: { userId: 'sys:web' }, type: 'aud.110114', what: '110122', outcome: 4, name: 'eve' },
      'web failed to log in as eve.',
    ],
    [{ ...marie, type: 'aud.110113', outcome: 4, act: 'original' }, 'marie was refused original from 10.0.0.7.'],
    [{ ...marie, type: 'acl.change', action: 'D', token: 't1' }, 'marie withdrew an API token from 10.0.0.7.'],
    [{ actor: { userId: 'sys:archive' }, type: 'aud.110100', subtype: '110121', outcome: 0 }, 'archive stopped.'],
  ])('%j', (body, sentence) => expect(sentenceOf(body)).toBe(sentence))

  it('has a sentence for a body of a type it does not know, and for one that says nothing', () => {
    expect(sentenceOf({ ...marie, type: 'aud.999' })).toBe('marie did aud.999 from 10.0.0.7.')
    expect(sentenceOf({})).toMatch(/^Somebody did/)
  })
})
