/**
 * DICOM by TLS, both ways, with DCMTK and OpenSSL as strangers: who may come in, who is that device, and what is said of
 * whoever was turned away. Certificates are made by OpenSSL for each run.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Finished, hasDcmtk, run } from '../support/dcmtk.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const folder = mkdtempSync(join(tmpdir(), 'clearkeep-tls-'))
const at = (name: string): string => join(folder, name)
const openssl = (...words: readonly string[]): string =>
  execFileSync('openssl', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const clearkeep = (...words: readonly string[]): Promise<Finished> => run(resolve('bin/clearkeep'), ...words)

function authority(name: string): void {
  const subject = ['-subj', `/CN=Synthetic ${name}`]
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    ...subject,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
  )
}

function certificate(name: string, by: string): void {
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
  )
  writeFileSync(at(`${name}.ext`), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n')
  const signer = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial']
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    ...signer,
    '-days',
    '2',
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.pem`,
  )
}

const freePort = (): Promise<number> =>
  new Promise((settle) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => settle(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

describe.skipIf(!hasDcmtk())('DICOM by TLS', () => {
  let server: RunningServer
  let port: number
  const hosts = ['127.0.0.1']

  beforeAll(async () => {
    authority('hospital')
    authority('elsewhere')
    for (const name of ['archive', 'scanner', 'other']) certificate(name, 'hospital')
    certificate('stranger', 'elsewhere')
    port = await freePort()
    const bound = openssl('x509', '-in', 'scanner.pem', '-noout', '-fingerprint', '-sha256').split('=')[1]?.trim()
    server = await startServer({
      open: false,
      environment: {
        CLEARKEEP_DICOM__TLS__PORT: String(port),
        CLEARKEEP_DICOM__TLS__CERT: at('archive.pem'),
        CLEARKEEP_DICOM__TLS__KEY: at('archive.key'),
        CLEARKEEP_DICOM__TLS__CA: at('hospital.pem'),
        CLEARKEEP_DICOM__DEVICES: JSON.stringify([{ aet: 'SCANNER', certificate: bound }, { aet: 'CLEARKEEP' }]),
      },
    })
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const echo = (aet: string, name: string, ...more: readonly string[]) =>
    run(
      'echoscu',
      '+tls',
      at(`${name}.key`),
      at(`${name}.pem`),
      '+cf',
      at('hospital.pem'),
      ...more,
      '-aet',
      aet,
      hosts[0] ?? '',
      String(port),
    )
  /** Lines of the log since the last call. */
  let read = 0
  const saidOf = async (pattern: RegExp): Promise<void> => {
    await expect.poll(() => server.said().slice(read), { timeout: 20_000 }).toMatch(pattern)
    read = server.said().length
  }

  it('takes a device that shows a certificate of our authority', async () => {
    const heard = await echo('SCANNER', 'scanner')
    expect(heard.said).not.toMatch(/^[EF]:/m)
    expect(heard.code).toBe(0)
  })

  it('takes nobody else for a device that is listed with its certificate, by TLS or without', async () => {
    const impostor = await echo('SCANNER', 'other')
    expect(impostor.said).toMatch(/Calling AE Title Not Recognized/i)
    const plain = await run('echoscu', '-aet', 'SCANNER', '127.0.0.1', String(server.dicomPort))
    expect(plain.said).toMatch(/Calling AE Title Not Recognized/i)
  })

  it('refuses who shows no certificate, and says so', async () => {
    const nobody = await run('echoscu', '+tla', '+cf', at('hospital.pem'), '-aet', 'SCANNER', '127.0.0.1', String(port))
    expect(nobody.code).not.toBe(0)
    await saidOf(/"address":"127\.0\.0\.1".*it showed no certificate.*a TLS handshake was refused/)
  })

  it('refuses a certificate of another authority, and says so', async () => {
    expect((await echo('SCANNER', 'stranger')).code).not.toBe(0)
    await saidOf(/its certificate is not of an authority that is trusted here/)
  })

  it('refuses TLS 1.0 and 1.1, and says so', async () => {
    for (const version of ['-tls1', '-tls1_1']) {
      const old = await run(
        'openssl',
        's_client',
        '-connect',
        `127.0.0.1:${port}`,
        version,
        '-cipher',
        'ALL@SECLEVEL=0',
      )
      expect(old.said, version).toMatch(/alert protocol version|no protocols available/i)
      await saidOf(/it speaks no version of TLS from 1\.2 on/)
    }
  })

  it('takes TLS 1.2 and 1.3, and of 1.2 only suites with forward secrecy', async () => {
    const with12 = ['-cert', at('scanner.pem'), '-key', at('scanner.key'), '-CAfile', at('hospital.pem')]
    const connect = (...words: readonly string[]) =>
      run('openssl', 's_client', '-connect', `127.0.0.1:${port}`, ...with12, ...words)
    expect((await connect('-tls1_2')).said).toMatch(/Cipher is ECDHE-RSA-AES256-GCM-SHA384/)
    expect((await connect('-tls1_3')).said).toMatch(/Cipher is TLS_AES_256_GCM_SHA384/)
    expect((await connect('-tls1_2', '-cipher', 'AES128-SHA:AES256-GCM-SHA384')).said).toMatch(/handshake failure/i)
    await saidOf(/it offers no cipher suite that is allowed/)
  })

  it('tells who speaks plain DICOM to the port that he does', async () => {
    expect((await run('echoscu', '-aet', 'SCANNER', '127.0.0.1', String(port))).code).not.toBe(0)
    await saidOf(/it does not speak TLS/)
  })

  it('is spoken by our commands, which want a certificate of the right authority and host', async () => {
    const words = ['--tls-cert', at('other.pem'), '--tls-key', at('other.key')]
    const path = at('image.dcm')
    writeFileSync(path, syntheticInstance({ seed: 1, rows: 64, columns: 64 }).bytes)
    const sent = await clearkeep(
      'send',
      `ANY@127.0.0.1:${port}`,
      path,
      '--tls-ca',
      at('hospital.pem'),
      ...words,
      '--commit',
    )
    expect(sent.said).toContain('1 committed to by ANY, 0 not.')
    const wary = await clearkeep('echo', `ANY@127.0.0.1:${port}`, '--tls-ca', at('elsewhere.pem'), ...words)
    expect(wary.said).toContain('its certificate is not of an authority that is trusted here')
    expect(wary.code).toBe(1)
  })

  it('brings images to a destination by TLS', async () => {
    const into = mkdtempSync(join(folder, 'scp-'))
    const there = await freePort()
    const scp = spawn(
      'storescp',
      ['+tls', at('other.key'), at('other.pem'), '+cf', at('hospital.pem'), '-od', into, String(there)],
      {
        stdio: 'ignore',
      },
    )
    const ready = () =>
      run('echoscu', '+tls', at('other.key'), at('other.pem'), '+cf', at('hospital.pem'), '127.0.0.1', String(there))
    await expect.poll(async () => (await ready()).code, { timeout: 30_000 }).toBe(0)
    const one = await startServer({
      environment: {
        CLEARKEEP_DICOM__DESTINATIONS: JSON.stringify([{ aet: 'THERE', host: '127.0.0.1', port: there, tls: true }]),
        CLEARKEEP_DICOM__TLS__PORT: '0',
        CLEARKEEP_DICOM__TLS__CERT: at('archive.pem'),
        CLEARKEEP_DICOM__TLS__KEY: at('archive.key'),
        CLEARKEEP_DICOM__TLS__CA: at('hospital.pem'),
      },
    })
    try {
      const image = syntheticInstance({ seed: 1, rows: 64, columns: 64 })
      writeFileSync(at('one.dcm'), image.bytes)
      const address = `CLEARKEEP@127.0.0.1:${one.dicomPort}`
      expect((await clearkeep('send', address, at('one.dcm'))).code).toBe(0)
      const moved = await clearkeep('move', address, 'THERE', '--study', image.study)
      expect(moved.said).toContain('1 sent to THERE, 0 not.')
      const [file = ''] = readdirSync(into)
      expect(
        readFileSync(join(into, file))
          .subarray(-128 * 64)
          .equals(image.bytes.subarray(-128 * 64)),
      ).toBe(true)
    } finally {
      scp.kill()
      await one.stop()
    }
  })
})
