/** Papers of a real archive, read back by Mozilla's PDF.js: the certificate of a destruction, and the four answers of an audit. */
import { getDocumentProxy } from 'unpdf'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { uid } from '../../src/dicom/uid.ts'
import type { Paper } from '../../src/pdf/paper.ts'
import { printPaper } from '../../src/pdf/print.ts'
import { accessPaper, completenessPaper, destructionPaper, integrityPaper } from '../../src/web/papers/answers.ts'
import { certificatePaper } from '../../src/web/papers/certificate.ts'
import { asFile, removeArchives, runArchive } from '../support/archives.ts'
import { person } from '../support/people.ts'
import { adoptRules } from '../support/rules.ts'
import { syntheticInstance } from '../support/synthetic.ts'

vi.setConfig({ testTimeout: 120_000 })
afterAll(removeArchives)

const [rita, rosa, paul] = [person('rita', 'records'), person('rosa', 'records'), person('paul', 'privacy')]

async function read(paper: Paper) {
  const pdf = await getDocumentProxy(Uint8Array.from(await printPaper(paper)))
  let text = ''
  for (let page = 1; page <= pdf.numPages; page += 1) {
    const { items } = await (await pdf.getPage(page)).getTextContent()
    text += items.map((item) => ('str' in item ? item.str : '')).join('')
  }
  const attached: { readonly filename: string; readonly content: Uint8Array }[] = []
  for (const [id, { filename }] of (await pdf.getAttachments()) ?? [])
    attached.push({ filename, content: (await pdf.getAttachmentContent(id)) ?? new Uint8Array() })
  return { text, attached }
}

describe('a paper', () => {
  it('of a destruction says all of it, and has the proofs attached; each answer of an audit prints', async () => {
    const { archive } = await runArchive({ options: { disposition: { coolingDays: 0, automatic: false } } })
    await adoptRules(archive)
    const gone = syntheticInstance({
      seed: 1,
      study: 1,
      patientId: 'A',
      studyDate: '19900315',
      patientName: 'SYNTHETIC^ANNA',
    })
    const kept = syntheticInstance({ seed: 2, study: 2, patientId: 'A', studyDate: '20240315' })
    for (const { bytes } of [gone, kept]) await archive.receive(person('tom', 'technologist'), asFile(bytes, 'import'))
    const study = uid(gone.study)
    const ask = { reason: 'Past its date.', studies: [study], acknowledged: [study], papers: { review: 'Minutes 17' } }
    const { id } = await archive.proposeDisposition(rita, ask)
    await archive.approveDisposition(rosa, id, 'first', 'Agreed.')
    await archive.approveDisposition(paul, id, 'second', 'Agreed.')
    for await (const { outcome } of archive.seal(rita, 'all')) expect(outcome).toBe('sealed')
    await archive.carryOutDispositions()
    const [tombstone] = await archive.tombstones(paul, study)
    const number = tombstone?.id ?? 0
    const certificate = await archive.certificate(paul, number)
    const { text, attached } = await read(certificatePaper(certificate, number))
    for (const words of [
      `Certificate of destruction ${number}`,
      study,
      certificate.tombstone.manifest,
      'Past its date.',
      'Minutes 17',
      '22 CCR 70751(c)',
      'rita',
      'rosa',
      'paul',
      'Clear: removed through the interface of the store',
      gone.instance,
    ])
      expect(text.replaceAll(/\s+/g, ''), words).toContain(words.replaceAll(/\s+/g, ''))
    expect(text).not.toContain('ANNA')
    expect(attached.map(({ filename }) => filename)).toEqual([`destruction-${number}.json`])
    const inside: unknown = JSON.parse(Buffer.from(attached[0]?.content ?? []).toString())
    expect(inside).toEqual(JSON.parse(JSON.stringify(certificate)))

    const patient = '|A'
    const papers = [
      [accessPaper(patient, await archive.accessReport(paul, patient), new Date().toISOString()), 'tom'],
      [integrityPaper(await archive.integrity(paul, uid(kept.study), true)), kept.instance],
      [destructionPaper(await archive.destruction(paul, study)), 'Bothapprovalsweresigned'],
      [completenessPaper(await archive.completeness(paul, { patient })), 'Destroyed,astombstonessay'],
    ] as const
    for (const [paper, words] of papers) {
      const { text: printed } = await read(paper)
      expect(printed).toContain(paper.title)
      expect(printed.replaceAll(/\s+/g, ''), paper.title).toContain(words)
      expect(printed).toContain('How to check it')
    }
  })
})
