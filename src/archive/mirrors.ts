/**
 * Which mirror lacks what. A study is owed to every mirror from before it is sealed until the mirror was read back; what is
 * owed outlives a restart, and is brought up when the mirror is there. The inbox gives no room back while anything is owed.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../base/context.ts'
import { asArchiveError } from '../base/errors.ts'
import type { Files } from '../storage/files/files.ts'
import { replaceFile } from '../storage/files/replace.ts'
import type { Database } from '../storage/sql/database.ts'
import { oneAtATime } from '../storage/sql/one-at-a-time.ts'
import { type Attached, AWAY, type Copy } from '../vault/copies/places.ts'
import type { Acts } from './acts.ts'
import type { CopyState } from './archive.ts'
import { sealedStudies } from './fixity.queries.ts'
import type { Fixity } from './fixity.ts'
import type { Log } from './journal-writer.ts'

export interface MirrorsParts {
  readonly db: Database
  /** The vault first. */
  readonly copies: readonly Copy[]
  readonly fixity: Pick<Fixity, 'check' | 'secure'>
  readonly acts: Pick<Acts, 'event'>
  readonly files: Files
  /** What is owed, durably. */
  readonly path: string
  readonly log: Log
  readonly itself: Context
  /** How often a mirror is looked for, in milliseconds. */
  readonly everyMs: number
}

export interface Mirrors {
  /** Durably, before the first byte of a study's next version is written. */
  owe(study: string): Promise<void>
  /** It was sealed, into all mirrors but these. */
  sealed(study: string, behind: readonly string[]): Promise<void>
  /** Has every mirror everything that was sealed? */
  readonly settled: boolean
  readonly states: readonly CopyState[]
  /** Looks for mirrors and brings them up, now. */
  bringUp(): Promise<void>
  close(): Promise<void>
}

interface Owed {
  /** Was it ever compared with all there is? */
  complete: boolean
  /** And a number that is another each time it is owed anew. */
  readonly studies: Map<string, number>
}

/** The system's and the stores' words for what cannot be written, and for what is full. */
const READ_ONLY = new Set(['EROFS', 'EACCES', 'EPERM', 'AccessDenied'])
const FULL = new Set(['ENOSPC', 'EDQUOT', 'QuotaExceeded'])
const AT_ONCE = 100

export async function openMirrors(parts: MirrorsParts): Promise<Mirrors> {
  const { db, copies, fixity, acts, files, log, itself } = parts
  const [vault, ...mirrors] = copies
  const stop = new AbortController()
  const kept = await readOwed(files, parts.path)
  const owed = new Map<string, Owed>(
    mirrors.map(({ name }) => [name, kept.get(name) ?? { complete: false, studies: new Map() }]),
  )
  const problems = new Map<string, string>()
  const attached = new Map<string, Attached>()
  /** How far a mirror was compared in this run. */
  const walked = new Map<string, string>()
  let working: Promise<void> | undefined
  let turn = 0
  const inTurn = oneAtATime()

  const keep = async (): Promise<void> => {
    if (mirrors.length === 0) return
    const value = Object.fromEntries(
      [...owed].map(([name, { complete, studies }]) => [name, { complete, owed: [...studies.keys()] }]),
    )
    const text = `${JSON.stringify({ v: 1, mirrors: value })}\n`
    await inTurn(() => replaceFile(files, parts.path, new TextEncoder().encode(text), true))
  }

  const look = async (): Promise<void> => {
    for (const { name, attached: there } of copies) {
      const state = await there()
      const before = attached.get(name)
      attached.set(name, state)
      if (state === before || (before === undefined && state === 'good')) continue
      if (state === 'good') {
        log.info({ copy: name }, 'a copy of the vault is there again')
        problems.delete(name)
      } else log.error({ copy: name }, `a copy of the vault cannot be used: ${AWAY[state]}`)
      await acts.event(itself, changed(name, state), 'soon')
    }
  }

  /** Brings one study up. @returns mirrors that lack something of it still */
  const level = async (study: string): Promise<ReadonlySet<string>> => {
    const report = await fixity.check(itself, study, 'names')
    for (const { name } of mirrors) if (!report.behind.includes(name)) problems.delete(name)
    for (const [name, problem] of Object.entries(report.problems)) problems.set(name, problem)
    return new Set(report.behind)
  }

  const work = async (): Promise<void> => {
    await look()
    for (const { name } of mirrors) {
      const of = owed.get(name)
      if (of === undefined || attached.get(name) !== 'good' || attached.get(vault?.name ?? '') !== 'good') continue
      for (const [study, since] of [...of.studies]) {
        if (stop.signal.aborted) return
        if ((await level(study)).has(name)) break
        // Not when it was sealed anew meanwhile.
        if (of.studies.get(study) === since) of.studies.delete(study)
        await keep()
      }
      if (!of.complete) await compare(name, of)
    }
  }

  /** A mirror that is new, or of which nothing is known: all studies there are. */
  const compare = async (name: string, of: Owed): Promise<void> => {
    for (let after = walked.get(name) ?? ''; ; ) {
      const studies = await sealedStudies(db, after, AT_ONCE)
      for (const study of studies) {
        if (stop.signal.aborted || (await level(study)).has(name)) return
        after = study
        walked.set(name, after)
      }
      if (studies.length === 0) break
    }
    of.complete = true
    await keep()
  }

  const bringUp = (): Promise<void> => {
    working ??= work()
      .catch((thrown: unknown) => {
        if (!stop.signal.aborted) log.error({ error: asArchiveError(thrown).code }, 'a mirror could not be brought up')
      })
      .finally(() => {
        working = undefined
      })
    return working
  }

  const ticking = (async () => {
    while (!stop.signal.aborted) {
      await sleep(parts.everyMs, undefined, { signal: stop.signal, ref: false }).catch(() => {})
      if (!stop.signal.aborted) await bringUp()
    }
  })()
  await look()
  if (mirrors.length > 0) void bringUp()

  return {
    owe: async (study) => {
      if (mirrors.length === 0) return
      turn += 1
      for (const { studies } of owed.values()) studies.set(study, turn)
      await keep()
    },
    sealed: async (study, behind) => {
      if (mirrors.length === 0) return
      for (const [name, { studies }] of owed) if (!behind.includes(name)) studies.delete(study)
      await keep()
      await fixity.secure(study, behind)
    },
    get settled() {
      return [...owed.values()].every(({ complete, studies }) => complete && studies.size === 0)
    },
    get states() {
      return copies.map(({ name, can }) => {
        const state = stateOf(name, attached.get(name) ?? 'good', owed.get(name), problems.get(name))
        return { ...state, says: [state.says, can?.() ?? ''].filter((part) => part !== '').join(' ') }
      })
    },
    bringUp,
    close: async () => {
      stop.abort()
      await working
      await ticking
    },
  }
}

function stateOf(copy: string, attached: Attached, owed: Owed | undefined, problem: string | undefined): CopyState {
  const behind = owed?.studies.size ?? 0
  const compared = owed?.complete ?? true
  const lacks =
    behind === 0
      ? ''
      : ` It lacks ${behind === 1 ? 'one study' : `${behind} studies`}, kept in the vault and the inbox.`
  const said = (state: CopyState['state'], says: string): CopyState => ({ copy, state, behind, says: says + lacks })
  if (attached === 'away')
    return said(
      'away',
      owed === undefined
        ? `The vault’s folder cannot be used: ${AWAY.away}. What came stays in the inbox; what is sealed comes from a mirror.`
        : `Not used: ${AWAY.away}.`,
    )
  if (attached === 'foreign' || attached === 'locked') return said(attached, `Not used: ${AWAY[attached]}.`)
  if (problem !== undefined && READ_ONLY.has(problem)) return said('read-only', 'It can be read and not written.')
  if (problem !== undefined && FULL.has(problem)) return said('full', 'It is full.')
  if (problem !== undefined) return said('failing', `It cannot be written (${problem}).`)
  if (!compared) return said('behind', 'It is being compared with the vault.')
  return behind > 0
    ? said('behind', 'It is being brought up.')
    : said('good', owed === undefined ? 'It is there.' : 'It has everything that is sealed.')
}

const changed = (copy: string, state: Attached) =>
  ({
    type: 'copy.state',
    action: 'E',
    outcome: state === 'good' ? 0 : 8,
    detail: { copy, state },
  }) as const

async function readOwed(files: Files, path: string): Promise<ReadonlyMap<string, Owed>> {
  const found = new Map<string, Owed>()
  const size = await files.size(path)
  if (size === undefined) return found
  const file = await files.open(path)
  try {
    const { mirrors } = JSON.parse(new TextDecoder().decode(await file.read(0, size))) as {
      readonly mirrors?: Readonly<Record<string, { readonly complete?: boolean; readonly owed?: readonly string[] }>>
    }
    for (const [name, { complete = false, owed = [] }] of Object.entries(mirrors ?? {}))
      found.set(name, { complete, studies: new Map(owed.map((study) => [study, 0])) })
  } catch {
    // Nothing is known then: mirrors are compared with all there is.
  } finally {
    await file.close()
  }
  return found
}

/** Mirrors the archive was told of before, and whether they ever had everything. */
export async function knownMirrors(files: Files, path: string): Promise<ReadonlyMap<string, boolean>> {
  return new Map([...(await readOwed(files, path))].map(([name, { complete }]) => [name, complete]))
}
