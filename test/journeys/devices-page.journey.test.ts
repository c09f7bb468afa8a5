/** The page of connections, where a device is called, let in, and told what to call: with DCMTK's storescp as the device. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { hasDcmtk, type StoreScp, startStoreScp } from '../support/dcmtk.ts'
import { type RunningServer, startServer } from '../support/server.ts'

interface Echoed {
  readonly answered: boolean
  readonly fact: string
  readonly remedy: string
  readonly services: readonly string[]
  readonly milliseconds: number
}

describe('devices', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.stop())

  const echo = async (body: object): Promise<Echoed> => {
    const response = await fetch(`${server.url}/api/devices/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(200)
    return (await response.json()) as Echoed
  }

  it('say what they would do with us', async () => {
    const { answered, services, fact } = await echo({ aet: server.aet, host: '127.0.0.1', port: server.dicomPort })
    expect(fact).toBe('')
    expect(answered).toBe(true)
    expect(services).toEqual(expect.arrayContaining(['echo', 'takes images', 'answers queries', 'commits storage']))
  })

  it('are said not to answer in words, with what to do', async () => {
    const nobody = await echo({ aet: 'NOBODY', host: '127.0.0.1', port: 1 })
    expect(nobody).toMatchObject({ answered: false, services: [] })
    expect(nobody.fact).toContain('NOBODY (127.0.0.1:1) cannot be reached')
    expect(nobody.remedy).toContain('Check its address and port')
    const web = await echo({ aet: 'WEB', host: '127.0.0.1', port: Number(new URL(server.url).port) })
    expect(web.answered).toBe(false)
    expect(web.fact).toMatch(/^The association with WEB \(127\.0\.0\.1:\d+\) ended early|^WEB .* did not answer/)
  })

  it('are asked for by a name, a host and a port that are such', async () => {
    for (const body of [
      { aet: '', host: 'h', port: 1 },
      { aet: 'A', host: 'h', port: 0 },
      { aet: 'A', host: 'h' },
    ]) {
      const response = await fetch(`${server.url}/api/devices/echo`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      expect(response.status).toBe(400)
    }
  })
})

describe.skipIf(browserPath() === undefined || !hasDcmtk())('devices on their page', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let device: StoreScp
  beforeAll(async () => {
    server = await startServer()
    device = await startStoreScp('-aet', 'CT01')
    browser = await openBrowser()
    page = browser.page
  })
  afterAll(async () => {
    await browser?.close()
    await device?.stop()
    await server?.stop()
  })
  const shot = async (name: string) =>
    process.env['SCREENSHOTS'] && page.screenshot({ path: `${process.env['SCREENSHOTS']}/${name}.png` })

  it('are called, let in and told what to call, with the keyboard alone', async () => {
    await page.goto(`${server.url}/admin/connections`)
    await page.getByRole('button', { name: 'Connect a device' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Connect a device' }).waitFor()
    await shot('device-empty')
    await page.getByLabel('AE title', { exact: true }).fill('CT01')
    await page.getByLabel('Host', { exact: true }).fill('127.0.0.1')
    await page.getByLabel('Port', { exact: true }).fill('1')
    await page.keyboard.press('Enter')
    await page.getByText('CT01 (127.0.0.1:1) cannot be reached').waitFor()
    await shot('device-silent')
    expect(await accessibilityFaults(page)).toEqual([])

    await page.getByLabel('Port', { exact: true }).fill(String(device.port))
    await page.keyboard.press('Enter')
    await page.getByText(/^CT01 answers in \d+ ms as OFFIS_DCMTK/).waitFor()
    await page.getByText(/It takes images; PDUs of \d+ bytes\./).waitFor()
    await page.getByRole('button', { name: 'Let it call' }).click()
    await page.getByText('CT01 may call from 127.0.0.1.').waitFor()
    await shot('device-answers')
    expect(await accessibilityFaults(page)).toEqual([])
    expect(await page.getByRole('group', { name: 'To be typed at the device' }).textContent()).toContain(server.aet)

    await page.keyboard.press('Escape')
    await page.getByRole('row', { name: /CT01 127\.0\.0\.1/ }).waitFor()
    await page.getByRole('button', { name: 'Echo CT01' }).click()
    await page.getByRole('dialog', { name: 'Echo CT01' }).waitFor()
    expect(browser.complaints).toEqual([])
  })
})
