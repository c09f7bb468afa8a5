/**
 * UIDs that a name settles: `2.25.` and a UUID as a number (PS3.5 B.2), version 8, whose bits its maker chooses
 * (RFC 9562 section 5.8). So the demonstration has the same UIDs wherever it is made, and nobody else has them.
 */
import { hash } from './random.ts'

export function uidOf(name: string): string {
  let uuid = 0n
  for (let part = 0; part < 4; part += 1)
    uuid = (uuid << 32n) | BigInt(hash(`clearkeep demonstration ${name}`, 7919 * (part + 1)))
  uuid = (uuid & ~(0xfn << 76n)) | (8n << 76n)
  uuid = (uuid & ~(0x3n << 62n)) | (2n << 62n)
  return `2.25.${uuid}`
}
