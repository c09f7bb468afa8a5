/**
 * Rule sets: the law as data, one file a jurisdiction (`rules/`). Every row names its source and how sure we are; none was
 * read by your counsel.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { canonicalJson, type Json } from '../../base/canonical-json.ts'
import { anchorsOf, type Expression, parseExpression } from './expression.ts'
import type { Anchor } from './facts.ts'
import type { Selector } from './selector.ts'

/** As it stands in the file. */
export interface Rule {
  readonly id: string
  readonly title: string
  readonly when: Selector
  /** The conservative period that is shipped. */
  readonly keep: string
  /** The lawful minimum, usable when counsel has signed it off. */
  readonly exact?: string
  /** A maximum: told of, never acted on. */
  readonly destroyBy?: string
  /** Periods are suspended while a claim lasts. */
  readonly tolled?: boolean
  /** A recommendation: counts only where a site has opted in. */
  readonly optIn?: boolean
  readonly basis: string
  /** H read in the law itself, M secondary or from knowledge, L conflicting or a placeholder. */
  readonly confidence: 'H' | 'M' | 'L'
  readonly source: string
  readonly note?: string
}

export interface RuleSet {
  /** Jurisdiction: `us`, `us-ca`. */
  readonly set: string
  readonly version: string
  readonly reviewedBy: string | null
  readonly rules: readonly Rule[]
}

export interface ReadRule extends Rule {
  readonly jurisdiction: string
  readonly expressions: { readonly keep: Expression; readonly exact?: Expression; readonly destroyBy?: Expression }
  /** The dates its period depends on. */
  readonly uses: ReadonlySet<Anchor>
}

const FOLDER = new URL('./rules/', import.meta.url)

/** Every rule set that is shipped, by jurisdiction. */
export function readRuleSets(): readonly RuleSet[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as RuleSet)
}

/** Parsed once. @throws {ArchiveError} `CONFIG_INVALID` for a period that is none */
export const readRules = (sets: readonly RuleSet[]): readonly ReadRule[] =>
  sets.flatMap(({ set, rules }) =>
    rules.map((rule): ReadRule => {
      const keep = parseExpression(rule.keep)
      const exact = rule.exact === undefined ? undefined : parseExpression(rule.exact)
      const destroyBy = rule.destroyBy === undefined ? undefined : parseExpression(rule.destroyBy)
      const ofEnd = rule.when.ageAtEndLt !== undefined || rule.when.ageAtEndGte !== undefined
      return {
        ...rule,
        jurisdiction: set,
        expressions: { keep, ...(exact && { exact }), ...(destroyBy && { destroyBy }) },
        uses: new Set([
          ...anchorsOf(keep),
          ...(exact ? anchorsOf(exact) : []),
          ...(ofEnd ? (['treatmentEnd'] as const) : []),
        ]),
      }
    }),
  )

/** Names what a decision was made with: SHA-256 of the sets' canonical text, hex. */
export const digestOf = (sets: readonly RuleSet[]): string =>
  createHash('sha256')
    .update(canonicalJson(sets as unknown as Json))
    .digest('hex')
