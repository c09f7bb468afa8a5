/** Papers as another program reads them: Mozilla's PDF.js. */
import { getDocumentProxy } from 'unpdf'
import { describe, expect, it } from 'vitest'
import { MOST_ROWS, type Paper, table } from './paper.ts'
import { printPaper } from './print.ts'

const paper: Paper = {
  title: 'Certificate of destruction 17',
  about: 'Every copy this archive had was destroyed.',
  at: '2026-11-27T12:00:00.000Z',
  parts: [
    { is: 'heading', text: 'What was destroyed' },
    {
      is: 'facts',
      facts: [
        ['Study Instance UID', '1.2.840.10008.1.2.3'],
        ['Name', 'Müller Ιωάννης Петров'],
      ],
    },
    { is: 'list', items: ['One thing', 'Another thing'] },
    {
      is: 'table',
      columns: [
        { title: 'Entry', share: 1 },
        { title: 'Digest', share: 6 },
      ],
      rows: Array.from({ length: 120 }, (_, at) => [String(at), `${'0123456789abcdef'.repeat(4)} ${at}`]),
    },
  ],
  attached: [
    { name: 'proofs.json', type: 'application/json', says: 'The proofs', bytes: new TextEncoder().encode('{"a":1}\n') },
  ],
}
const open = async (of: Paper) => getDocumentProxy(Uint8Array.from(await printPaper(of)))

async function textOf(of: Paper): Promise<readonly string[]> {
  const pdf = await open(of)
  const pages: string[] = []
  for (let page = 1; page <= pdf.numPages; page += 1) {
    const { items } = await (await pdf.getPage(page)).getTextContent()
    pages.push(items.map((item) => ('str' in item ? item.str : '')).join(' '))
  }
  return pages
}

interface Node {
  readonly role?: string
  readonly children?: readonly Node[]
}
const rolesIn = ({ role, children = [] }: Node): readonly string[] => [
  ...(role === undefined ? [] : [role]),
  ...children.flatMap(rolesIn),
]

describe('a paper', () => {
  it('is read back as it was written, in any script the typeface has', async () => {
    const [first = ''] = await textOf(paper)
    for (const words of ['Certificate of destruction 17', '1.2.840.10008.1.2.3', 'Müller', 'Ιωάννης', 'Петров'])
      expect(first).toContain(words)
  })

  it('is the same bytes each time, and not those of another moment', async () => {
    const [one, two] = [await printPaper(paper), await printPaper(paper)]
    expect(Buffer.from(one).equals(Buffer.from(two))).toBe(true)
    const later = await printPaper({ ...paper, at: '2026-11-28T12:00:00.000Z' })
    expect(Buffer.from(one).equals(Buffer.from(later))).toBe(false)
  })

  it('is tagged in reading order, in English, and says what it is (PDF/A-3a)', async () => {
    const pdf = await open(paper)
    expect(await pdf.getMarkInfo()).toMatchObject({ Marked: true })
    const { info } = await pdf.getMetadata()
    expect(info).toMatchObject({ Title: paper.title, Language: 'en', PDFFormatVersion: '1.7' })
    const raw = Buffer.from(await printPaper(paper)).toString('latin1')
    expect(raw).toMatch(/<pdfaid:part>3<\/pdfaid:part>\s*<pdfaid:conformance>A</)
    const roles = rolesIn((await (await pdf.getPage(1)).getStructTree()) as Node)
    expect(roles.filter((role) => ['H1', 'H2', 'Table', 'L'].includes(role))).toEqual([
      'H1',
      'H2',
      'Table',
      'L',
      'Table',
    ])
    expect(roles.filter((role) => role === 'TH').length).toBe(2 + 2)
  })

  it('breaks a long table between rows and names its columns on each page', async () => {
    const pages = await textOf(paper)
    expect(pages.length).toBeGreaterThan(2)
    for (const [at, text] of pages.entries()) {
      expect(text).toContain(`${at + 1} / ${pages.length}`)
      if (at > 0) expect(text).toContain('Digest')
    }
    const all = pages.join(' ')
    for (let at = 0; at < 120; at += 1) expect(all).toMatch(new RegExp(`\\b${at}\\b`))
  })

  it('has what was attached to it inside', async () => {
    const document = await open(paper)
    const [[id, file] = ['', undefined]] = [...((await document.getAttachments()) ?? [])]
    const content: unknown = await document.getAttachmentContent(id)
    expect(file?.filename).toBe('proofs.json')
    expect(Buffer.from(content as Uint8Array).toString()).toBe('{"a":1}\n')
  })

  it('says plainly which characters it could not print, and prints no control characters', async () => {
    const strange: Paper = { ...paper, parts: [{ is: 'text', text: 'Yamada^Tarou 山田\u0007太郎' }], attached: [] }
    const text = (await textOf(strange)).join(' ')
    expect(text).toContain('‹U+5C71›‹U+7530›')
    expect(text).toContain('Characters the typeface of this paper does not have')
    expect((await textOf(paper)).join(' ')).not.toContain('Characters the typeface')
  })

  it('prints a thousand rows of a table, and says how many more there are', () => {
    const rows = Array.from({ length: MOST_ROWS + 3 }, (_, at) => [String(at)])
    expect(table([{ title: 'n', share: 1 }], rows)).toMatchObject([
      { is: 'table', rows: { length: MOST_ROWS } },
      { is: 'text', text: expect.stringContaining('And 3 more') },
    ])
    expect(table([{ title: 'n', share: 1 }], [])).toEqual([{ is: 'text', text: 'None.' }])
  })
})
