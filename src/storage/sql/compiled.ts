/**
 * Hot statements: built and compiled once, then run with other parameters. Building a statement costs more than running
 * it in SQLite, and intake runs several for every instance.
 */
import type { CompiledQuery } from 'kysely'

export type { CompiledQuery }

/** A statement that takes its parameters in the order they stand in its text. */
export type Compiled = (parameters: readonly unknown[]) => CompiledQuery

/** @param query  built with sample values: one parameter for each, in order */
export function compiled(query: { compile(): CompiledQuery }): Compiled {
  const once = query.compile()
  return (parameters) => ({ ...once, parameters })
}

/**
 * The same for a statement with one list of values, `where column in (…)`: compiled for a few lengths, and a shorter
 * list is filled up by repeating its last value.
 *
 * @param before  values of the parameters that stand before the list
 */
export function compiledList(
  build: (sample: string[]) => { compile(): CompiledQuery },
  before: readonly unknown[] = [],
): (values: readonly string[]) => CompiledQuery {
  const bySize = new Map<number, Compiled>()
  return (values) => {
    let size = 1
    while (size < values.length) size *= 4
    let statement = bySize.get(size)
    if (statement === undefined) {
      statement = compiled(build(Array.from({ length: size }, () => '')))
      bySize.set(size, statement)
    }
    const last = values[values.length - 1] ?? ''
    return statement([...before, ...Array.from({ length: size }, (_, at) => values[at] ?? last)])
  }
}
