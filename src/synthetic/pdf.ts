/** The smallest PDF that shows a page of words and a curve (ISO 32000-1): five objects, a standard font, no compression. */
import { clamp } from './arithmetic.ts'

export interface Page {
  readonly title: string
  readonly lines: readonly string[]
  readonly curve: {
    readonly caption: string
    readonly points: readonly { readonly label: string; readonly value: number }[]
  }
}

const WIDTH = 595 // A4 in points
const HEIGHT = 842
const MARGIN = 60

/** Text must be ASCII. */
export function pdf(page: Page): Uint8Array {
  const content = drawing(page)
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${WIDTH} ${HEIGHT}] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>`,
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let text = '%PDF-1.4\n'
  const offsets = objects.map((object, at) => {
    const offset = text.length
    text += `${at + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = text.length
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`
  for (const offset of offsets) text += `${String(offset).padStart(10, '0')} 00000 n \n`
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

function drawing({ title, lines, curve }: Page): string {
  const parts: string[] = []
  const write = (text: string, x: number, y: number, size: number) =>
    parts.push(`BT /F ${size} Tf ${x} ${y} Td (${text.replace(/[\\()]/g, '\\$&')}) Tj ET`)
  write('SYNTHETIC', WIDTH - MARGIN - 90, HEIGHT - 50, 14)
  write(title, MARGIN, HEIGHT - 90, 18)
  let y = HEIGHT - 125
  for (const line of lines) {
    write(line, MARGIN, y, 11)
    y -= 17
  }
  const [left, bottom, width, height] = [MARGIN + 20, 140, WIDTH - 2 * MARGIN - 40, 220]
  write(curve.caption, left, bottom + height + 16, 11)
  parts.push(
    `0.5 w ${left} ${bottom} m ${left} ${bottom + height} l S ${left} ${bottom} m ${left + width} ${bottom} l S`,
  )
  const most = Math.max(1, ...curve.points.map(({ value }) => value))
  const place = curve.points.map(({ value }, at) => [
    Math.round(left + 20 + (at / Math.max(1, curve.points.length - 1)) * (width - 40)),
    Math.round(bottom + clamp(value / most, 0, 1) * (height - 20)),
  ])
  parts.push(
    `0.1 0.45 0.6 RG 1.6 w ${place.map(([x, up], at) => `${x} ${up} ${at === 0 ? 'm' : 'l'}`).join(' ')} S 0 G`,
  )
  for (const [at, { label, value }] of curve.points.entries()) {
    const [x = 0, up = 0] = place[at] ?? []
    parts.push(`0.1 0.45 0.6 rg ${x - 2.5} ${up - 2.5} 5 5 re f 0 g`)
    write(label, x - 26, bottom - 16, 8)
    write(value.toFixed(1), x - 8, up + 9, 9)
  }
  return parts.join('\n')
}
