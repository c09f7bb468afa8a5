/** What is asked of tiers, in line and durable: studies that are to come back, studies that are to go. */
import type { Files } from '../../storage/files/files.ts'
import { replaceFile } from '../../storage/files/replace.ts'
import { oneAtATime } from '../../storage/sql/one-at-a-time.ts'

export type AskedKind = 'recall' | 'move'

export interface Asked {
  readonly study: string
  /** RFC 3339. */
  readonly at: string
}

export interface AskedLine {
  /** In the order they were asked for. */
  of(kind: AskedKind): readonly Asked[]
  /** Durable when it resolves; what is in line already stays where it is. */
  put(kind: AskedKind, study: string): Promise<void>
  done(kind: AskedKind, study: string): Promise<void>
  /** Until something is asked for, or that time has passed. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export async function openAsked(files: Files, path: string, now: () => Date): Promise<AskedLine> {
  const lines = await readLines(files, path)
  const inTurn = oneAtATime()
  const waiting = new Set<() => void>()
  const keep = (): Promise<void> =>
    inTurn(() => {
      const value = { recall: [...lines.recall.values()], move: [...lines.move.values()] }
      return replaceFile(files, path, new TextEncoder().encode(`${JSON.stringify({ v: 1, ...value })}\n`), true)
    })
  return {
    of: (kind) => [...lines[kind].values()],
    put: async (kind, study) => {
      const line = lines[kind]
      if (line.has(study)) return
      line.set(study, { study, at: now().toISOString() })
      await keep()
      for (const wake of waiting) wake()
    },
    done: async (kind, study) => {
      if (lines[kind].delete(study)) await keep()
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer)
          waiting.delete(end)
          signal.removeEventListener('abort', end)
          resolve()
        }
        const timer = setTimeout(end, ms).unref()
        waiting.add(end)
        signal.addEventListener('abort', end)
        if (signal.aborted) end()
      }),
  }
}

async function readLines(files: Files, path: string): Promise<Readonly<Record<AskedKind, Map<string, Asked>>>> {
  const text = await textAt(files, path)
  let kept: Partial<Record<AskedKind, readonly Asked[]>> = {}
  try {
    if (text !== undefined) kept = JSON.parse(text) as typeof kept
  } catch {
    // Nothing is in line then: who wants a study asks again, and the rule finds what is to go.
  }
  const line = (kind: AskedKind) => new Map((kept[kind] ?? []).map((one) => [one.study, one]))
  return { recall: line('recall'), move: line('move') }
}

async function textAt(files: Files, path: string): Promise<string | undefined> {
  const size = await files.size(path)
  if (size === undefined) return undefined
  const file = await files.open(path)
  try {
    return new TextDecoder().decode(await file.read(0, size))
  } finally {
    await file.close()
  }
}
