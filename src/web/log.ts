/**
 * `/log/…`: the transparency log as C2SP tlog-tiles has it, for anybody: it names nobody, and an auditor or a witness is
 * a stranger. `/api/log/proof/{n}`: a leaf's proof, as one text that is checked with no log at hand.
 */
import { z } from 'zod'
import type { Archive } from '../archive/archive.ts'
import { ArchiveError } from '../base/errors.ts'
import { parseTilePath } from '../proof/tiles.ts'
import { type Ask, type Route, route } from './routes.ts'

const TEXT = 'text/plain; charset=utf-8'
const BYTES = 'application/octet-stream'
/** A tile never changes; the checkpoint does every second. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const BRIEFLY = 'public, max-age=1'

const Shards = z.object({
  shards: z.array(z.object({ year: z.string(), origin: z.string(), key: z.string(), prefix: z.string() })),
})

const Stamps = z.object({ stamps: z.array(z.string()) })

export function logRoutes({ log, record }: Pick<Archive, 'log' | 'record'>): readonly Route[] {
  const yearOf = (ask: Ask): string => ask.params['year'] ?? ''
  const found = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw new ArchiveError('NOT_FOUND', { what })
    return value
  }

  return [
    route({
      method: 'GET',
      url: '/log',
      act: 'anyone',
      says: 'The yearly logs, oldest first: origin, verifier key, and address.',
      answers: [{ status: 200, says: 'The list.', shape: Shards }],
      handle: async (): Promise<z.infer<typeof Shards>> => ({
        shards: log.years().map((year) => {
          const key = log.key(year) ?? ''
          return { year, origin: key.split('+')[0] ?? '', key, prefix: `/log/${year}` }
        }),
      }),
    }),
    route({
      method: 'GET',
      url: '/log/:year/checkpoint',
      act: 'anyone',
      says: 'The last signed checkpoint (C2SP tlog-checkpoint).',
      answers: [
        { status: 200, says: 'A signed note.', types: ['text/plain'] },
        { status: 404, says: 'There is no log of this year.' },
      ],
      handle: async (ask, reply) =>
        reply
          .type(TEXT)
          .header('cache-control', BRIEFLY)
          .send(found(log.checkpoint(yearOf(ask)), 'log of this year')),
    }),
    route({
      method: 'GET',
      url: '/log/:year/key',
      act: 'anyone',
      says: 'The verifier key of a year’s log; who relies on it gets it another way too.',
      answers: [
        { status: 200, says: 'name+id+key.', types: ['text/plain'] },
        { status: 404, says: 'There is no log of this year.' },
      ],
      handle: async (ask, reply) => reply.type(TEXT).send(`${found(log.key(yearOf(ask)), 'log of this year')}\n`),
    }),
    route({
      method: 'GET',
      url: '/log/:year/tile/*',
      act: 'anyone',
      says: 'A tile of hashes, or a bundle of entries: L/N, entries/N, each with .p/W when not full (C2SP tlog-tiles).',
      answers: [
        { status: 200, says: 'The bytes, which never change.', types: [BYTES] },
        { status: 404, says: 'The last checkpoint needs no such tile.' },
      ],
      handle: async (ask, reply) => {
        const tile = found(parseTilePath(`tile/${ask.params['*'] ?? ''}`), 'such tile')
        const bytes = found(await log.tile(yearOf(ask), tile), 'such tile')
        const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
        return reply.type(BYTES).header('cache-control', FOR_EVER).send(body)
      },
    }),
    route({
      method: 'GET',
      url: '/log/:year/stamps',
      act: 'anyone',
      says: 'Checkpoints that an authority stamped with the time (RFC 3161): SIZE.txt is one, SIZE.tsr the authority’s answer.',
      answers: [{ status: 200, says: 'Names, oldest first.', shape: Stamps }],
      handle: async (ask): Promise<z.infer<typeof Stamps>> => ({ stamps: [...(await log.stamps(yearOf(ask)))] }),
    }),
    route({
      method: 'GET',
      url: '/log/:year/stamps/:name',
      act: 'anyone',
      says: 'A stamped checkpoint, or its time stamp.',
      answers: [
        { status: 200, says: 'The bytes, which never change.', types: [BYTES] },
        { status: 404, says: 'There is no such stamp.' },
      ],
      handle: async (ask, reply) => {
        const bytes = found(await log.stampFile(yearOf(ask), ask.params['name'] ?? ''), 'such stamp')
        return reply.type(BYTES).header('cache-control', FOR_EVER).send(Buffer.from(bytes))
      },
    }),
    route({
      method: 'GET',
      url: '/api/log/proof/:n',
      act: 'proof.see',
      says: 'The proof that a leaf, by its ledger number, is in the log (C2SP tlog-proof).',
      answers: [
        { status: 200, says: 'A .tlog-proof.', types: ['text/plain'] },
        { status: 404, says: 'There is no such leaf, or no checkpoint covers it yet.' },
      ],
      handle: async ({ context, params }, reply) => {
        const n = /^(0|[1-9]\d{0,14})$/.test(params['n'] ?? '') ? Number(params['n']) : -1
        const proof = found(n < 0 ? undefined : await log.proof(n), 'such leaf in a checkpoint')
        // PS3.15 A.5.3.2: the log was used.
        const detail = { what: 'proof of a leaf', leaf: n }
        await record(context, { type: 'aud.110101', action: 'R', outcome: 0, detail }, 'soon')
        return reply.type(TEXT).header('content-disposition', `attachment; filename="leaf-${n}.tlog-proof"`).send(proof)
      },
    }),
  ]
}
