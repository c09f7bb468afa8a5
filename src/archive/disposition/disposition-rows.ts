/**
 * Disposition as the journal has it, and what the index makes of it. Each step is a fact beside its event. The fact that
 * destroys is the tombstone: with it everything the index knows of the study is taken out of it, in one transaction.
 */
import { canonicalJson } from '../../base/canonical-json.ts'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { FactRecord } from '../../vault/inbox/records.ts'
import { column } from '../column.ts'
import type { DispositionStatements } from './disposition.queries.ts'

export interface ProposedStudy {
  readonly study: string
  /** YYYY-MM-DD */
  readonly eligibleOn: string
  readonly governing: readonly string[]
  /** What was assumed about it, looked at by the person who proposed it. */
  readonly acknowledged: readonly string[]
}

/** An instance that was destroyed: leaf, series, SOP Instance UID, digest of its data set. */
export type Destroyed = readonly [n: number, series: string, instance: string, ds: string]

export interface Tombstone {
  readonly v: 1
  readonly op: 'destroy'
  readonly disposition: number
  readonly study: string
  readonly studyDate: string
  readonly modalities: string
  readonly series: number
  readonly instances: readonly Destroyed[]
  readonly bytes: number
  /** SHA-256 over `manifestOf` of the instances. */
  readonly manifest: string
  readonly eligibleOn: string
  readonly governing: readonly string[]
  readonly rules: string
  /** When holds were looked at: none covered it. */
  readonly holdsChecked: string
  readonly proposed: { readonly by: string; readonly at: string }
  readonly approved: readonly { readonly by: string; readonly at: string }[]
  readonly at: string
}

/** The text of a `dispose` fact, and the member `disposition` of its event's body. `by` is a login name. */
export type DispositionFact =
  | {
      readonly v: 1
      readonly op: 'propose'
      readonly reason: string
      readonly studies: readonly ProposedStudy[]
      /** By step: what the law wants first, and the paper that says it was done. */
      readonly papers: { readonly [step: string]: string }
      readonly rules: string
      readonly by: string
      readonly at: string
    }
  | {
      readonly v: 1
      readonly op: 'approve'
      readonly disposition: number
      readonly step: 1 | 2
      readonly reason: string
      /** With the second. */
      readonly destroyFrom?: string
      readonly by: string
      readonly at: string
    }
  | {
      readonly v: 1
      readonly op: 'end'
      readonly disposition: number
      readonly reason: string
      readonly by: string
      readonly at: string
    }
  | Tombstone
  | {
      readonly v: 1
      readonly op: 'done'
      readonly disposition: number
      readonly tombstone: number
      readonly study: string
      readonly copies: readonly CopyGone[]
      readonly at: string
    }

/** What was done to one copy. */
export interface CopyGone {
  readonly where: string
  /** In the words of NIST SP 800-88; `crypto-erase`: the key of the study first, then everything. */
  readonly method: 'clear' | 'crypto-erase'
  readonly objects: number
  /** What a lock holds there until a day, unreadable: the archive removes it then. */
  readonly locked?: { readonly objects: number; readonly until: string }
}

export const dispositionText = (fact: DispositionFact): string => canonicalJson(JSON.parse(JSON.stringify(fact)))

/** What the digest of a manifest is made of: one line an instance, in order of arrival. */
export const manifestOf = (instances: readonly Destroyed[]): string =>
  instances.map((one) => `${one.join(' ')}\n`).join('')

export function dispositionRows(statements: DispositionStatements, { n, text }: FactRecord): readonly CompiledQuery[] {
  const fact = JSON.parse(text) as DispositionFact
  switch (fact.op) {
    case 'propose':
      return [
        statements.insertDisposition({
          id: n,
          reason: column(fact.reason),
          papers: canonicalJson(fact.papers),
          rules: fact.rules,
          proposed_by: column(fact.by),
          proposed_at: fact.at,
        }),
        ...fact.studies.map((one) =>
          statements.insertStudyOf({
            disposition_id: n,
            study_uid: column(one.study),
            eligible_on: one.eligibleOn,
            governing: one.governing.join(' '),
            acknowledged: one.acknowledged.join(' '),
          }),
        ),
      ]
    case 'approve':
      return [
        statements.setDisposition(
          fact.disposition,
          fact.step === 1
            ? { first_by: column(fact.by), first_at: fact.at }
            : { second_by: column(fact.by), second_at: fact.at, destroy_from: fact.destroyFrom ?? '' },
        ),
      ]
    case 'end':
      return [
        statements.setDisposition(fact.disposition, {
          ended_by: column(fact.by),
          ended_at: fact.at,
          ended_reason: column(fact.reason),
        }),
      ]
    case 'destroy':
      return [
        ...statements.forget(
          fact.study,
          n,
          fact.instances.map(([id]) => id),
        ),
        statements.insertTombstone({
          id: n,
          study_uid: column(fact.study),
          disposition_id: fact.disposition,
          study_date: column(fact.studyDate),
          modalities: column(fact.modalities),
          series: fact.series,
          instances: fact.instances.length,
          bytes: fact.bytes,
          manifest: fact.manifest,
          written_at: fact.at,
        }),
      ]
    default:
      return [
        statements.setTombstone(fact.tombstone, {
          done: n,
          done_at: fact.at,
          copies: canonicalJson(JSON.parse(JSON.stringify(fact.copies))),
        }),
      ]
  }
}
