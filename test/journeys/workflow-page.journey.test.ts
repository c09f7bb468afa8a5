/** Orders and messages in the browser, and a study that says what it lacks, on the worklist and on its page. */
import dimse from 'dcmjs-dimse'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { answerOf, hl7, hl7Sender, order, pid, type Sender, segment } from '../support/hl7.ts'
import { create, finish } from '../support/mpps.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const SLICES = Array.from({ length: 20 }, (_, at) =>
  syntheticInstance({ seed: at + 1, study: 5, rows: 16, columns: 16, position: at * 3 }),
)
const STUDY = SLICES[0]?.study ?? ''
const SERIES = SLICES[0]?.series ?? ''

describe.skipIf(browserPath() === undefined)('orders and messages in the browser', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let sender: Sender
  beforeAll(async () => {
    dimse.log.setLevel('silent')
    server = await startServer({ environment: { CLEARKEEP_HL7__PORT: '0', CLEARKEEP_LOG__LEVEL: 'info' } })
    const port = Number(/"port":(\d+)[^\n]*HL7 messages are taken/.exec(server.said())?.[1])
    sender = await hl7Sender(port)
    browser = await openBrowser()
    page = browser.page
  })
  afterAll(async () => {
    sender?.close()
    await browser?.close()
    await server?.stop()
  })
  const shot = (name: string) =>
    process.env['SCREENSHOTS'] && page.screenshot({ path: `${process.env['SCREENSHOTS']}/${name}.png` })

  it('lists what is to be done, and what became of it', async () => {
    await page.goto(`${server.url}/orders`)
    await page.getByText('Nothing is to be done').waitFor()
    await shot('orders-empty')
    const told = [
      hl7(
        'ORM^O01',
        { control: '1', characterSet: 'UNICODE UTF-8' },
        pid('4711', 'Müller^Jörg'),
        ...order({ accession: 'A1', study: STUDY, step: 'S1' }),
      ),
      hl7(
        'ORM^O01',
        { control: '2' },
        pid('12', 'Roe^Rick', '|19500101|M'),
        ...order({
          accession: 'A2',
          modality: 'MR',
          station: 'MR01',
          start: '202603031400',
          description: 'MR of the knee',
        }),
      ),
      hl7('ORM^O01', { control: '3' }, pid('13', 'Fox^Fay'), ...order({ accession: 'A3', control: 'CA' })),
    ]
    for (const message of told) expect(answerOf(await sender.send(message))).toBe('AA')
    await page.reload()
    await page.getByRole('row', { name: /Müller, Jörg.*Scheduled.*A1/ }).waitFor()
    expect(await page.getByRole('row', { name: /A3/ }).count()).toBe(0)
    expect(await accessibilityFaults(page)).toEqual([])
    await shot('orders')
    await page.getByText('All', { exact: true }).click()
    await page.getByRole('row', { name: /Fox, Fay.*Cancelled.*A3/ }).waitFor()
  })

  it('shows a message that could not be followed, until somebody says what was done about it', async () => {
    expect(
      answerOf(await sender.send(hl7('ADT^A45', { control: '9' }, pid('4711', 'Müller'), 'MRG|12^^^HOSP^PI'))),
    ).toBe('AR')
    expect(answerOf(await sender.send('hello'))).toBe('AR')
    await page.goto(`${server.url}/admin/messages`)
    await page.getByRole('row', { name: /Visit moved.*Rejected.*moves of visits and numbers/ }).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await shot('messages')
    await page
      .getByRole('button', { name: /Open the message/ })
      .first()
      .click()
    const dialog = page.getByRole('dialog', { name: 'Message' })
    await dialog.getByText('hello').waitFor()
    await shot('message')
    expect(await accessibilityFaults(page)).toEqual([])
    await dialog.getByLabel('What was done about it').fill('The interface engine was tried out.')
    await dialog.getByRole('button', { name: 'It was looked at' }).click()
    await page.getByText('Need attention (1)').waitFor()
    expect(await page.getByRole('row', { name: /Not understood/ }).count()).toBe(0)
    await page.getByText('All', { exact: true }).click()
    await page.getByRole('row', { name: /Order.*Accepted.*Patient 4711/ }).waitFor()
    await shot('messages-all')
  })

  it('says on the worklist and on its page that a study lacks two slices', async () => {
    const references = SLICES.map(({ instance }) => ({
      ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      ReferencedSOPInstanceUID: instance,
    }))
    expect(await create(server.dicomPort, '1.2.3.1', 'A1', 'S1', STUDY)).toBe(0)
    const performed = [{ SeriesInstanceUID: SERIES, ProtocolName: 'HEAD', ReferencedImageSequence: references }]
    expect(await finish(server.dicomPort, '1.2.3.1', 'COMPLETED', performed)).toBe(0)
    const came = SLICES.filter((_, at) => at !== 4 && at !== 8)
    for (const { bytes } of came) await stow(server.dicomweb, bytes)
    await page.goto(server.url)
    await page.getByRole('row', { name: /2 missing/ }).waitFor()
    await shot('worklist')
    await page.goto(`${server.url}/s/${STUDY}`)
    await page.getByText('The modality said it made 20 objects; 18 came.').waitFor()
    await page.getByText(/2 slices missing between others, after 9 mm, 21 mm/).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await shot('study')
  })

  it('shows the report of a study with its state and earlier versions, and no report of another patient', async () => {
    const report = (control: string, at: string, id: string, state: string, text: string) =>
      hl7(
        'ORU^R01',
        { control, at },
        pid(id, 'Synthetic', '|', ''),
        segment('OBR', { 1: '1', 2: 'P5', 3: 'F5', 4: 'CTH^CT head^L', 18: 'SYN5', 25: state }),
        `OBX|1|TX|GDT^Findings||${text}||||||${state}`,
        'OBX|2|TX|IMP^Impression||Obviously synthetic.||||||F',
      )
    for (const message of [
      report('20', '20260301100000', 'SYN-1', 'F', 'Two slices are missing.'),
      report('21', '20260301090000', 'SYN-1', 'P', 'A first look.'),
      report('22', '20260301110000', 'SOMEBODY', 'F', 'Of somebody else.'),
    ])
      expect(answerOf(await sender.send(message))).toBe('AA')
    await page.reload()
    await page.getByRole('heading', { name: 'Findings' }).waitFor()
    await page.getByText('Two slices are missing.').waitFor()
    expect(await page.getByText('A first look.').isVisible()).toBe(false)
    await page.getByText(/Earlier: Preliminary/).click()
    await page.getByText('A first look.').waitFor()
    expect(await page.getByText('Of somebody else.').count()).toBe(0)
    expect(await accessibilityFaults(page)).toEqual([])
    await shot('study-report')
  })
})
