import { describe, expect, it } from 'vitest'
import type { Association } from '../../api/admin.ts'
import { associationInWords } from './association-words.ts'

const association = (more: Partial<Association> = {}): Association => ({
  id: 1,
  callingAet: 'CT01',
  calledAet: 'CLEARKEEP',
  address: '10.1.2.3',
  listed: true,
  implementationClassUid: '1.2.3',
  implementationVersion: 'CT_1',
  maxPdu: 16384,
  startedAt: '2026-11-24T08:00:00.000Z',
  endedAt: '2026-11-24T08:00:12.000Z',
  contexts: [],
  counts: { echo: 0, stored: 0, already: 0, conflict: 0, refused: 0 },
  refusals: [],
  bytesReceived: 318_000_000,
  bytesSent: 0,
  state: 'released by the peer',
  ...more,
})

const tell = (more: Partial<Association>) => associationInWords(association(more), 'CLEARKEEP', new Date(0))
const says = (more: Partial<Association>) => tell(more).notes.map((note) => note.says)

describe('an association in words', () => {
  it('says what was stored, how long it took and how much it was', () => {
    expect(tell({ counts: { stored: 609, already: 3, echo: 1 } })).toEqual({
      mark: { tone: 'good', word: 'Released' },
      summary: 'Stored 612 objects (3 were here already) and answered 1 echo in 12 s, 318 MB.',
      notes: [],
    })
    expect(tell({}).summary).toBe('Nothing was asked for in 12 s, 318 MB.')
    expect(tell({ counts: { find: 4 } }).summary).toBe('4 × find in 12 s, 318 MB.')
  })

  it('says which transfer syntaxes were proposed when none could be taken', () => {
    const context = {
      abstractSyntax: 'CT Image Storage',
      proposed: ['JPEG 2000 Part 2'],
      answer: 'transfer syntaxes not supported',
      accepted: false,
    }
    expect(says({ contexts: [context] })).toEqual([
      'For CT Image Storage it proposed only JPEG 2000 Part 2, which we do not take.',
    ])
    const other = { ...context, proposed: ['Implicit VR Little Endian'], answer: '', accepted: true }
    expect(says({ contexts: [context, other] })).toEqual([]) // another context for the same objects was agreed on
  })

  it('says what was asked for and is not offered', () => {
    const context = {
      abstractSyntax: 'Modality Worklist',
      proposed: [],
      answer: 'abstract syntax not supported',
      accepted: false,
    }
    expect(says({ contexts: [context] })).toEqual([
      'It asked for Modality Worklist, which this archive does not offer.',
    ])
  })

  it.each([
    [
      'rejected by us: the calling AE title is not recognized (rejected-permanent)',
      'CT01 at 10.1.2.3 is not a listed device',
    ],
    [
      'rejected by us: the called AE title is not recognized (rejected-permanent)',
      'It called us PACS1, but our title is CLEARKEEP',
    ],
    ['rejected by us: the local limit is exceeded (rejected-transient)', 'There were too many associations'],
    ['aborted by us: it was silent for 300 seconds', 'We broke it off: it was silent for 300 seconds'],
    ['aborted by the peer: aborted by its user', 'The device broke it off: aborted by its user'],
    ['lost by the peer: ECONNRESET', 'The connection broke before the device said goodbye (ECONNRESET)'],
    ['timed out: no association request came', 'We broke it off'],
  ])('explains the end: %s', (state, expected) => {
    const [first] = says({ state, calledAet: state.includes('called') ? 'PACS1' : 'CLEARKEEP' })
    if (!state.startsWith('timed out')) expect(first).toContain(expected)
    expect(first).toBeDefined()
  })

  it('mentions another title we were called by, without making a fault of it', () => {
    const story = tell({ calledAet: 'PACS1' })
    expect(story.notes).toEqual([
      { tone: 'plain', says: 'It called us PACS1; our title is CLEARKEEP. We answered all the same.' },
    ])
    expect(story.mark.tone).toBe('good')
  })

  it('gives the reason of refusals, with what to do', () => {
    const refusals = [{ code: 'DICOM_NO_UID', fact: 'The object has no valid X.', remedy: 'Give it one.', times: 2 }]
    const story = tell({ refusals, counts: { refused: 2 } })
    expect(story.notes).toEqual([
      { tone: 'bad', says: '2 were refused; the first: The object has no valid X.', remedy: 'Give it one.' },
    ])
    expect(story.mark).toEqual({ tone: 'warn', word: 'Released, not all taken' })
  })
})
