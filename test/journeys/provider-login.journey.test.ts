/**
 * Logging in with an OpenID Connect provider: through Chromium with a certified provider (npm `oidc-provider`), and
 * with one that answers wrongly in every way we know of.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { CLIENT, type Fault, type HostileProvider, openHostileProvider } from '../support/hostile-provider.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, type Session } from '../support/session.ts'

const PATIENCE_MS = 240_000
const ROLES = JSON.stringify([
  { value: 'radiology', roles: ['radiologist'] },
  { value: 'privacy-office', roles: ['privacy'] },
  { value: 'it', roles: ['administrator'] },
])
const environment = (issuer: string, more: Record<string, string> = {}) => ({
  CLEARKEEP_OIDC__ISSUER: issuer,
  CLEARKEEP_OIDC__CLIENTID: CLIENT.id,
  CLEARKEEP_OIDC__CLIENTSECRET: CLIENT.secret,
  CLEARKEEP_OIDC__NAME: 'Hospital login',
  CLEARKEEP_OIDC__ROLES: ROLES,
  CLEARKEEP_LOG__LEVEL: 'silent',
  ...more,
})

/** Sentences of logins and of changed accounts, newest first. */
async function sentences(session: Session, type = 'aud.110114'): Promise<string[]> {
  const { json } = await session.ask('GET', `/api/audit?type=${type}&limit=100`)
  return (json['events'] as { sentence: string }[]).map(({ sentence }) => sentence)
}

describe.skipIf(browserPath() === undefined)('a login by an OpenID Connect provider, in Chromium', () => {
  /** By their names at the provider, which are their subjects too. */
  const PEOPLE: Readonly<Record<string, readonly string[]>> = {
    rosa: ['radiology', 'staff'],
    paula: ['privacy-office'],
    gast: ['visitors'],
    both: ['it', 'radiology'],
  }
  let house: Server
  let issuer: string
  let server: RunningServer
  let adam: Session
  let browser: RunningBrowser

  beforeAll(async () => {
    house = createServer()
    await new Promise<void>((done) => house.listen(0, '127.0.0.1', done))
    // Another site than the archive's: cookies that are SameSite=Strict stay behind on the way back.
    issuer = `http://localhost:${(house.address() as AddressInfo).port}`
    server = await startServer({ open: false, environment: environment(issuer) })
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [`${server.url}/api/session/provider/callback`],
          post_logout_redirect_uris: [`${server.url}/`],
        },
      ],
      claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
      findAccount: (_ctx: unknown, id: string) => ({
        accountId: id,
        claims: async () => ({ sub: id, preferred_username: id, groups: [...(PEOPLE[id] ?? [])] }),
      }),
      cookies: { keys: ['of a test'] },
      pkce: { required: () => true },
    })
    house.on('request', provider.callback())
    adam = await firstAdministrator(server)
    browser = await openBrowser({ ignore: /.*/ })
  }, PATIENCE_MS)
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    house?.closeAllConnections()
    house?.close()
  })

  /** At the provider's own pages: a name, any password, and that the archive may know. */
  async function logInAs(name: string): Promise<void> {
    const { page } = browser
    await page.getByRole('link', { name: 'Log in with Hospital login' }).click()
    await page.waitForURL(new RegExp(`^${issuer}/`))
    await page.locator('input[name=login]').fill(name)
    await page.locator('input[name=password]').fill('anything')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.waitForURL(new RegExp(`^${server.url}/`))
  }
  const shot = async (name: string) =>
    process.env['SCREENSHOTS'] && browser.page.screenshot({ path: `${process.env['SCREENSHOTS']}/${name}.png` })
  async function logOut(): Promise<void> {
    const { page } = browser
    await page.getByRole('button', { name: /^Menu of/ }).click()
    await page.getByRole('menuitem', { name: 'Lock and log out' }).click()
  }

  it(
    'leads there, back to the page one wanted, and in with the roles that are mapped',
    async () => {
      const { page } = browser
      await page.goto(`${server.url}/account`)
      await page.getByRole('link', { name: 'Log in with Hospital login' }).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await shot('provider-login')
      await logInAs('rosa')
      await page.getByText('rosa · radiologist').waitFor()
      expect(page.url()).toBe(`${server.url}/account`)
      await page.getByText('Hospital login says who you are').waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      const { json } = await adam.ask('GET', '/api/accounts')
      expect(json['accounts']).toContainEqual(
        expect.objectContaining({ name: 'rosa', roles: ['radiologist'], provider: issuer }),
      )
    },
    PATIENCE_MS,
  )

  it(
    'logging out logs out at the provider too',
    async () => {
      const { page } = browser
      await logOut()
      await page.waitForURL(new RegExp(`^${issuer}/session/end`))
      await page.getByRole('button', { name: 'Yes, sign me out' }).click()
      await page.waitForURL(`${server.url}/`)
      await page.getByRole('heading', { name: 'Log in' }).waitFor()
      // There one is asked again who one is.
      await logInAs('paula')
      await page.getByRole('link', { name: 'Audit' }).first().waitFor()
      const found = await page.evaluate<{ events: { sentence: string }[] }>(
        `fetch('/api/audit?type=aud.110114&limit=5').then((answer) => answer.json())`,
      )
      expect(found.events.map(({ sentence }) => sentence).slice(0, 3)).toEqual([
        `paula logged in by ${issuer} from 127.0.0.1.`,
        'rosa logged out from 127.0.0.1.',
        `rosa logged in by ${issuer} from 127.0.0.1.`,
      ])
      await logOut()
      await page.getByRole('button', { name: 'Yes, sign me out' }).click()
      await page.waitForURL(`${server.url}/`)
    },
    PATIENCE_MS,
  )

  it(
    'whoever nothing is mapped for does not get in, and is told so',
    async () => {
      const { page } = browser
      await logInAs('gast')
      const said = page.getByRole('alert')
      await said.waitFor()
      expect(await said.innerText()).toMatch(
        /^You are known to the login provider, and have no role in this archive: .*\(claim groups\)/,
      )
      expect(await accessibilityFaults(page)).toEqual([])
      await shot('provider-refused')
      const { json } = await adam.ask('GET', '/api/accounts')
      expect((json['accounts'] as { name: string }[]).map(({ name }) => name)).not.toContain('gast')
    },
    PATIENCE_MS,
  )

  it(
    'an account of the archive gets in while the provider is away',
    async () => {
      const { page } = browser
      house.closeAllConnections()
      house.removeAllListeners('request')
      house.on('request', (_request, response) => response.writeHead(500).end())
      await page.context().clearCookies()
      await page.goto(server.url)
      await page.getByLabel('Name').fill('admin')
      await page.getByLabel('Password', { exact: true }).fill('a long and winding password')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Menu of admin' }).waitFor()
    },
    PATIENCE_MS,
  )
})

describe('a provider that answers wrongly', () => {
  let provider: HostileProvider
  let server: RunningServer
  let adam: Session
  let paul: Session

  beforeAll(async () => {
    provider = await openHostileProvider()
    server = await startServer({ open: false, environment: environment(provider.issuer) })
    adam = await firstAdministrator(server)
    paul = await newPerson(adam, 'paul', 'privacy')
  }, PATIENCE_MS)
  afterAll(async () => {
    await server?.stop()
    await provider?.close()
  })

  const cookieOf = (response: Response) =>
    response.headers
      .getSetCookie()
      .map((set) => set.split(';')[0])
      .join('; ')
  const go = (address: string, cookie = '') => fetch(address, { redirect: 'manual', headers: { cookie } })
  const sessionOf = async (cookie: string) =>
    (await (await go(`${server.url}/api/session`, cookie)).json()) as {
      user: { name: string; roles: string[] } | null
      refusal: { code: string; fact: string } | null
    }

  /** What a browser does, as far as the answer that the provider sends it back with. */
  async function wayBack(to = '/'): Promise<{ address: string; cookie: string }> {
    const begun = await go(`${server.url}/api/session/provider?${new URLSearchParams({ to })}`)
    const there = await go(begun.headers.get('location') ?? '')
    return { address: there.headers.get('location') ?? '', cookie: cookieOf(begun) }
  }
  async function logIn(to?: string) {
    const { address, cookie } = await wayBack(to)
    const end = await go(address, cookie)
    return { ...(await sessionOf(cookieOf(end))), location: end.headers.get('location'), address, cookie }
  }
  function says(claims: Record<string, unknown>, fault: Fault = 'none') {
    provider.claims = claims
    provider.fault = fault
  }
  const HERE = { preferred_username: 'hans', groups: ['radiology'] }

  it('is believed when nothing is wrong: PKCE, secret and address are what it wants', async () => {
    says(HERE)
    const { user, location } = await logIn('/s/1.2.3?series=1.2')
    expect(user).toMatchObject({ name: 'hans', roles: ['radiologist'] })
    expect(location).toBe('/s/1.2.3?series=1.2')
  })

  it('leads nowhere but to a page of the app', async () => {
    for (const to of [
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example',
      '/api/studies',
      'javascript:alert(1)',
    ])
      expect((await logIn(to)).location).toBe('/')
  })

  it.each<[Fault, RegExp]>([
    ['another state', /does not belong to this login/],
    ['no state', /does not belong to this login/],
    ['another nonce', /another issuer, for somebody else, or for another login/],
    ['another key', /its signature is wrong/],
    ['no signature', /signed in a way that is not taken|does not belong/],
    ['over', /the token is over/],
    ['another audience', /for somebody else/],
    ['another issuer', /of another issuer/],
    ['no ID token', /does not belong|no ID token/],
    ['says no', /it says access_denied/],
  ])('is refused with %s, and the audit log says so', async (fault, why) => {
    const failures = async () =>
      (await sentences(paul)).filter((sentence) => sentence.includes(' failed to log in ')).length
    const before = await failures()
    says(HERE, fault)
    const { user, refusal } = await logIn()
    expect(user).toBeNull()
    expect(refusal?.code).toBe('LOGIN_REFUSED')
    expect(refusal?.fact).toMatch(why)
    await expect.poll(failures, { timeout: 10_000 }).toBe(before + 1)
    expect((await sentences(paul))[0]).toMatch(/^web failed to log in as somebody with an answer of the login provider/)
  })

  it('an answer counts once, and only in the browser that asked', async () => {
    says(HERE)
    const first = await logIn()
    expect(first.user?.name).toBe('hans')
    const again = await go(first.address, first.cookie)
    expect((await sessionOf(cookieOf(again))).refusal?.fact).toMatch(/no login of this browser waits for it/)
    const { address } = await wayBack()
    const elsewhere = await go(address)
    expect((await sessionOf(cookieOf(elsewhere))).user).toBeNull()
    // Another login of the same browser does not take the code of the first.
    const [one, two] = [await wayBack(), await wayBack()]
    expect((await sessionOf(cookieOf(await go(one.address, two.cookie)))).refusal?.code).toBe('LOGIN_REFUSED')
  })

  it('roles are what the provider says now; a name that is taken is not taken over', async () => {
    says({ ...HERE, groups: ['radiology', 'privacy-office'] })
    const wide = await logIn()
    expect(wide.user?.roles).toEqual(['radiologist', 'privacy'])
    says(HERE)
    expect((await logIn()).user?.roles).toEqual(['radiologist'])
    says({ ...HERE, groups: ['it', 'radiology'] })
    expect((await logIn()).refusal?.code).toBe('LOGIN_LONE_ROLE')
    says({ ...HERE, groups: [] })
    expect((await logIn()).refusal?.code).toBe('LOGIN_NO_ROLE')
    says({ groups: ['radiology'] })
    expect((await logIn()).refusal?.code).toBe('LOGIN_NO_NAME')
    says({ sub: 'subject-2', preferred_username: 'Paul', groups: ['radiology'] })
    const { user } = await logIn()
    expect(user).toMatchObject({ name: `Paul (${new URL(provider.issuer).host})`, roles: ['radiologist'] })
  })

  it('its people have no password here, and the last administrator is one who needs no provider', async () => {
    for (const path of ['/api/accounts/hans/password'])
      expect((await adam.ask('POST', path)).code).toBe('ACCOUNT_PROVIDER')
    expect((await adam.ask('PATCH', '/api/accounts/hans', { roles: ['student'] })).code).toBe('ACCOUNT_PROVIDER')
    says({ sub: 'subject-3', preferred_username: 'ines', groups: ['it'] })
    expect((await logIn()).user?.roles).toEqual(['administrator'])
    expect((await adam.ask('PATCH', '/api/accounts/admin', { disabled: true })).code).toBe('ACCOUNT_LAST_ADMINISTRATOR')
  })

  it('a disabled account stays out, whatever the provider says', async () => {
    expect((await adam.ask('PATCH', '/api/accounts/hans', { disabled: true })).status).toBe(200)
    says(HERE)
    expect((await logIn()).refusal?.code).toBe('LOGIN_DISABLED')
  })
})

describe('what a provider must vouch for', () => {
  it(
    'is asked for, and who came by less is refused',
    async () => {
      const provider = await openHostileProvider()
      const server = await startServer({
        open: false,
        environment: environment(provider.issuer, { CLEARKEEP_OIDC__AMR: 'mfa,hwk' }),
      })
      try {
        const session = async (claims: Record<string, unknown>) => {
          provider.claims = { preferred_username: 'hans', groups: ['radiology'], ...claims }
          const begun = await fetch(`${server.url}/api/session/provider`, { redirect: 'manual' })
          const cookie = begun.headers.getSetCookie()[0]?.split(';')[0] ?? ''
          const there = await fetch(begun.headers.get('location') ?? '', { redirect: 'manual' })
          const end = await fetch(there.headers.get('location') ?? '', { redirect: 'manual', headers: { cookie } })
          const after = end.headers.getSetCookie()[0]?.split(';')[0] ?? ''
          return (await (await fetch(`${server.url}/api/session`, { headers: { cookie: after } })).json()) as {
            user: unknown
            refusal: { code: string } | null
          }
        }
        expect((await session({ amr: ['pwd'] })).refusal?.code).toBe('LOGIN_WEAK')
        expect((await session({})).refusal?.code).toBe('LOGIN_WEAK')
        expect((await session({ amr: ['pwd', 'mfa'] })).user).not.toBeNull()
        provider.down = true
      } finally {
        await server.stop()
        await provider.close()
      }
    },
    PATIENCE_MS,
  )

  it(
    'a provider that is away is said to be away',
    async () => {
      const server = await startServer({ open: false, environment: environment('http://127.0.0.1:9') })
      try {
        const begun = await fetch(`${server.url}/api/session/provider`, { redirect: 'manual' })
        const cookie = begun.headers.getSetCookie()[0]?.split(';')[0] ?? ''
        const { refusal } = (await (await fetch(`${server.url}/api/session`, { headers: { cookie } })).json()) as {
          refusal: { code: string } | null
        }
        expect(refusal?.code).toBe('LOGIN_PROVIDER_AWAY')
      } finally {
        await server.stop()
      }
    },
    PATIENCE_MS,
  )
})
