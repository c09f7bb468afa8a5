/**
 * A bag (BagIt, RFC 8493) inside a ZIP, streamed: memory stays flat whatever lies in it. Each member is read twice: once
 * for the digest, length and CRC that stand before it, once for its bytes, which must then be the same.
 */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { ByteStream, Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { PackLayout } from '../../vault/pack/zip.ts'

export interface Member {
  /** Its path in the bag; ASCII. `data/…` is the payload, the rest tag files. */
  readonly name: string
  /** Gives its bytes, each time it is called. */
  bytes(): ByteStream
}

export const textMember = (name: string, text: string): Member => bytesMember(name, new TextEncoder().encode(text))

export const bytesMember = (name: string, bytes: Bytes): Member => ({
  name,
  bytes: async function* () {
    yield bytes
  },
})

/** RFC 8493, 2.1.1. */
const DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'

/**
 * @param folder  the one folder all of it lies in
 * @param info  what bag-info.txt says, in order
 */
export async function* bagStream(
  folder: string,
  members: AsyncIterable<Member>,
  info: readonly (readonly [label: string, value: string])[],
): ByteStream {
  const zip = new PackLayout()
  const digests = new Map<string, string>()
  let [bytes, files] = [0, 0]

  async function* put(member: Member): ByteStream {
    const { length, crc, digest } = await measure(member.bytes())
    digests.set(member.name, digest)
    yield zip.begin({ name: `${folder}/${member.name}`, length, crc }).header
    let [passed, check] = [0, 0]
    for await (const piece of member.bytes()) {
      passed += piece.length
      check = crc32(piece, check)
      yield piece
    }
    if (passed !== length || check !== crc)
      throw new ArchiveError('DEFECT', { what: 'a member of an evidence pack that is not the same when read again' })
    if (member.name.startsWith('data/')) {
      bytes += length
      files += 1
    }
  }

  for await (const member of members) yield* put(member)
  // 2.2.2: Payload-Oxum is bytes and files of the payload.
  const lines = [...info, ['Payload-Oxum', `${bytes}.${files}`] as const].map(
    ([label, value]) => `${label}: ${value}\n`,
  )
  yield* put(textMember('bagit.txt', DECLARATION))
  yield* put(textMember('bag-info.txt', lines.join('')))
  yield* put(
    textMember(
      'manifest-sha256.txt',
      manifest(digests, (name) => name.startsWith('data/')),
    ),
  )
  yield* put(
    textMember(
      'tagmanifest-sha256.txt',
      manifest(digests, (name) => !name.startsWith('data/')),
    ),
  )
  yield zip.end()
}

const manifest = (digests: ReadonlyMap<string, string>, takes: (name: string) => boolean): string =>
  [...digests]
    .filter(([name]) => takes(name))
    .map(([name, digest]) => `${digest}  ${name}\n`)
    .join('')

async function measure(bytes: ByteStream): Promise<{ length: number; crc: number; digest: string }> {
  const hash = createHash('sha256')
  let [length, crc] = [0, 0]
  for await (const piece of bytes) {
    hash.update(piece)
    crc = crc32(piece, crc)
    length += piece.length
  }
  return { length, crc, digest: hash.digest('hex') }
}
