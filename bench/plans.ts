/** The plans of the statements that something runs: which of them read a whole table, or sort what they found. */
import type { CompiledQuery } from 'kysely'
import type { Database } from '../src/storage/sql/database.ts'

export interface PlanSpy {
  readonly db: Database
  /** Plan steps of every statement run since the last call, those alike once. SQLite. */
  taken(): Promise<readonly string[]>
}

export function spyOnPlans(db: Database): PlanSpy {
  let compiled: CompiledQuery[] = []
  const planned = db.read.withPlugin({
    transformQuery: ({ node, queryId }) => {
      compiled.push(db.read.getExecutor().compileQuery(node, queryId))
      return node
    },
    transformResult: async ({ result }) => result,
  })
  const read = new Proxy(planned, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name, target)
      if (typeof found !== 'function') return found
      if (name !== 'executeQuery') return found.bind(target)
      return (query: CompiledQuery) => {
        compiled.push(query)
        return target.executeQuery(query)
      }
    },
  })
  return {
    db: { ...db, read },
    taken: async () => {
      const statements = new Map(
        compiled.filter(({ sql }) => /^\s*(select|with)/i.test(sql)).map((one) => [one.sql, one]),
      )
      compiled = []
      const steps = new Set<string>()
      for (const statement of statements.values()) {
        const plan = await db.read.executeQuery<{ detail: string }>({
          ...statement,
          sql: `explain query plan ${statement.sql}`,
        })
        for (const { detail } of plan.rows) steps.add(detail)
      }
      return [...steps]
    },
  }
}

/** Steps that cost more as the archive grows: whole tables read, and sorts of whatever was found. */
export const costly = (steps: readonly string[]): readonly string[] =>
  steps.filter(
    (step) =>
      /^SCAN (?!.*(CONSTANT ROW|SUBQUERY|counted\b|json_each|\(join|\bVIRTUAL TABLE\b))/.test(step) ||
      /TEMP B-TREE FOR ORDER BY/.test(step),
  )
