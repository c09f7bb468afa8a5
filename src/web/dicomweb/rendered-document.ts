/**
 * Rendered resources of what is no image (PS3.18 Table 8.7.4-1): a structured report as HTML or as plain text, an
 * encapsulated PDF as itself.
 *
 * Whatever stands in a report is text and nothing else: every sign that HTML would take for its own is escaped, and the page
 * is sandboxed, so that it could run nothing even if one were not.
 */
import type { FastifyReply } from 'fastify'
import type { ReportNode } from '../../api/capsule.ts'
import type { Archive, InstanceRecord } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import { tagText } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import type { DicomJson } from '../../dicom/json.ts'
import { isReport, reportNode, reportTitle, reportWhen, textIn } from '../../record/capsule/report.ts'
import { sendStream } from '../answers.ts'
import { covers, type MediaRange } from '../media-types.ts'
import type { Ask } from '../routes.ts'
import { KEPT, notModified, weakTag } from './caching.ts'

export const DOCUMENT_TYPES: readonly string[] = ['text/html', 'text/plain', 'application/pdf']

/** @throws {ArchiveError} `NOT_ACCEPTABLE` for what is neither report nor PDF, or is not asked for as what it can be */
export async function renderedDocument(
  archive: Archive,
  ask: Ask,
  reply: FastifyReply,
  record: InstanceRecord,
  ranges: readonly MediaRange[],
): Promise<FastifyReply> {
  const { context } = ask
  const json = await metadataOf(archive, ask, record)
  const offers = isReport(json) ? ['text/html', 'text/plain'] : isPdf(json) ? ['application/pdf'] : []
  const type = ranges.flatMap((range) => offers.filter((offer) => covers(range, offer)))[0]
  if (type === undefined)
    throw new ArchiveError('NOT_ACCEPTABLE', {
      accept: ranges
        .map(({ name }) => name)
        .join(', ')
        .slice(0, 300),
      offer: offers.join(', ') || 'the instance itself',
    })
  const etag = weakTag(ask, [record], 'document', type)
  if (await notModified(archive, ask, reply, etag, [record])) return reply
  const headers = {
    ...KEPT,
    etag,
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
  }
  if (type === 'application/pdf') {
    const path = tagText(T.EncapsulatedDocument)
    const stated = Number(textIn(json, T.EncapsulatedDocumentLength))
    const whole = await archive.bulkData(context, record, path)
    // One byte of padding may follow; the length says so where it is stated.
    const length = stated > 0 && stated <= whole.size ? stated : whole.size
    const { bytes, size } = await archive.bulkData(context, record, path, { start: 0, end: length })
    return sendStream(reply, 200, { ...KEPT, etag, 'content-type': type, 'content-length': size }, bytes)
  }
  const text = type === 'text/html' ? asHtml(json) : asText(json)
  return reply.headers(headers).type(`${type}; charset=utf-8`).send(Buffer.from(text))
}

const isPdf = (json: DicomJson): boolean =>
  textIn(json, T.MIMETypeOfEncapsulatedDocument).toLowerCase() === 'application/pdf'

async function metadataOf(archive: Archive, { context }: Ask, { key }: InstanceRecord): Promise<DicomJson> {
  for await (const text of archive.metadata(context, key, '')) return JSON.parse(text) as DicomJson
  throw new ArchiveError('NOT_FOUND', { what: `instance ${key.instance}` })
}

/** Who and what it is about. */
const headOf = (json: DicomJson): readonly string[] =>
  [
    [textIn(json, T.PatientName), textIn(json, T.PatientID), textIn(json, T.PatientBirthDate)],
    [reportWhen(json), textIn(json, T.CompletionFlag).toLowerCase(), textIn(json, T.VerificationFlag).toLowerCase()],
  ].map((parts) => parts.filter((part) => part !== '').join(' · '))

const lineOf = ({ name, value }: ReportNode): string => [name, value].filter((part) => part !== '').join(': ')

function asText(json: DicomJson): string {
  const lines = (nodes: readonly ReportNode[], depth: number): string[] =>
    nodes.flatMap((node) => [`${'  '.repeat(depth)}${lineOf(node)}`, ...lines(node.below, depth + 1)])
  return [reportTitle(json), ...headOf(json), '', ...lines(reportNode(json).below, 0), ''].join('\n')
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? '')

function asHtml(json: DicomJson): string {
  const list = (nodes: readonly ReportNode[]): string =>
    nodes.length === 0
      ? ''
      : `<ul>${nodes.map((node) => `<li><b>${escaped(node.name)}</b> <span>${escaped(node.value)}</span>${list(node.below)}</li>`).join('')}</ul>`
  const title = escaped(reportTitle(json))
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<title>${title}</title><style>body{font:16px/1.5 sans-serif;margin:2rem;max-width:60rem}span{white-space:pre-wrap}</style></head>`,
    `<body><h1>${title}</h1>${headOf(json)
      .map((line) => `<p>${escaped(line)}</p>`)
      .join('')}${list(reportNode(json).below)}</body></html>\n`,
  ].join('')
}
