/**
 * A second factor from end to end: set up in Chromium from the QR code that is on the screen, asked for at the login, lost,
 * reset by an administrator, demanded of a role; each of it an event.
 */

import type { Page } from 'playwright-core'
import decodeQR from 'qr/decode.js'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hotp, stepAt } from '../../src/compliance/totp.ts'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, Session } from '../support/session.ts'

/** Each login computes a password for a third of a second, on a busy machine for many. */
const PATIENCE_MS = 180_000
const PASSWORD = 'a password of somebody’s own 1'

/** RFC 4648 section 6, as a phone reads it. */
function secretBytes(text: string): Uint8Array {
  const bits = [...text]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))
}
/** Each code is taken once: a test that needs another right now takes the next step's, which clocks may be ahead to. */
const codeOf = (secret: Uint8Array, ahead = 0) => hotp(secret, stepAt(new Date()) + ahead)

describe.skipIf(browserPath() === undefined)('a second factor', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let adam: Session
  let tess: Session
  let secret: Uint8Array
  let recovery: string[]

  beforeAll(async () => {
    server = await startServer({ open: false, environment: { CLEARKEEP_ACCESS__SECONDFACTOR: 'privacy' } })
    adam = await firstAdministrator(server)
    tess = await newPerson(adam, 'tess', 'technologist')
    browser = await openBrowser({ ignore: /status of 40[013]/ })
    page = browser.page
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const logIn = async (name: string) => {
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.keyboard.press('Enter')
  }
  /** What a phone's camera sees. */
  const scanned = async (): Promise<string> => {
    const picture = await page.getByRole('img', { name: /^QR code/ }).screenshot()
    const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    return decodeQR({ data, width: info.width, height: info.height })
  }
  const shownCodes = () => page.locator('section li code').allTextContents()

  it(
    'is set up from the QR code on the screen; recovery codes are shown once',
    async () => {
      await page.goto(`${server.url}/account`)
      await logIn('tess')
      await page.getByRole('button', { name: 'Set one up' }).click()
      await page.getByLabel('Your password, once more').fill('not the password')
      await page.keyboard.press('Enter')
      await page.getByText('The name or the password is wrong.').waitFor()
      await page.getByLabel('Your password, once more').fill(PASSWORD)
      await page.keyboard.press('Enter')
      await page.getByRole('img', { name: /^QR code/ }).waitFor()
      const uri = new URL(await scanned())
      expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual([
        'otpauth:',
        'totp',
        '/CLEARKEEP:tess',
      ])
      secret = secretBytes(uri.searchParams.get('secret') ?? '')
      expect(secret).toHaveLength(20)
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByLabel('Code', { exact: true }).fill(codeOf(secret))
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor()
      recovery = await shownCodes()
      expect(recovery).toHaveLength(10)
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByRole('button', { name: 'I have put them away' }).click()
      await page.getByText('10 recovery codes left').waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      // The session elsewhere, begun without it, is over; this one went on.
      expect((await tess.ask('GET', '/api/status')).status).toBe(401)
    },
    PATIENCE_MS,
  )

  it(
    'is asked for in a second step of the login, and a code is taken once',
    async () => {
      await page.getByRole('button', { name: 'Log out everywhere' }).click()
      await logIn('tess')
      await page.getByRole('heading', { name: 'One more step' }).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByLabel('Code', { exact: true }).fill('000000')
      await page.keyboard.press('Enter')
      await page.getByText('The code is wrong, or was used already.').waitFor()
      const code = codeOf(secret, 1)
      await page.getByLabel('Code', { exact: true }).fill(code)
      await page.keyboard.press('Enter')
      await page.getByText('10 recovery codes left').waitFor()
      const replay = new Session(server.url)
      const again = { name: 'tess', password: PASSWORD, code }
      expect(await replay.ask('POST', '/api/session', again)).toMatchObject({ status: 401, code: 'ACCESS_BAD_CODE' })
    },
    PATIENCE_MS,
  )

  it(
    'beside it, a token for a program is limited to what it is for',
    async () => {
      await page.getByLabel('What it is for').fill('Import script')
      await page.getByLabel('Only from (optional)').fill('10.1.0.0/16 192.0.2.7')
      await page.getByLabel('Store images', { exact: true }).check()
      await page.getByRole('button', { name: 'Make a token' }).click()
      await page.getByText('Token “Import script”').waitFor()
      const row = await page.getByRole('row', { name: /^Import script/ }).innerText()
      expect(row).toMatch(/Store images\s+10\.1\.0\.0\/16, 192\.0\.2\.7\/32/)
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByLabel('What it is for').fill('Another')
      await page.getByLabel('Only from (optional)').fill('everywhere')
      await page.getByRole('button', { name: 'Make a token' }).click()
      await page.getByText('an address range is like').waitFor()
    },
    PATIENCE_MS,
  )

  it(
    'a recovery code lets in once; an API token needs none',
    async () => {
      const phoneless = new Session(server.url)
      const [code = ''] = recovery
      expect(await phoneless.logIn('tess', PASSWORD)).toMatchObject({ status: 401, code: 'ACCESS_CODE_NEEDED' })
      const answer = await phoneless.ask('POST', '/api/session', { name: 'tess', password: PASSWORD, code })
      expect(answer.status).toBe(200)
      const { json } = await phoneless.ask('POST', '/api/tokens', { label: 'script', days: 1 })
      const told = await fetch(`${server.url}/api/studies`, { headers: { authorization: `Bearer ${json['secret']}` } })
      expect(told.status).toBe(200)
      // And gives no way to take the factor off.
      const tried = await fetch(`${server.url}/api/account/second-factor/remove`, {
        method: 'POST',
        headers: { authorization: `Bearer ${json['secret']}`, 'content-type': 'application/json' },
        body: JSON.stringify({ code: recovery[1] }),
      })
      expect(tried.status).toBe(400)
      const second = new Session(server.url)
      const reused = await second.ask('POST', '/api/session', { name: 'tess', password: PASSWORD, code })
      expect(reused).toMatchObject({ status: 401, code: 'ACCESS_BAD_CODE' })
    },
    PATIENCE_MS,
  )

  it(
    'a role that must have one opens nothing until it is set up',
    async () => {
      const paul = await newPerson(adam, 'paul', 'privacy')
      expect(await paul.ask('GET', '/api/audit')).toMatchObject({ status: 403, code: 'ACCESS_MUST_ENROL' })
      await page.getByRole('button', { name: 'Log out everywhere' }).click()
      await logIn('paul')
      await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByLabel('Your password, once more').fill(PASSWORD)
      await page.keyboard.press('Enter')
      await page.getByRole('img', { name: /^QR code/ }).waitFor()
      const its = secretBytes(new URL(await scanned()).searchParams.get('secret') ?? '')
      await page.getByLabel('Code', { exact: true }).fill(codeOf(its))
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'I have put them away' }).click()
      await page.goto(`${server.url}/account`)
      await page.getByText('One of your roles needs it: it cannot be removed.').waitFor()
    },
    PATIENCE_MS,
  )

  it(
    'an administrator takes a lost one off; all of it is in the audit log, in sentences',
    async () => {
      await page.getByRole('button', { name: 'Log out everywhere' }).click()
      await page.getByLabel('Name').fill('admin')
      await page.getByLabel('Password', { exact: true }).fill('a long and winding password')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Where you are logged in' }).waitFor()
      await page.goto(`${server.url}/admin/accounts`)
      await page.getByRole('button', { name: 'Reset second factor of tess' }).click()
      await page.getByRole('dialog').getByText('lost the phone').waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByRole('button', { name: 'Reset it' }).click()
      await page.getByRole('row', { name: /^tess/ }).getByText('none').waitFor()
      expect((await new Session(server.url).logIn('tess', PASSWORD)).status).toBe(200)

      const audited = await newPerson(adam, 'aud', 'auditor')
      const sentences = async (type: string) => {
        const { json } = await audited.ask('GET', `/api/audit?type=${type}&limit=100`)
        return (json['events'] as { sentence: string }[]).map(({ sentence }) => sentence)
      }
      const changes = await sentences('acl.change')
      expect(changes).toContain('tess set up a second factor from 127.0.0.1.')
      expect(changes).toContain('admin took off the second factor of the account tess from 127.0.0.1.')
      const logins = await sentences('aud.110114')
      expect(logins).toContain('tess logged in with a recovery code from 127.0.0.1.')
      expect(logins).toContain('web failed to log in as tess with a wrong second factor from 127.0.0.1.')
      expect(browser.complaints).toEqual([])
    },
    PATIENCE_MS,
  )
})
