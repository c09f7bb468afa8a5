/**
 * An intruder's afternoon: what somebody tries who has the address of a running server, a clinician's password, or a file
 * to send, and what comes back. The table of docs/security.md is what this prints with INTRUDER_TABLE=1.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Attributes, dataSetOf } from '../../src/dicom/attributes.ts'
import { metaGroup } from '../../src/dicom/part10.ts'
import { encodeElements } from '../../src/dicom/writer.ts'
import { removeArchives, temporaryFolder } from '../support/archives.ts'
import { browserPath, openBrowser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, Session, storeAs } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const CRLF = '\r\n'
const SECRET_NAME = 'SYNTHETIC^UNSPOKEN'
const SECRET_ID = 'SYN-UNSPOKEN'
/** What must never come back: from files of ours that are not for the web. */
const INSIDES = /root:x:|"devDependencies"|PRIVATE KEY|SQLite format|clearkeep.*\+[0-9a-f]{8}\+.*private/i

describe('an intruder', { timeout: 240_000 }, () => {
  let server: RunningServer
  let admin: Session
  let clara: Session
  let tess: Session
  const image = syntheticInstance({ seed: 1, patientName: SECRET_NAME, patientId: SECRET_ID })
  const rows: string[] = []
  /** What the program said before anybody tried anything. */
  let begun = ''
  const told = (what: string, answer: string) => rows.push(`| ${what} | ${answer} |`)

  beforeAll(async () => {
    server = await startServer({ open: false, environment: { CLEARKEEP_LOG__LEVEL: 'debug' } })
    admin = await firstAdministrator(server)
    clara = await newPerson(admin, 'clara', 'clinician')
    tess = await newPerson(admin, 'tess', 'technologist')
    expect((await storeAs(server, tess, image.bytes)).status).toBe(200)
    begun = server.said()
  })
  afterAll(async () => {
    await server?.stop()
    await removeArchives()
    if (process.env['INTRUDER_TABLE'] !== undefined) process.stdout.write(`${rows.join('\n')}\n`)
  })

  /** Bytes as they are, which no HTTP client would send. */
  const raw = (text: string): Promise<string> =>
    new Promise((settle) => {
      let answer = ''
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(text))
      socket.setTimeout(5000, () => socket.destroy())
      socket.on('data', (bytes) => {
        answer += String(bytes)
      })
      socket.on('error', () => {})
      socket.on('close', () => settle(answer))
    })
  const statusOf = (answer: string): string => /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 'closed'
  const get = async (path: string, session: Session | undefined, more = '') =>
    raw(
      [
        `GET ${path} HTTP/1.1`,
        'Host: 127.0.0.1',
        ...(session ? [`Cookie: ${session.cookie}`] : []),
        'Connection: close',
        more,
      ]
        .filter((line) => line !== '')
        .join(CRLF) +
        CRLF +
        CRLF,
    )
  const alive = async () => expect((await clara.ask('GET', `/api/studies/${image.study}`)).status).toBe(200)

  it('climbs out of no folder, by whatever spelling', async () => {
    const paths = ['', '/assets', '/dicom-web/studies', '/log/2026/tile', '/api/instances', '/log/2026/stamps'].flatMap(
      (base) =>
        [
          '/../../../../../../etc/passwd',
          '/..%2f..%2f..%2f..%2fetc%2fpasswd',
          '/%2e%2e/%2e%2e/%2e%2e/package.json',
          '/..%5c..%5cpackage.json',
          '/....//....//package.json',
          '/%c0%ae%c0%ae/package.json',
          '/..%00/package.json',
          `/${'../'.repeat(30)}${server.data.slice(1)}/keys`,
          `/..%2f..%2fkeys%2flog.key`,
        ].map((climb) => base + climb),
    )
    const answers = new Map<string, number>()
    for (const path of paths) {
      const answer = await get(path, tess)
      expect(answer, path).not.toMatch(INSIDES)
      const body = answer.slice(answer.indexOf(CRLF + CRLF))
      if (statusOf(answer) === '200') expect(body, path).toContain('<div id="root">') // the app, whose own page says there is none
      answers.set(statusOf(answer), (answers.get(statusOf(answer)) ?? 0) + 1)
    }
    told(
      `Path traversal: ${paths.length} spellings below \`/\`, \`/assets\`, \`/dicom-web\`, \`/log\`, \`/api\``,
      `no byte of a file that is not the app's: ${[...answers].map(([status, count]) => `${status} ${count} times`).join(', ')}`,
    )
  })

  it('names no file by what an object says of itself', async () => {
    const before = filesIn(server.data)
    const answers: string[] = []
    for (const evil of ['../../../../tmp/x', '1.2/../../x', '..', 'C:\\x', '1.2\0.3']) {
      const file = made({ ...CT, StudyInstanceUID: evil, SOPInstanceUID: `1.2.3.${answers.length}` })
      const answer = await storeAs(server, tess, file)
      answers.push(`${answer.status}`)
      expect(await answer.text()).toMatch(/C000|A900|"00081197"/)
    }
    expect(new Set(answers)).toEqual(new Set(['409']))
    const after = filesIn(server.data).filter((name) => !before.includes(name))
    for (const name of after) expect(name).toMatch(/^(index\.db|control\.db|inbox|log|vault|audit)/)
    told(
      'STOW of objects whose Study Instance UID climbs folders (`../../x`, `C:\\x`, a zero byte)',
      '409 each, `DICOM_INVALID_UID`; no file was made',
    )
  })

  it('makes no query into SQL', async () => {
    const evils = [
      `' OR '1'='1`,
      `x'; drop table studies; --`,
      `1) union select body from events --`,
      `%' or 1=1 --`,
      '\\',
      '\u0000',
    ]
    for (const evil of evils)
      for (const key of [
        'PatientID',
        'StudyDescription',
        'AccessionNumber',
        'StudyInstanceUID',
        'limit',
        'offset',
        'includefield',
      ]) {
        const { status, text } = await clara.ask('GET', `/dicom-web/studies?${key}=${encodeURIComponent(evil)}`)
        expect([200, 204, 400], `${key}=${evil}`).toContain(status)
        expect(text).not.toMatch(/syntax error|SQLITE|near "/i)
        if (status === 200 && !['offset', 'limit', 'includefield'].includes(key))
          expect(text, `${key}=${evil}`).not.toContain(SECRET_ID)
      }
    for (const evil of evils) {
      const { status, json } = await clara.ask('GET', `/api/studies?q=${encodeURIComponent(evil)}`)
      expect([200, 400]).toContain(status)
      expect(JSON.stringify(json)).not.toMatch(/SQLITE|syntax error/i)
    }
    await alive()
    told(
      'SQL in matching keys, `limit`, `offset`, `includefield` and worklist words',
      'taken as text or refused (400); every table is there',
    )
  })

  it('hangs no search with a pattern', async () => {
    const pattern = encodeURIComponent(`${'*a'.repeat(60)}*b`)
    const { status } = await clara.ask('GET', `/dicom-web/studies?PatientName=${pattern}&StudyDescription=${pattern}`)
    expect([200, 204, 400]).toContain(status)
    await alive()
    told('A matching key of 60 wildcards', `${status}; others are served`)
  })

  it('puts no line into the logs, nor into an answer’s head', async () => {
    const forged = `clara${CRLF}{"level":60,"msg":"FORGED"}`
    expect((await new Session(server.url).logIn(forged, 'x')).status).toBe(401)
    await get(`/x%0d%0aX-Injected:%20yes`, undefined, `X-Request-Id: a${CRLF}X-Forged: FORGED`)
    const file = made({
      ...CT,
      PatientID: `A\r\nSet-Cookie: FORGED=1`,
      SOPInstanceUID: '1.2.4.1',
      StudyInstanceUID: '1.2.4',
    })
    await storeAs(server, tess, file)
    const key = Buffer.from('|A\r\nSet-Cookie: FORGED=1').toString('base64url')
    const privacy = await newPerson(admin, 'paul', 'privacy')
    for (const path of [`/api/patients/${key}/evidence`, `/api/patients/${key}/access.csv`]) {
      const answer = await get(path, privacy)
      const head = answer.slice(0, answer.indexOf(CRLF + CRLF))
      expect(head).not.toMatch(/^(Set-Cookie: FORGED|X-Injected|X-Forged)/im)
    }
    const since = server.said().slice(begun.length).split('\n')
    for (const line of since.filter((one) => one !== '')) expect(() => JSON.parse(line), line).not.toThrow()
    expect(server.said()).not.toMatch(/^\{"level":60,"msg":"FORGED"/m)
    told(
      'Line breaks in a login name, an address, a Patient ID that becomes a file name',
      '401, 404, refused or escaped; no line of the log and no header is theirs',
    )
  })

  it('finds no patient in the logs of the program, told at its most talkative', async () => {
    await clara.ask('GET', `/dicom-web/studies?PatientID=${SECRET_ID}`)
    await clara.ask('GET', `/dicom-web/studies/${image.study}/metadata`)
    await clara.ask('GET', `/api/studies?q=UNSPOKEN`)
    const { text } = await admin.ask('GET', '/metrics')
    for (const said of [server.said(), text]) expect(said).not.toMatch(/UNSPOKEN/)
    told('Names and numbers of patients in logs (level `debug`) and `/metrics`', 'none')
  })

  it('makes the archive fetch nothing', async () => {
    let asked = 0
    const trap = createServer((_, response) => {
      asked += 1
      response.end('x')
    })
    await new Promise<void>((ready) => trap.listen(0, '127.0.0.1', ready))
    const url = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/secret`
    const metadata = JSON.stringify([
      {
        '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
        '00080018': { vr: 'UI', Value: ['1.2.5'] },
        '0020000D': { vr: 'UI', Value: ['1.2.5.1'] },
        '0020000E': { vr: 'UI', Value: ['1.2.5.2'] },
        '7FE00010': { vr: 'OW', BulkDataURI: url },
      },
    ])
    const stow = await fetch(`${server.dicomweb}/studies`, {
      method: 'POST',
      headers: {
        'content-type': 'multipart/related; type="application/dicom+json"; boundary=b',
        cookie: tess.cookie,
        'x-csrf-token': tess.csrf,
      },
      body: `--b${CRLF}Content-Type: application/dicom+json${CRLF}${CRLF}${metadata}${CRLF}--b--${CRLF}`,
    })
    expect(stow.status).toBeGreaterThanOrEqual(400)
    for (const path of [
      `/dicom-web/studies?url=${url}`,
      `/wado?requestType=WADO&studyUID=${url}&seriesUID=1&objectUID=1`,
      `/log/${encodeURIComponent(url)}/checkpoint`,
    ])
      await clara.ask('GET', path)
    const list = made({ ...CT, RetrieveURL: url, SOPInstanceUID: '1.2.6', StudyInstanceUID: '1.2.6.1' })
    await storeAs(server, tess, list)
    expect(asked).toBe(0)
    trap.close()
    told(
      'Addresses for the archive to fetch: BulkDataURI of STOW, `url=`, RetrieveURL of an object',
      `${stow.status} or stored as text; nothing was fetched. It sends to configured destinations only`,
    )
  })

  it('expands no entity and digs no well', async () => {
    const xml =
      '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><NativeDicomModel>&a;</NativeDicomModel>'
    const stow = await fetch(`${server.dicomweb}/studies`, {
      method: 'POST',
      headers: {
        'content-type': 'multipart/related; type="application/dicom+xml"; boundary=b',
        cookie: tess.cookie,
        'x-csrf-token': tess.csrf,
      },
      body: `--b${CRLF}Content-Type: application/dicom+xml${CRLF}${CRLF}${xml}${CRLF}--b--${CRLF}`,
    })
    expect(stow.status).toBeGreaterThanOrEqual(400)
    expect(await stow.text()).not.toMatch(/root:/)
    const deep = `{"name":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    const nested = await admin.ask('POST', '/api/accounts', deep)
    expect([400, 413]).toContain(nested.status)
    const polluted = await admin.ask(
      'POST',
      '/api/tokens',
      '{"label":"x","days":1,"__proto__":{"roles":["privacy"]},"constructor":{"prototype":{"open":true}}}',
    )
    expect([200, 201, 400]).toContain(polluted.status)
    expect((await clara.ask('GET', '/api/audit')).status).toBe(403)
    told('XML with an external entity by STOW', `${stow.status}: XML is not read`)
    told(
      'JSON nested 200,000 deep; `__proto__` and `constructor` in a body',
      `${nested.status}; ${polluted.status}, nobody has a right more`,
    )
  })

  it('splits no request, and moves no cookie', async () => {
    const smuggled = await raw(
      [
        'POST /api/session HTTP/1.1',
        'Host: x',
        'Content-Type: application/json',
        'Content-Length: 4',
        'Transfer-Encoding: chunked',
        '',
        '0',
        '',
        `GET /api/accounts HTTP/1.1${CRLF}Cookie: ${admin.cookie}`,
        '',
        '',
      ].join(CRLF),
    )
    expect(statusOf(smuggled)).toBe('400')
    const trace = await raw(`TRACE / HTTP/1.1${CRLF}Host: x${CRLF}Cookie: a=b${CRLF}Connection: close${CRLF}${CRLF}`)
    expect(trace.slice(trace.indexOf(CRLF + CRLF))).not.toContain('a=b')
    const ranges = await get(
      `/api/instances/${image.study}/${image.series}/${image.instance}/original`,
      clara,
      `Range: bytes=${'0-,'.repeat(2000)}0-`,
    )
    expect(ranges.length).toBeLessThan(image.bytes.length * 2)
    const away = await get('//evil.example/%2e%2e', undefined)
    expect(away).not.toMatch(/^location: /im)
    told('A request in a request (both `Content-Length` and `Transfer-Encoding`)', statusOf(smuggled))
    told(
      '`TRACE`; 2,001 ranges of one object; `//evil.example/`',
      `${statusOf(trace)}, ${statusOf(ranges)} with no more than the object once, ${statusOf(away)} without a redirect`,
    )
  })

  it('has no session that it was not given, and no right that its account has not', async () => {
    const fixed = new Session(server.url)
    fixed.cookie = 'clearkeep-session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    expect((await fixed.ask('GET', '/api/studies')).status).toBe(401)
    const [name = '', value = ''] = clara.cookie.split('=')
    const tampered = new Session(server.url)
    tampered.cookie = `${name}=${value.slice(0, -2)}AA`
    expect((await tampered.ask('GET', '/api/studies')).status).toBe(401)
    const given = new Session(server.url)
    given.cookie = fixed.cookie
    await given.logIn('clara', 'a password of somebody’s own 1')
    expect(given.cookie).not.toBe(fixed.cookie)
    // Nor one that somebody else has: a login is a session of its own.
    const lent = await newPerson(admin, 'lena', 'student')
    const { cookie: lenas } = lent
    await lent.logIn('clara', 'a password of somebody’s own 1')
    expect(lent.cookie).not.toBe(lenas)
    const denied = await Promise.all(
      (
        [
          ['POST', '/api/accounts', { name: 'mallory', roles: ['administrator'] }],
          ['PATCH', '/api/accounts/clara', { roles: ['administrator'] }],
          ['PATCH', '/api/accounts/admin', { disabled: true }],
          ['GET', '/api/accounts', undefined],
          ['GET', '/api/audit', undefined],
          ['POST', `/api/studies/${image.study}/rejections`, { code: '113001', reason: 'x' }],
          ['GET', `/api/studies/${image.study}/evidence`, undefined],
          ['POST', '/api/holds', { matter: 'x', reason: 'x', studies: [image.study] }],
        ] as const
      ).map(async ([method, path, body]) => (await clara.ask(method, path, body)).status),
    )
    expect(new Set(denied)).toEqual(new Set([403]))
    const noToken = await clara.ask('POST', '/api/session/lock-that-is-not', {}, { 'x-csrf-token': 'wrong' })
    expect([403, 404]).toContain(noToken.status)
    told(
      'A session made up, one with its end changed, one given to the victim before login',
      '401, 401, a new one at login',
    )
    told(
      `A clinician at ${denied.length} doors of other roles: accounts, audit, evidence, holds, rejection`,
      '403 each, and an alert in the audit log',
    )
  })

  it.skipIf(browserPath() === undefined)('runs nothing in a page, whatever an object is called', async () => {
    const script = '<img src=x onerror=window.intruded=1>'
    const file = made({
      ...CT,
      PatientName: script,
      StudyDescription: `"><script>window.intruded=1</script>`,
      SeriesDescription: script,
      SOPInstanceUID: '1.2.7',
      StudyInstanceUID: '1.2.7.1',
      SeriesInstanceUID: '1.2.7.2',
      AccessionNumber: '{{1+1}}',
    })
    expect((await storeAs(server, tess, file)).status).toBe(200)
    const html = made({
      ...CT,
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.104.1',
      Modality: 'DOC',
      MIMETypeOfEncapsulatedDocument: 'text/html',
      EncapsulatedDocument: Buffer.from('<script>parent.intruded=1</script>'),
      SOPInstanceUID: '1.2.8',
      StudyInstanceUID: '1.2.7.1',
      SeriesInstanceUID: '1.2.7.3',
    })
    expect((await storeAs(server, tess, html)).status).toBe(200)
    const browser = await openBrowser()
    try {
      const { page } = browser
      await page
        .context()
        .addCookies([
          { name: clara.cookie.split('=')[0] ?? '', value: clara.cookie.split('=')[1] ?? '', url: server.url },
        ])
      for (const path of ['/', '/s/1.2.7.1', '/v/1.2.7.1', `/p/${Buffer.from('|SYN-X').toString('base64url')}`]) {
        await page.goto(server.url + path)
        await page.waitForLoadState('networkidle')
        expect(await page.evaluate('window.intruded'), path).toBeUndefined()
      }
      for (const path of ['rendered', 'bulkdata/00420011']) {
        const { headers, status } = await clara.ask(
          'GET',
          `/dicom-web/studies/1.2.7.1/series/1.2.7.3/instances/1.2.8/${path}`,
          undefined,
          { accept: '*/*' },
        )
        expect(headers.get('content-type') ?? '', `${path} ${status}`).not.toMatch(/html|svg|xml/)
        expect(headers.get('x-content-type-options')).toBe('nosniff')
      }
    } finally {
      await browser.close()
    }
    told(
      'Scripts as patient name, descriptions, accession number; a document of type `text/html`, asked for as a picture and as bulk data',
      'text in every page; never given out as HTML, and `nosniff`',
    )
  })

  it('calls by DICOM and is not listed', async () => {
    const port = String(server.dicomPort)
    const file = join(temporaryFolder(), 'image.dcm')
    writeFileSync(file, image.bytes)
    const called = ['echoscu', 'findscu', 'storescu'].map((tool) => {
      const more = tool === 'findscu' ? ['-S', '-k', 'QueryRetrieveLevel=STUDY', '-k', 'PatientID'] : []
      const last = tool === 'storescu' ? [file] : []
      return spawnSync(tool, ['-aet', 'MALLORY', '-aec', server.aet, ...more, '127.0.0.1', port, ...last], {
        encoding: 'utf8',
        timeout: 30_000,
      })
    })
    for (const { error, status, stdout, stderr } of called) {
      if (error !== undefined) throw error
      expect(status).not.toBe(0)
      expect(stdout + stderr).not.toContain(SECRET_ID)
    }
    told(
      'DICOM by an AE title nobody listed: C-ECHO, C-FIND, C-STORE',
      'the association is rejected (calling AE title not recognized), and listed for an administrator',
    )
  })

  it('guesses a password five times', async () => {
    const statuses: number[] = []
    for (let attempt = 0; attempt < 8; attempt += 1)
      statuses.push((await new Session(server.url).logIn('clara', `guess ${attempt} of many`)).status)
    expect(statuses.at(-1)).toBe(429)
    told('Passwords of one account, guessed', `${statuses.join(', ')}`)
    await alive()
  })
})

const CT: Attributes = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
  SOPInstanceUID: '1.2.3',
  StudyInstanceUID: '1.2.3.4',
  SeriesInstanceUID: '1.2.3.5',
  PatientID: 'SYN-X',
  PatientName: 'SYNTHETIC^X',
  Modality: 'CT',
}

function made(attributes: Attributes): Buffer {
  const meta = metaGroup({
    sopClass: String(attributes.SOPClassUID),
    sopInstance: String(attributes.SOPInstanceUID),
    transferSyntax: '1.2.840.10008.1.2.1',
  })
  return Buffer.concat([meta, encodeElements(dataSetOf(attributes), '1.2.840.10008.1.2.1')])
}

const filesIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true }).map((name) => join(String(name))) : []
