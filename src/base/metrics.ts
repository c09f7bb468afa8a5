/**
 * Figures for whoever watches the archive, in the Prometheus text format 0.0.4: counters that only grow, gauges asked when
 * they are read, histograms. Labels come from small fixed sets, never from what was received.
 */
export type Labels = Readonly<Record<string, string>>

export interface Counter {
  add(labels: Labels, by?: number): void
}

export interface Histogram {
  observe(labels: Labels, value: number): void
}

/** What a gauge gives when it is read: one number, or several told apart by labels. */
export type Reading = number | readonly (readonly [Labels, number])[]

export interface Metrics {
  counter(name: string, help: string): Counter
  /** @param buckets  upper bounds, rising */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram
  gauge(name: string, help: string, read: () => Reading | Promise<Reading>): void
  /** A counter kept elsewhere, asked when it is read. */
  total(name: string, help: string, read: () => Reading | Promise<Reading>): void
  /** Everything there is. A gauge that cannot be read is left out. */
  text(): Promise<string>
}

/** Label sets one counter or histogram keeps; more would mean that a label is not from a small set. */
const MOST_SERIES = 500

export function openMetrics(): Metrics {
  const families: (() => Promise<readonly string[]>)[] = []

  const family = (name: string, type: string, help: string, lines: () => Promise<readonly string[]>): void => {
    families.push(async () => {
      const found = await lines()
      return found.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...found]
    })
  }

  const asked = (name: string, type: string, help: string, read: () => Reading | Promise<Reading>): void =>
    family(name, type, help, async () => {
      try {
        const reading = await read()
        const several: readonly (readonly [Labels, number])[] = typeof reading === 'number' ? [[{}, reading]] : reading
        return several.map(([labels, value]) => `${name}${braces(labels)} ${value}`)
      } catch {
        return []
      }
    })

  return {
    counter(name, help) {
      const values = new Map<string, number>()
      family(name, 'counter', help, async () => [...values].map(([labels, value]) => `${name}${labels} ${value}`))
      return {
        add: (labels, by = 1) => {
          const key = braces(labels)
          if (values.has(key) || values.size < MOST_SERIES) values.set(key, (values.get(key) ?? 0) + by)
        },
      }
    },
    histogram(name, help, buckets) {
      const series = new Map<string, { readonly labels: Labels; readonly counts: number[]; sum: number }>()
      family(name, 'histogram', help, async () =>
        [...series.values()].flatMap(({ labels, counts, sum }) => {
          let below = 0
          const steps = [...buckets, Number.POSITIVE_INFINITY].map((bound, at) => {
            below += counts[at] ?? 0
            return `${name}_bucket${braces({ ...labels, le: bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound) })} ${below}`
          })
          return [...steps, `${name}_sum${braces(labels)} ${sum}`, `${name}_count${braces(labels)} ${below}`]
        }),
      )
      return {
        observe: (labels, value) => {
          const key = braces(labels)
          let one = series.get(key)
          if (one === undefined) {
            if (series.size >= MOST_SERIES) return
            one = { labels, counts: new Array<number>(buckets.length + 1).fill(0), sum: 0 }
            series.set(key, one)
          }
          const found = buckets.findIndex((bound) => value <= bound)
          const at = found < 0 ? buckets.length : found
          one.counts[at] = (one.counts[at] ?? 0) + 1
          one.sum += value
        },
      }
    },
    gauge: (name, help, read) => asked(name, 'gauge', help, read),
    total: (name, help, read) => asked(name, 'counter', help, read),
    text: async () => `${(await Promise.all(families.map((lines) => lines()))).flat().join('\n')}\n`,
  }
}

function braces(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escaped = (text: string): string => text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
