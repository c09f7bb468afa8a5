/**
 * `application/dicom+xml`, held against DCMTK's `dcm2xml --native-format`: the same attributes in the same order, with the
 * same values. And what QIDO-RS says in XML is what it says in JSON.
 */
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tagFromText } from '../../src/dicom/data-set.ts'
import { lookUp } from '../../src/dicom/dictionary.ts'
import { nativeXml } from '../../src/dicom/native-xml.ts'
import { qido, stow } from '../support/client.ts'
import { corpus, corpusDir } from '../support/corpus.ts'
import { hasDcmtk, run } from '../support/dcmtk.ts'
import { type Known, known } from '../support/round-trip.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const XML = { accept: 'multipart/related; type="application/dicom+xml"' }
const FILES = /^(sr\/tid1500|modalities|charsets|rt\/small|private)\//

/** Not text alike in both: numbers (JSON writes 1 for `1.0`), bytes and their addresses, and sets that we turn into UTF-8. */
const NUMBERS = /^(DS|IS|FL|FD|SL|SS|UL|US|SV|UV|AT|OB|OW|OD|OF|OL|OV|UN)$/

/** `tag vr keyword creator: values` of each attribute, however deep. */
function told(whole: string): string[] {
  // dcm2xml 3.6.7 repeats the second group of a name that ends with `=` as its third: phonetic groups are left out.
  const xml = whole.replace(/<Phonetic>[\s\S]*?<\/Phonetic>/g, '')
  const lines: string[] = []
  const pattern =
    /<DicomAttribute ([^>]*?)(\/)?>|<(Value|FamilyName|GivenName|MiddleName|NamePrefix|NameSuffix)[^>/]*>([^<]*)</g
  let vr = ''
  for (const [, names, , inner, text = ''] of xml.matchAll(pattern)) {
    if (inner === undefined) {
      const of = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(names ?? '')?.[1] ?? ''
      vr = of('vr')
      // DCMTK leaves the keywords of retired attributes out.
      const tag = of('tag').toUpperCase()
      const keyword = lookUp(tagFromText(tag))?.retired === true ? '' : of('keyword')
      lines.push(`${tag} ${vr} ${keyword} ${of('privateCreator')}:`)
    } else if (!NUMBERS.test(vr) && text !== '') lines[lines.length - 1] += ` ${text.trim()}`
  }
  return lines
}

describe.skipIf(!hasDcmtk() || corpusDir() === undefined)('metadata in XML', () => {
  let server: RunningServer
  const instances: Known[] = corpus()
    .filter(
      ({ expect, path, bytes }) => expect === 'ok' && FILES.test(path) && bytes < 600_000 && !/DICOMDIR$/.test(path),
    )
    .flatMap((file) => known(file) ?? [])
    .filter((one, at, all) => all.findIndex(({ instance }) => instance === one.instance) === at)
    .slice(0, 24)

  beforeAll(async () => {
    server = await startServer()
    for (const { bytes } of instances) await stow(server.dicomweb, bytes)
  })
  afterAll(() => server?.stop())

  const metadata = async ({ study, series, instance }: Known, headers: Record<string, string>): Promise<Response> =>
    fetch(`${server.dicomweb}/studies/${study}/series/${series}/instances/${instance}/metadata`, { headers })

  async function documentOf(one: Known): Promise<string> {
    const response = await metadata(one, XML)
    expect(response.status, one.file.path).toBe(200)
    expect(response.headers.get('content-type')).toMatch(
      /^multipart\/related; type="application\/dicom\+xml"; boundary=/,
    )
    const text = await response.text()
    return text.slice(text.indexOf('<?xml'), text.lastIndexOf('</NativeDicomModel>') + '</NativeDicomModel>'.length)
  }

  it('is what dcm2xml says', async () => {
    let compared = 0
    for (const one of instances) {
      const { code, said } = await run('dcm2xml', '--native-format', '--convert-to-utf8', one.file.file)
      // Without VRs in the file DCMTK has those of its list of private attributes.
      if (one.file.transferSyntax === '1.2.840.10008.1.2') continue
      if (code !== 0 || /^[WEF]: /m.test(said)) continue // what DCMTK does not read, or mends by its own rules
      const [ours, theirs] = [told(await documentOf(one)), told(said.slice(said.indexOf('<?xml')))]
      // The meta group is no part of the model; the character set is another after it was turned into UTF-8.
      const alike = (lines: string[]) => lines.filter((line) => !/^(0002|00080005)/.test(line))
      const [left, right] = [alike(ours), alike(theirs)]
      // Attributes of the standard that came as UN are read by us as what they are.
      const unknown = right.map((line) => line.split(' ')[1] === 'UN')
      const known = (lines: string[]) => lines.map((line, at) => (unknown[at] === true ? line.slice(0, 8) : line))
      expect(known(left), one.file.path).toEqual(known(right))
      compared += 1
    }
    expect(compared).toBeGreaterThan(15)
  })

  it('holds what the JSON holds', async () => {
    for (const one of instances) {
      const [json] = (await (await metadata(one, { accept: 'application/dicom+json' })).json()) as never[]
      expect(await documentOf(one), one.file.path).toBe(nativeXml(json as never).trim())
    }
  })

  it.skipIf(spawnSync('xmllint', ['--version']).error !== undefined)(
    'is well formed, as xmllint reads it',
    async () => {
      for (const one of instances) {
        const { status, stderr } = spawnSync('xmllint', ['--noout', '-'], {
          input: await documentOf(one),
          encoding: 'utf8',
        })
        expect(status, `${one.file.path}: ${stderr}`).toBe(0)
      }
    },
  )

  it('has an entity tag of its own', async () => {
    const [one] = instances as [Known]
    const first = await metadata(one, XML)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).not.toBe((await metadata(one, {})).headers.get('etag'))
    expect((await metadata(one, { ...XML, 'if-none-match': etag })).status).toBe(304)
  })

  it('of a search holds a document for each match', async () => {
    const found = await qido(server.dicomweb, '/studies')
    const response = await fetch(`${server.dicomweb}/studies`, { headers: XML })
    const text = await response.text()
    expect(text.split('<?xml').length - 1).toBe(found.length)
    for (const one of found) expect(text).toContain(nativeXml(one as never))
  })
})
