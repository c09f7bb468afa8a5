/** A certificate authority of one test run, made by OpenSSL: for loopback, and for two days. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Authority {
  /** Path of a file in its folder. */
  at(name: string): string
  text(name: string): string
  /** `NAME.pem` and `NAME.key`, for 127.0.0.1 and localhost unless another name is given. */
  certify(name: string, names?: string): void
  remove(): void
}

export function openAuthority(called: string): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-ca-'))
  const at = (name: string): string => join(folder, name)
  const openssl = (...words: readonly string[]): string =>
    execFileSync('openssl', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...key, '-days', '2', '-subj', `/CN=${called}`, '-keyout', 'ca.key', '-out', 'ca.pem')
  return {
    at,
    text: (name) => readFileSync(at(name), 'utf8'),
    certify: (name, names = 'IP:127.0.0.1,DNS:localhost') => {
      openssl('req', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`)
      writeFileSync(at(`${name}.ext`), `subjectAltName=${names}\n`)
      const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`]
      openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
