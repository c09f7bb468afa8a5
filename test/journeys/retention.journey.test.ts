import { describe, expect, it } from 'vitest'
import type { StudyRetention } from '../../src/api/retention.ts'
import { browserPath, openBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { adoptByHttp } from '../support/rules.ts'
import { startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, storeAs } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const ask = async (url: string, study: string): Promise<StudyRetention> =>
  (await (await fetch(`${url}/api/studies/${study}/retention`)).json()) as StudyRetention

describe('a study', () => {
  it('is kept without end where no rules were adopted', async () => {
    const server = await startServer()
    try {
      const { bytes, study } = syntheticInstance({ seed: 1, studyDate: '20160315' })
      await stow(server.dicomweb, bytes)
      expect(await ask(server.url, study)).toMatchObject({
        configured: false,
        status: 'INDEFINITE',
        eligibleOn: null,
        governing: [{ id: 'house.floor' }],
      })
      expect((await fetch(`${server.url}/api/studies/1.2.3/retention`)).status).toBe(404)
    } finally {
      await server.stop()
    }
  })

  it.skipIf(browserPath() === undefined)(
    'is kept by the rules of the site, and its page says by which, and what was assumed',
    async () => {
      const server = await startServer({ open: false })
      const adam = await firstAdministrator(server)
      const rita = await newPerson(adam, 'rita', 'records')
      await adoptByHttp(rita, await newPerson(adam, 'paul', 'privacy'))
      const browser = await openBrowser()
      try {
        // No birth date: taken for a newborn, who is kept to the nineteenth birthday.
        const { bytes, study } = syntheticInstance({ seed: 1, studyDate: '20160315' })
        expect((await storeAs(server, rita, bytes)).status).toBe(200)
        const decision = (await rita.ask('GET', `/api/studies/${study}/retention`)).json as unknown as StudyRetention
        expect(decision).toMatchObject({
          configured: true,
          status: 'TIMED',
          retainThrough: '2035-03-15',
          eligibleOn: '2035-03-16',
          governing: [{ id: 'us-ca.hosp', source: '22 CCR 70751(c)', confidence: 'H' }],
        })
        expect(decision.flags).toContain('birth-date-missing-assumed-newborn')

        const [name = '', value = ''] = rita.cookie.split('=')
        await browser.page.context().addCookies([{ name, value, url: server.url }])
        await browser.page.goto(`${server.url}/s/${study}`)
        await browser.page
          .getByText('Kept at least through 15 Mar 2035. From 16 Mar 2035 a person may consider it.')
          .waitFor()
        await browser.page.getByText('22 CCR 70751(c) (regulation; read in the law)').waitFor()
        await browser.page.getByText('What was assumed').click()
        await browser.page.getByText('the patient was taken for a newborn').waitFor()
        expect(browser.complaints).toEqual([])
      } finally {
        await browser.close()
        await server.stop()
      }
    },
  )
})
