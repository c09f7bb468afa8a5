import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

describe('the project’s memory', () => {
  it('has every generated file as its generator would write it', () => {
    const { status, stderr } = spawnSync(process.execPath, ['tools/generate.ts', '--check'], { encoding: 'utf8' })
    expect(stderr.split('\n').filter((line) => line.includes('stale'))).toEqual([])
    expect(status).toBe(0)
  })

  it.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'LICENSE', 'SECURITY.md'])(
    'has %s',
    (file) => {
      expect(existsSync(file)).toBe(true)
    },
  )

  it('gives each dependency a line in decision 0005', () => {
    const decision = readFileSync('docs/decisions/0005-libraries.md', 'utf8')
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>
    }
    for (const name of Object.keys(dependencies)) {
      const short = name.replace(/^@fastify\//, '').replace(/^@cornerstonejs\/codec/, '')
      expect(decision, name).toContain(short)
    }
  })
})
