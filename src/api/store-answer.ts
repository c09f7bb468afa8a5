/**
 * What a STOW-RS answer says beyond the standard: Error Comment holds 64 characters, and nothing tells an object that
 * was here already from one that is new. So each item carries a private block with the words in full.
 */
const CREATOR = 'CLEARKEEP'

export const STORE_ANSWER = {
  creator: '00090010', // LO
  /** LO: `STORED`, `ALREADY`, `CONFLICT`, or the code of the error. */
  outcome: '00091001',
  /** LT: what happened and what to do about it. */
  words: '00091002',
} as const

type Item = Readonly<Record<string, { readonly vr: string; readonly Value: string[] }>>

export function privateBlock(outcome: string, words?: string): Item {
  return {
    [STORE_ANSWER.creator]: { vr: 'LO', Value: [CREATOR] },
    [STORE_ANSWER.outcome]: { vr: 'LO', Value: [outcome] },
    ...(words === undefined ? {} : { [STORE_ANSWER.words]: { vr: 'LT', Value: [words] } }),
  }
}

/** The private block of an item; nothing when the answer is another archive's. */
export function readPrivateBlock(item: unknown): { readonly outcome?: string; readonly words?: string } {
  if (text(item, STORE_ANSWER.creator) !== CREATOR) return {}
  const [outcome, words] = [text(item, STORE_ANSWER.outcome), text(item, STORE_ANSWER.words)]
  return { ...(outcome === undefined ? {} : { outcome }), ...(words === undefined ? {} : { words }) }
}

function text(item: unknown, tag: string): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined
  const value = (item as Readonly<Record<string, { readonly Value?: readonly unknown[] }>>)[tag]?.Value?.[0]
  return typeof value === 'string' ? value : undefined
}
