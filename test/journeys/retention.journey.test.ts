import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StudyRetention } from '../../src/api/retention.ts'
import { browserPath, openBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const ask = async (url: string, study: string): Promise<StudyRetention> =>
  (await (await fetch(`${url}/api/studies/${study}/retention`)).json()) as StudyRetention

describe('a study', () => {
  it('is kept without end where nobody has said whose law counts', async () => {
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
      const server = await startServer({
        environment: {
          CLEARKEEP_RETENTION__JURISDICTIONS: 'us, us-ca',
          CLEARKEEP_RETENTION__INSTITUTION: 'hospital',
        },
      })
      const browser = await openBrowser()
      try {
        // No birth date: taken for a newborn, who is kept to the nineteenth birthday.
        const { bytes, study } = syntheticInstance({ seed: 1, studyDate: '20160315' })
        await stow(server.dicomweb, bytes)
        const decision = await ask(server.url, study)
        expect(decision).toMatchObject({
          configured: true,
          status: 'TIMED',
          retainThrough: '2035-03-15',
          eligibleOn: '2035-03-16',
          governing: [{ id: 'us-ca.hosp', source: '22 CCR 70751(c)', confidence: 'H' }],
        })
        expect(decision.flags).toContain('birth-date-missing-assumed-newborn')

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

  it('is not decided by a law there are no rules for: the archive does not start, and says which there are', () => {
    const data = mkdtempSync(join(tmpdir(), 'clearkeep-retention-'))
    const { status, stderr } = spawnSync(
      resolve('bin/clearkeep'),
      ['serve', '--data', data, '--http-port', '0', '--dicom-port', '0'],
      { encoding: 'utf8', env: { ...process.env, CLEARKEEP_RETENTION__JURISDICTIONS: 'us-xx' }, timeout: 60_000 },
    )
    rmSync(data, { recursive: true, force: true })
    expect(status).not.toBe(0)
    expect(stderr).toContain('there are no rules for us-xx')
    expect(stderr).toContain('us-ca')
  })
})
