import { describe, expect, it } from 'vitest'
import { openMetrics } from './metrics.ts'

describe('metrics in the Prometheus text format', () => {
  it('count by labels', async () => {
    const metrics = openMetrics()
    const objects = metrics.counter('objects_total', 'Objects.')
    objects.add({ door: 'stow' })
    objects.add({ door: 'stow' }, 2)
    objects.add({ door: 'c-store' })
    expect(await metrics.text()).toBe(
      '# HELP objects_total Objects.\n# TYPE objects_total counter\nobjects_total{door="stow"} 3\nobjects_total{door="c-store"} 1\n',
    )
  })

  it('put values into buckets that hold all below them', async () => {
    const metrics = openMetrics()
    const seconds = metrics.histogram('seconds', 'Time.', [0.1, 1])
    for (const value of [0.05, 0.1, 0.5, 7]) seconds.observe({}, value)
    expect((await metrics.text()).split('\n').slice(2, -1)).toEqual([
      'seconds_bucket{le="0.1"} 2',
      'seconds_bucket{le="1"} 3',
      'seconds_bucket{le="+Inf"} 4',
      'seconds_sum 7.65',
      'seconds_count 4',
    ])
  })

  it('ask gauges when they are read, and leave out what cannot be read', async () => {
    const metrics = openMetrics()
    metrics.gauge('free', 'Free.', async () => 7)
    metrics.gauge('broken', 'Broken.', () => {
      throw new Error('no')
    })
    metrics.gauge('open', 'Open.', () => [[{ kind: 'a"b' }, 1]])
    expect(await metrics.text()).toBe(
      '# HELP free Free.\n# TYPE free gauge\nfree 7\n# HELP open Open.\n# TYPE open gauge\nopen{kind="a\\"b"} 1\n',
    )
  })

  it('keep no more series than a small set of labels has', async () => {
    const metrics = openMetrics()
    const wild = metrics.counter('wild_total', 'Wild.')
    for (let at = 0; at < 2000; at += 1) wild.add({ at: String(at) })
    expect((await metrics.text()).split('\n').length).toBeLessThan(510)
  })
})
