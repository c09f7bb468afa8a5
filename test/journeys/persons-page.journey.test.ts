/** Persons in the browser: a merge with contradicting facts is looked at, patients are merged and parted by hand. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { answerOf, hl7, hl7Sender, pid, type Sender } from '../support/hl7.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const keyOf = (id: string) => Buffer.from(`|${id}`).toString('base64url')

describe.skipIf(browserPath() === undefined)('persons in the browser', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let sender: Sender
  beforeAll(async () => {
    server = await startServer({ environment: { CLEARKEEP_HL7__PORT: '0', CLEARKEEP_LOG__LEVEL: 'info' } })
    const port = Number(/"port":(\d+)[^\n]*HL7 messages are taken/.exec(server.said())?.[1])
    sender = await hl7Sender(port)
    browser = await openBrowser()
    page = browser.page
    for (const [at, id, birthDate] of [
      [1, '4711', '19700203'],
      [2, '12', '19710203'],
      [3, '99', '19700203'],
    ] as const) {
      const study = { seed: at, study: at, rows: 16, columns: 16, patientId: id, birthDate }
      await stow(server.dicomweb, syntheticInstance({ ...study, patientName: `DOE^JANE ${id}` }).bytes)
    }
  })
  afterAll(async () => {
    sender?.close()
    await browser?.close()
    await server?.stop()
  })
  const shot = (name: string) =>
    process.env['SCREENSHOTS'] && page.screenshot({ path: `${process.env['SCREENSHOTS']}/${name}.png` })

  it('a merge that contradicts itself waits with what differs, and is taken back from there', async () => {
    await page.goto(`${server.url}/persons`)
    await page.getByText('Nothing is to be decided').waitFor()
    await shot('persons-empty')
    const merge = hl7('ADT^A40', { control: '1' }, pid('4711', 'Doe^Jane', '|19700203|F', ''), 'MRG|12^^^^PI')
    expect(answerOf(await sender.send(merge))).toBe('AA')
    await page.reload()
    await page.getByRole('row', { name: /12.*into 4711.*birth dates.*Done, and doubtful/ }).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await shot('persons')
    await page.getByRole('button', { name: 'Open the question about 12' }).click()
    const dialog = page.getByRole('dialog', { name: 'One person?' })
    await dialog.getByRole('row', { name: /Birth date.*Differs/ }).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await shot('person-review')
    await dialog.getByLabel('What was found out').fill('Two sisters.')
    await dialog.getByRole('button', { name: 'Take the merge back' }).click()
    await page.getByText('Nothing is to be decided').waitFor()
  })

  it('two patients are merged from the page of one of them; the timeline shows both, and parts them again', async () => {
    await page.goto(`${server.url}/persons/${keyOf('4711')}`)
    await page.getByRole('heading', { name: 'Patient identity' }).waitFor()
    await page.getByText('Taken back', { exact: true }).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await shot('person')
    await page.getByLabel('Name, patient number or accession number').fill('99')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Compare with 99' }).click()
    const dialog = page.getByRole('dialog', { name: 'One person?' })
    await dialog.getByRole('row', { name: /Known from/ }).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await shot('person-merge')
    await dialog.getByLabel('Reason').fill('Registered twice.')
    await dialog.getByRole('button', { name: 'Merge the two' }).click()
    await page.getByRole('row', { name: /99 was given up for 4711/ }).waitFor()
    await shot('person-merged')

    await page.goto(`${server.url}/p/${keyOf('99')}`)
    await page.getByText('Also known as 99').waitFor()
    await shot('person-timeline')
    await page.goto(`${server.url}/?q=99`)
    await page.getByRole('row', { name: /4711/ }).first().waitFor()

    await page.goto(`${server.url}/persons/${keyOf('99')}`)
    await page.getByRole('button', { name: /Take back: 99/ }).click()
    await page.getByRole('dialog', { name: 'Take it back' }).getByLabel('Reason').fill('It was a mistake.')
    await page.getByRole('button', { name: 'Take it back' }).click()
    await page.getByText('Taken back', { exact: true }).waitFor()
    await page.goto(`${server.url}/p/${keyOf('4711')}`)
    await page.getByRole('heading', { name: 'Patient timeline' }).waitFor()
    expect(await page.getByText('Also known as').count()).toBe(0)
  })
})
