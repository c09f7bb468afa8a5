/** A time-stamping authority that is not ours: `openssl ts` behind a few lines of HTTP. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

export interface Authority {
  readonly url: string
  /** Certificate of who vouches for it. */
  readonly ca: string
  /** Answers given so far. */
  readonly answers: number
  /** What it answers instead, when set. */
  instead: Buffer | undefined
  close(): Promise<void>
}

export function openssl(...words: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('openssl', words, { encoding: 'utf8', timeout: 60_000 })
  return { status, said: `${stdout}${stderr}` }
}

function made(...words: readonly string[]): void {
  const { status, said } = openssl(...words)
  if (status !== 0) throw new Error(`openssl ${words[0]}: ${said}`)
}

export async function startAuthority(folder: string): Promise<Authority> {
  const at = (name: string) => join(folder, name)
  const request = (name: string, subject: string) => [
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    at(`${name}.key`),
    '-subj',
    subject,
  ]
  made(...request('ca', '/CN=Test authority of authorities'), '-x509', '-days', '30', '-out', at('ca.pem'))
  made(...request('tsa', '/CN=Test time-stamping authority'), '-out', at('tsa.csr'))
  writeFileSync(at('tsa.ext'), 'extendedKeyUsage = critical, timeStamping\nkeyUsage = critical, digitalSignature\n')
  made(
    'x509',
    '-req',
    '-in',
    at('tsa.csr'),
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-days',
    '30',
    '-extfile',
    at('tsa.ext'),
    '-out',
    at('tsa.pem'),
  )
  writeFileSync(at('serial'), '01\n')
  writeFileSync(
    at('ts.cnf'),
    [
      '[tsa]',
      'default_tsa = it',
      '[it]',
      `serial = ${at('serial')}`,
      `signer_cert = ${at('tsa.pem')}`,
      `certs = ${at('ca.pem')}`,
      `signer_key = ${at('tsa.key')}`,
      'signer_digest = sha256',
      'default_policy = 1.2.3.4.1',
      'digests = sha256',
      'clock_precision_digits = 3',
      '',
    ].join('\n'),
  )

  let answers = 0
  const authority = { instead: undefined as Buffer | undefined }
  const server = createServer((asked, answer) => {
    const parts: Buffer[] = []
    asked.on('data', (part: Buffer) => parts.push(part))
    asked.on('end', () => {
      writeFileSync(at('query.tsq'), Buffer.concat(parts))
      made(
        'ts',
        '-reply',
        '-config',
        at('ts.cnf'),
        '-section',
        'it',
        '-queryfile',
        at('query.tsq'),
        '-out',
        at('reply.tsr'),
      )
      answers += 1
      answer.writeHead(200, { 'content-type': 'application/timestamp-reply' })
      answer.end(authority.instead ?? readFileSync(at('reply.tsr')))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return Object.assign(authority, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ca: at('ca.pem'),
    get answers() {
      return answers
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}
