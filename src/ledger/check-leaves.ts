/**
 * Leaves against what they commit to, in the order of the journal: numbers without a gap, times that never go back, and
 * bodies, studies and patients that open the commitments (docs/decisions/0003). What was erased cannot be opened, and is
 * counted as such.
 */
import { fromHex } from '../base/bytes.ts'
import type { OpenStep } from '../base/findings.ts'
import { bodyCommitment, subjectCommitment } from './leaf.ts'
import type { LedgerEntry } from './ledger.ts'

export interface LeafCheck {
  /** Gives the leaf's type and, when its commitment holds, its body. */
  feed(entry: LedgerEntry): { readonly type: string; readonly body: Readonly<Record<string, unknown>> | undefined }
}

interface Members {
  readonly n?: unknown
  readonly t?: unknown
  readonly ts?: unknown
  readonly b?: unknown
  readonly s?: unknown
  readonly p?: unknown
}

export function openLeafCheck(step: OpenStep): LeafCheck {
  let due = 0
  let last = ''
  return {
    feed: (entry) => {
      step.count('leaves')
      const leaf = parse(entry.leaf)
      if (leaf === undefined || leaf.n !== entry.n) {
        step.find(`leaf ${entry.n}: its text is not that of leaf ${entry.n}`)
        return { type: '', body: undefined }
      }
      if (entry.n !== due)
        step.find(
          entry.n > due
            ? `leaves ${due} to ${entry.n - 1} are missing`
            : `leaf ${entry.n} stands where leaf ${due} is due: it is out of order or there twice`,
        )
      due = entry.n + 1
      const ts = String(leaf.ts)
      if (ts < last) step.find(`leaf ${entry.n}: its time, ${ts}, is before that of the leaf in front of it, ${last}`)
      if (ts > last) last = ts
      const committed = bodyOf(step, entry, leaf)
      subjectOf(step, entry.n, 'study', entry.study, leaf.s)
      subjectOf(step, entry.n, 'patient', entry.patient, leaf.p)
      return { type: String(leaf.t), body: committed }
    },
  }
}

function bodyOf(step: OpenStep, { n, body, salt }: LedgerEntry, { b, ts, t }: Members) {
  if (body === '') {
    step.count('bodies erased')
    return undefined
  }
  if (safely(() => bodyCommitment(body, fromHex(salt))) !== b) {
    step.find(`leaf ${n}: its body is not the one it commits to`)
    return undefined
  }
  step.count('bodies')
  const said = parse(body) as Readonly<Record<string, unknown>> | undefined
  if (said?.['ts'] !== ts || said?.['type'] !== t)
    step.find(`leaf ${n}: its body says another time or another act than the leaf`)
  return said
}

function subjectOf(
  step: OpenStep,
  n: number,
  kind: 'study' | 'patient',
  opened: { readonly id: string; readonly salt: string } | undefined,
  commitment: unknown,
): void {
  if (opened === undefined) {
    if (commitment !== undefined) step.count(`${kind} commitments erased`)
    return
  }
  if (safely(() => subjectCommitment(opened.id, fromHex(opened.salt))) !== commitment)
    step.find(`leaf ${n}: it commits to another ${kind} than the journal names beside it`)
}

function parse(text: string): Members | undefined {
  try {
    return JSON.parse(text) as Members
  } catch {
    return undefined
  }
}

function safely(commit: () => string): string | undefined {
  try {
    return commit()
  } catch {
    return undefined
  }
}
