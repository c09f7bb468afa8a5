/** Connections and state: `GET /api/status`, `GET /api/callers`, `POST /api/callers/allow`, `POST /api/devices/echo`. */
import { z } from 'zod'
import { CopyState } from './storage.ts'

export const Status = z.object({
  studies: z.number(),
  instances: z.number(),
  bytes: z.number(),
  freeBytes: z.number(),
  accepting: z.boolean(),
  damage: z.number(),
  /** Bytes not yet sealed, and when the oldest object of them came, or ''. */
  inboxBytes: z.number(),
  oldest: z.string(),
  /** When everything that is kept was last read again, or ''; files mended since the start; what no copy has in good state. */
  fixity: z.object({ ended: z.string(), mended: z.number(), damaged: z.number(), harmed: z.number() }),
  /** Places the vault is kept in, the vault’s own folder first. */
  copies: z.array(CopyState),
  /** Ledger numbers: leaves there are, and those a checkpoint covers; why nothing is signed any more, or ''. */
  log: z.object({
    leaves: z.number(),
    signed: z.number(),
    alarm: z.string(),
    /** Who cosigns it: up to which leaf and when; what kept it from doing so last, or ''; whether it refused. */
    witnesses: z.array(
      z.object({
        name: z.string(),
        url: z.string(),
        size: z.number(),
        at: z.string(),
        problem: z.string(),
        refused: z.boolean(),
      }),
    ),
    /** The last time stamp: of how many leaves, and the authority's time; null when there is no authority. */
    stamps: z.object({ url: z.string(), size: z.number(), at: z.string(), problem: z.string() }).nullable(),
    /** Audit repositories: leaves each has been told of, leaves that wait, when it last took some; why it cannot be told, and since when. */
    repositories: z.array(
      z.object({
        name: z.string(),
        address: z.string(),
        told: z.number(),
        waiting: z.number(),
        at: z.string(),
        problem: z.string(),
        since: z.string(),
      }),
    ),
  }),
})
export type Status = z.infer<typeof Status>

export const Device = z.object({ aet: z.string(), host: z.string(), from: z.enum(['configuration', 'allowed']) })
export const RefusedCaller = z.object({ aet: z.string(), host: z.string(), lastSeen: z.string(), times: z.number() })
export const Callers = z.object({ devices: z.array(Device), refused: z.array(RefusedCaller) })
export type Callers = z.infer<typeof Callers>

export const AllowCaller = z.object({ aet: z.string().min(1).max(16), host: z.string().min(1).max(255) })

/** `POST /api/devices/echo`: is it there, and what would it do with us? */
export const EchoDevice = z.object({
  aet: z.string().trim().min(1).max(16),
  host: z.string().trim().min(1).max(255),
  port: z.number().int().min(1).max(65_535),
  tls: z.boolean().default(false),
})
export type EchoDevice = z.infer<typeof EchoDevice>
export const Echoed = z.object({
  answered: z.boolean(),
  milliseconds: z.number(),
  /** Why it did not answer, and what to do about it. */
  fact: z.string(),
  remedy: z.string(),
  implementation: z.string(),
  maxPdu: z.number(),
  services: z.array(z.string()),
})
export type Echoed = z.infer<typeof Echoed>

/** `GET /api/associations`: those open now, then the last that ended, newest first. Nothing of any patient. */
export const Association = z.object({
  id: z.number(),
  callingAet: z.string(),
  calledAet: z.string(),
  address: z.string(),
  listed: z.boolean(),
  implementationClassUid: z.string(),
  implementationVersion: z.string(),
  maxPdu: z.number(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  contexts: z.array(
    z.object({
      abstractSyntax: z.string(),
      proposed: z.array(z.string()),
      /** The transfer syntax agreed on, or why there is none. */
      answer: z.string(),
      accepted: z.boolean(),
    }),
  ),
  /** Operations by what became of them: `stored`, `already`, `conflict`, `refused`, `echo` and the like. */
  counts: z.record(z.string(), z.number()),
  refusals: z.array(z.object({ code: z.string(), fact: z.string(), remedy: z.string(), times: z.number() })),
  bytesReceived: z.number(),
  bytesSent: z.number(),
  /** `open`, or how it ended. */
  state: z.string(),
})
export type Association = z.infer<typeof Association>

export const Associations = z.object({ associations: z.array(Association) })
export type Associations = z.infer<typeof Associations>

/** The body of every error our own API answers, and of DICOMweb errors that have no body of their own. */
export const Problem = z.object({ code: z.string(), fact: z.string(), remedy: z.string(), request: z.string() })
export type Problem = z.infer<typeof Problem>
