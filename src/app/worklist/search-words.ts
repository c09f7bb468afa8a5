/**
 * What a person means by the words in the one search box.
 *
 * Modality codes and dates become filters, shown as chips so that nothing is decided in secret; all other words go to
 * the archive as words. A word in quotes is never read as anything but a word, which is how a chip is taken back.
 */
import { dayBefore, parseDate } from '../words/dates.ts'

export interface Understood {
  /** What is left to search for as words. */
  readonly words: string
  readonly modality?: Meaning
  readonly dates?: Meaning & { readonly from?: string; readonly to?: string } // YYYYMMDD, both inclusive
}

export interface Meaning {
  /** The text as typed, so that it can be found again and quoted. */
  readonly typed: string
  readonly says: string
}

/** Modalities of PS3.3 C.7.3.1.1.1 that people type. Two-letter words that are common names are left out on purpose: a chip undoes the rest. */
export const MODALITIES: Readonly<Record<string, string>> = {
  CR: 'Computed radiography',
  CT: 'Computed tomography',
  DX: 'Digital radiography',
  ECG: 'Electrocardiography',
  ES: 'Endoscopy',
  IO: 'Intra-oral radiography',
  IVUS: 'Intravascular ultrasound',
  MG: 'Mammography',
  MR: 'Magnetic resonance',
  NM: 'Nuclear medicine',
  OCT: 'Optical coherence tomography',
  OP: 'Ophthalmic photography',
  OPT: 'Ophthalmic tomography',
  OT: 'Other',
  PT: 'Positron emission tomography',
  PX: 'Panoramic radiography',
  RF: 'Radio fluoroscopy',
  RTDOSE: 'Radiotherapy dose',
  RTIMAGE: 'Radiotherapy image',
  RTPLAN: 'Radiotherapy plan',
  RTSTRUCT: 'Radiotherapy structure set',
  SC: 'Secondary capture',
  SEG: 'Segmentation',
  SM: 'Slide microscopy',
  SR: 'Structured report',
  US: 'Ultrasound',
  XA: 'X-ray angiography',
  XC: 'External photography',
}

const OTHER_NAMES: Readonly<Record<string, string>> = {
  mri: 'MR',
  pet: 'PT',
  ultrasound: 'US',
  mammography: 'MG',
  angio: 'XA',
}

/** Reads the box. `now` gives today its day. */
export function understand(text: string, now: Date): Understood {
  const rest: string[] = []
  let modality: Meaning | undefined
  let dates: Understood['dates']

  const tokens = [...text.matchAll(/"[^"]*"?|\S+/g)].map(([token]) => token)
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? ''
    if (token.startsWith('"')) {
      rest.push(token.replaceAll('"', ''))
      continue
    }
    const code = modalityOf(token)
    if (code !== undefined && modality === undefined) {
      modality = { typed: token, says: code }
      continue
    }
    const pair = `${token} ${tokens[at + 1] ?? ''}`.trim()
    const range = dates === undefined ? rangeOf(token, now) : undefined
    const since = dates === undefined && range === undefined ? sinceOf(pair, now) : undefined
    if (range) dates = { typed: token, ...range }
    else if (since) {
      dates = { typed: pair, ...since }
      at++
    } else rest.push(token)
  }
  return {
    words: rest.join(' ').trim(),
    ...(modality && { modality }),
    ...(dates && { dates }),
  }
}

/** The box's text with one meaning taken back: its words now stand in quotes. */
export function asWord(text: string, meaning: Meaning): string {
  const words = meaning.typed.split(' ')
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+')
  const quoted = words.map((word) => `"${word}"`).join(' ')
  return text.replace(new RegExp(`(^|\\s)${pattern}(?=\\s|$)`), (_, before: string) => `${before}${quoted}`)
}

function modalityOf(token: string): string | undefined {
  const upper = token.toUpperCase()
  return upper in MODALITIES ? upper : OTHER_NAMES[token.toLowerCase()]
}

type Range = { readonly from?: string; readonly to?: string; readonly says: string }

function rangeOf(token: string, now: Date): Range | undefined {
  const word = token.toLowerCase()
  if (word === 'today') return { from: dayBefore(now, 0), to: dayBefore(now, 0), says: 'today' }
  if (word === 'yesterday') return { from: dayBefore(now, 1), to: dayBefore(now, 1), says: 'yesterday' }
  return span(token, now)
}

function sinceOf(pair: string, now: Date): Range | undefined {
  const match = /^(since|after|before|until)\s+(\S+)$/i.exec(pair)
  const of = match && rangeOf(match[2] ?? '', now)
  if (!match || !of) return undefined
  const word = (match[1] ?? '').toLowerCase()
  const says = `${word} ${of.says}`
  if (word === 'since' && of.from) return { from: of.from, says }
  if (word === 'until' && of.to) return { to: of.to, says }
  if (word === 'after' && of.to) return { from: shift(of.to, 1), says }
  return word === 'before' && of.from ? { to: shift(of.from, -1), says } : undefined
}

/** A year, a month or a day: `2023`, `2023-03`, `2023-03-14`, `20230314`, `14.03.2023`. */
function span(token: string, now: Date): Range | undefined {
  const year = /^(19|20)\d\d$/.exec(token)
  if (year && Number(token) <= now.getFullYear() + 1) return { from: `${token}0101`, to: `${token}1231`, says: token }
  const month = /^((?:19|20)\d\d)-(0[1-9]|1[0-2])$/.exec(token)
  if (month) return { from: `${month[1]}${month[2]}01`, to: lastDay(Number(month[1]), Number(month[2])), says: token }
  const local = /^(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)$/.exec(token)
  const iso = /^((?:19|20)\d\d)-?(\d\d)-?(\d\d)$/.exec(token)
  const day = local
    ? `${local[3]}${(local[2] ?? '').padStart(2, '0')}${(local[1] ?? '').padStart(2, '0')}`
    : iso
      ? `${iso[1]}${iso[2]}${iso[3]}`
      : ''
  return parseDate(day) && { from: day, to: day, says: token }
}

function shift(day: string, by: number): string {
  const date = parseDate(day)
  return date ? dayBefore(new Date(date.year, date.month - 1, date.day), -by) : day
}

function lastDay(year: number, month: number): string {
  return dayBefore(new Date(year, month, 1), 1)
}
