/**
 * Prints a paper: PDF/A-3a, tagged in reading order, the same bytes each time. Rows of tables are laid out here, since a row
 * never breaks over a page and each page has the names of the columns again.
 */
import { setImmediate } from 'node:timers/promises'
import type { Face } from './faces.ts'
import type { Paper, Part } from './paper.ts'

/** Points: A4 with room for a binding. */
const MARGINS = { top: 64, bottom: 72, left: 64, right: 56 }
const SIZES = { title: 17, heading: 11.5, text: 9.5, cell: 7.5, foot: 7.5 }
const PADDING = 3
const INK = '#1a1a1a'
const RULE = '#b9b9b9'
/** Characters of a cell: what is longer is in the table (CSV). */
const LONGEST_CELL = 600
/** Points of a wide character of a cell, and lines of one that surely fit on a page. */
const WIDEST = 6
const MOST_LINES = 60
/** Rows after which others get their turn. */
const BREATHE = 50

type Pdf = PDFKit.PDFDocument
type Struct = ReturnType<Pdf['struct']>

/** PDFKit and the faces are loaded here, and only here. */
export async function printPaper(paper: Paper): Promise<Uint8Array> {
  const [{ default: Document }, { openFaces }] = await Promise.all([import('pdfkit'), import('./faces.ts')])
  const faces = openFaces()
  const at = new Date(paper.at)
  const pdf = new Document({
    size: 'A4',
    margins: MARGINS,
    pdfVersion: '1.7',
    subset: 'PDF/A-3a',
    tagged: true,
    lang: 'en',
    displayTitle: true,
    bufferPages: true,
    font: faces.file('plain'),
    info: {
      Title: paper.title,
      Author: 'Clearkeep',
      Creator: 'Clearkeep',
      Producer: 'PDFKit',
      CreationDate: at,
      ModDate: at,
    },
  })
  const chunks: Buffer[] = []
  const ended = new Promise<void>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
    pdf.on('end', resolve)
    pdf.on('error', reject)
  })
  pdf.fillColor(INK)
  const sheet = openSheet(
    pdf,
    (face, text) => faces.printable(face, text),
    (face) => faces.file(face),
  )
  sheet.write('H1', 'bold', SIZES.title, paper.title)
  sheet.write('P', 'plain', SIZES.text, paper.about)
  for (const part of paper.parts) await sheet.part(part)
  if (faces.lacking)
    sheet.write(
      'P',
      'plain',
      SIZES.text,
      'Characters the typeface of this paper does not have stand here as their Unicode code points, as in U+5C71 between single angle quotes. The archive has them as they are.',
    )
  sheet.end()
  for (const { name, type, says, bytes } of paper.attached ?? []) {
    // ISO 19005-3 6.8: what an attachment is to the paper. PDFKit takes it, its types do not say so yet.
    const about = { name, type, description: says, creationDate: at, modifiedDate: at, relationship: 'Data' }
    pdf.file(Buffer.from(bytes), about)
  }
  foot(pdf, faces.file('plain'), `${paper.title} · ${paper.at}`)
  pdf.end()
  await ended
  return Buffer.concat(chunks)
}

function openSheet(pdf: Pdf, printable: (face: Face, text: string) => string, file: (face: Face) => string) {
  const document = pdf.struct('Document')
  pdf.addStructure(document)
  const width = pdf.page.width - MARGINS.left - MARGINS.right
  const floor = (): number => pdf.page.height - MARGINS.bottom

  const set = (face: Face, size: number): void => {
    pdf.font(file(face), size)
  }
  const write = (tag: 'H1' | 'H2' | 'P', face: Face, size: number, text: string): void => {
    // A heading is not left alone at the foot of a page.
    if (tag === 'H2' && pdf.y + size * 5 > floor()) pdf.addPage()
    const printed = printable(face, text)
    document.add(
      pdf.struct(tag, {}, () => {
        set(face, size)
        pdf.text(printed, MARGINS.left, pdf.y, { width, lineGap: 2 })
      }),
    )
    pdf.moveDown(tag === 'P' ? 0.6 : 0.4)
  }

  const list = (items: readonly string[]): void => {
    const whole = pdf.struct('L')
    document.add(whole)
    for (const item of items) {
      const printed = printable('plain', `• ${item}`)
      const one = pdf.struct('LI')
      whole.add(one)
      one.add(
        pdf.struct('LBody', {}, () => {
          set('plain', SIZES.text)
          pdf.text(printed, MARGINS.left + 8, pdf.y, { width: width - 8, lineGap: 2 })
        }),
      )
      one.end()
    }
    whole.end()
    pdf.moveDown(0.6)
  }

  /** One row at `pdf.y`: as high as its highest cell, on one page. */
  const row = (into: Struct | undefined, cells: readonly Cell[], again?: () => void): void => {
    const laid = cells.map((cell) => {
      const printed = printable(cell.face, cut(cell.text, cell.width))
      set(cell.face, SIZES.cell)
      return { ...cell, printed, height: pdf.heightOfString(printed, { width: cell.width - 2 * PADDING }) }
    })
    const height = Math.max(...laid.map((cell) => cell.height)) + 2 * PADDING
    if (pdf.y + height > floor()) {
      pdf.addPage()
      again?.()
    }
    const top = pdf.y
    // Made where it is wanted only: what PDFKit makes has to be put somewhere.
    const line = into && pdf.struct('TR')
    if (line) into?.add(line)
    let left = MARGINS.left
    for (const cell of laid) {
      const x = left + PADDING
      const draw = () => {
        set(cell.face, SIZES.cell)
        pdf.text(cell.printed, x, top + PADDING, { width: cell.width - 2 * PADDING })
      }
      if (line === undefined) draw()
      else line.add(pdf.struct(cell.scope === undefined ? 'TD' : 'TH', scoped(cell.scope), draw))
      left += cell.width
    }
    line?.end()
    pdf.markContent('Artifact', { type: 'Layout' })
    pdf.save().lineWidth(0.5).strokeColor(RULE)
    pdf
      .moveTo(MARGINS.left, top + height)
      .lineTo(MARGINS.left + width, top + height)
      .stroke()
      .restore()
    pdf.endMarkedContent()
    pdf.x = MARGINS.left
    pdf.y = top + height
  }

  const table = async ({ columns, rows }: Extract<Part, { is: 'table' }>): Promise<void> => {
    const shares = columns.reduce((sum, { share }) => sum + share, 0)
    const widths = columns.map(({ share }) => (share / shares) * width)
    const heads: readonly Cell[] = columns.map(({ title }, at) => ({
      text: title,
      width: widths[at] ?? 0,
      face: 'bold',
      scope: 'Column',
    }))
    const whole = pdf.struct('Table')
    document.add(whole)
    row(whole, heads)
    // On the next page the names of the columns are for the eye: whoever listens has them already.
    const again = () => {
      pdf.markContent('Artifact', { type: 'Pagination' })
      row(undefined, heads)
    }
    for (const [at, cells] of rows.entries()) {
      if (at % BREATHE === BREATHE - 1) await setImmediate()
      row(
        whole,
        widths.map((one, column) => ({ text: cells[column] ?? '', width: one, face: 'plain', scope: undefined })),
        again,
      )
    }
    whole.end()
    pdf.moveDown(0.8)
  }

  const facts = (pairs: readonly (readonly [string, string])[]): void => {
    const name = width * 0.28
    const whole = pdf.struct('Table')
    document.add(whole)
    for (const [what, value] of pairs)
      row(whole, [
        { text: what, width: name, face: 'bold', scope: 'Row' },
        { text: value, width: width - name, face: 'plain', scope: undefined },
      ])
    whole.end()
    pdf.moveDown(0.8)
  }

  return {
    write,
    part: async (part: Part): Promise<void> => {
      switch (part.is) {
        case 'heading':
          write('H2', 'bold', SIZES.heading, part.text)
          break
        case 'text':
          write('P', 'plain', SIZES.text, part.text)
          break
        case 'list':
          list(part.items)
          break
        case 'facts':
          facts(part.facts)
          break
        default:
          await table(part)
      }
    },
    end: () => document.end(),
  }
}

interface Cell {
  readonly text: string
  readonly width: number
  readonly face: Face
  /** Of a header. */
  readonly scope: 'Column' | 'Row' | undefined
}

/** A row is never higher than a page. */
function cut(text: string, width: number): string {
  const most = Math.min(LONGEST_CELL, Math.floor(width / WIDEST) * MOST_LINES)
  return text.length <= most ? text : `${text.slice(0, most)} …`
}

/** ISO 32000-1 table 349; PDFKit takes it, its types do not say so yet. */
const scoped = (scope: Cell['scope']): { readonly title?: string; readonly scope?: string } =>
  scope === undefined ? {} : { scope }

/** What the paper is, and which page of how many, at the foot of each. */
function foot(pdf: Pdf, face: string, text: string): void {
  const { start, count } = pdf.bufferedPageRange()
  for (let at = start; at < start + count; at += 1) {
    pdf.switchToPage(at)
    pdf.markContent('Artifact', { type: 'Pagination' })
    pdf.font(face, SIZES.foot)
    const y = pdf.page.height - MARGINS.bottom + 24
    pdf.text(text, MARGINS.left, y, { lineBreak: false })
    const page = `${at - start + 1} / ${count}`
    pdf.text(page, pdf.page.width - MARGINS.right - pdf.widthOfString(page), y, { lineBreak: false })
    pdf.endMarkedContent()
  }
}
