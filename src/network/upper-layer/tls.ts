/**
 * TLS under the upper layer: the BCP 195 RFC 8996, 9325 profile (PS3.15 B.12). TLS 1.2 with forward secrecy and
 * authenticated encryption, or TLS 1.3; nothing older, and no way to switch it on.
 *
 * Here is what both roles say to Node, and what a handshake that failed means to a person.
 */
import type { SecureContextOptions, TLSSocket, TlsOptions } from 'node:tls'

/** PEM texts. */
export interface TlsMaterial {
  /** Certificate, and those of the authorities between it and the root. */
  readonly cert?: string
  readonly key?: string
  /** Authorities that peers must be certified by; undefined: as acceptor, peers need no certificate. */
  readonly ca?: string
}

/** RFC 9325 4.2; TLS 1.3 has its own three and needs no list. */
export const TLS_1_2_CIPHERS = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
] as const
export const TLS_1_3_CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
] as const

export const PROFILE: SecureContextOptions = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: [...TLS_1_3_CIPHERS, ...TLS_1_2_CIPHERS].join(':'),
}

export function acceptorOptions({ cert, key, ca }: TlsMaterial, handshakeTimeout: number): TlsOptions {
  return {
    ...PROFILE,
    cert,
    key,
    honorCipherOrder: true,
    handshakeTimeout,
    // Refused by `uncertified`: Node would hang up before anybody could ask where the caller sits.
    ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: false }),
  }
}

const CHAIN = 'its certificate is not of an authority that is trusted here'

/** What OpenSSL and Node say, and what it means. Of the peer, in both roles. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/PEER_DID_NOT_RETURN_A_CERTIFICATE/, 'it showed no certificate'],
  [/UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|TLSV1_ALERT_PROTOCOL_VERSION/, 'it speaks no version of TLS from 1.2 on'],
  [/HTTP_REQUEST|WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|NOT_TLS|BAD_RECORD_TYPE/, 'it does not speak TLS'],
  [/NO_SHARED_CIPHER|HANDSHAKE_FAILURE/, 'it offers no cipher suite that is allowed (ECDHE with AES-GCM, or TLS 1.3)'],
  [/CERT_HAS_EXPIRED|CERTIFICATE_EXPIRED/, 'its certificate has expired'],
  [/CERT_NOT_YET_VALID/, 'its certificate is not valid yet; compare the clocks'],
  [/CERT_REVOKED|CERTIFICATE_REVOKED/, 'its certificate was revoked'],
  [/INVALID_PURPOSE/, 'its certificate is not for this purpose'],
  [/ALTNAME_INVALID/, 'its certificate is for another host'],
  [/ALERT_UNKNOWN_CA|ALERT_BAD_CERTIFICATE|ALERT_CERTIFICATE_UNKNOWN/, 'it does not trust our certificate'],
  [/ALERT_CERTIFICATE_REQUIRED/, 'it wants a certificate of ours'],
  [/UNABLE_TO|SELF_SIGNED|VERIFY|ISSUER|CERT_UNTRUSTED|CERT_CHAIN|CERT_SIGNATURE|PATH_LENGTH/, CHAIN],
  [/HANDSHAKE_TIMEOUT|ETIMEDOUT/, 'it did not finish the handshake in time'],
  [/ECONNRESET|EPIPE|UNEXPECTED_EOF|SOCKET_CLOSED/, 'it hung up in the middle of the handshake'],
]

/** @param code  of the error, such as `ERR_SSL_UNSUPPORTED_PROTOCOL`; what has no meaning here is given as it is */
export const tlsFailureInWords = (code: string): string =>
  MEANINGS.find(([pattern]) => pattern.test(code))?.[1] ?? code.slice(0, 80)

/** Why a caller whose handshake is done may not come in; undefined when it may. */
export function uncertified(socket: TLSSocket, { ca }: TlsMaterial): string | undefined {
  if (ca === undefined || socket.authorized) return undefined
  if (socket.getPeerCertificate().raw === undefined) return tlsFailureInWords('PEER_DID_NOT_RETURN_A_CERTIFICATE')
  return tlsFailureInWords(String(socket.authorizationError))
}

/** SHA-256 of a certificate as devices are listed by: 64 hex digits in lower case, however it was written. */
export const fingerprint = (text: string): string => text.replace(/[^0-9A-Fa-f]/g, '').toLowerCase()
