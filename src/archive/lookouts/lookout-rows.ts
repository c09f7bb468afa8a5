/** Lookouts as the journal has them: saved and saved anew, stopped; what they warned of, and who has looked at it. */
import { canonicalJson } from '../../base/canonical-json.ts'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { FactRecord } from '../../vault/inbox/records.ts'
import { column } from '../column.ts'
import type { LookoutStatements } from './lookout.queries.ts'
import type { LookoutAsk } from './lookout.ts'

interface Deed {
  readonly v: 1
  readonly by: string
  readonly at: string
}

/** The text of a `lookout` fact, and the member `lookout` of its event's body. `by` is a login name. */
export type LookoutFact =
  | (Deed & {
      readonly op: 'save'
      /** Which one is changed by it; without, it is a new one. */
      readonly lookout?: number
      readonly owner: string
      readonly ask: LookoutAsk
    })
  | (Deed & { readonly op: 'stop'; readonly lookout: number; readonly reason: string })
  | (Deed & {
      readonly op: 'warn'
      readonly lookout: number
      readonly name: string
      readonly entry: number
      readonly ts: string
      readonly type: string
      readonly actor: string
      readonly who: string
      readonly patient: string
      readonly study: string
      readonly seen: number
    })
  | (Deed & { readonly op: 'settle'; readonly warning: number; readonly words: string })

export const lookoutText = (fact: LookoutFact): string => canonicalJson(JSON.parse(JSON.stringify(fact)))

export function lookoutRows(statements: LookoutStatements, { n, text }: FactRecord): readonly CompiledQuery[] {
  const fact = JSON.parse(text) as LookoutFact
  const { at } = fact
  const by = column(fact.by)
  switch (fact.op) {
    case 'save': {
      const saved = {
        since_n: n,
        name: column(fact.ask.name),
        ask: canonicalJson(JSON.parse(JSON.stringify(fact.ask))),
        saved_by: by,
        saved_at: at,
      }
      return [
        fact.lookout === undefined
          ? statements.insertLookout({ ...saved, id: n, owner: column(fact.owner) })
          : statements.setLookout(fact.lookout, saved),
      ]
    }
    case 'stop':
      return [
        statements.setLookout(fact.lookout, { stopped_by: by, stopped_at: at, stopped_reason: column(fact.reason) }),
      ]
    case 'warn':
      return [
        statements.insertWarning({
          id: n,
          lookout_id: fact.lookout,
          entry_n: fact.entry,
          entry_ts: fact.ts,
          type: fact.type,
          actor: column(fact.actor),
          who: column(fact.who),
          patient_key: column(fact.patient),
          study_uid: column(fact.study),
          seen: fact.seen,
          raised_at: at,
        }),
      ]
    case 'settle':
      return [statements.setWarning(fact.warning, { settled_by: by, settled_at: at, words: column(fact.words) })]
  }
}
