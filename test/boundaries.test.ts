import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Who may import whom. This list is the architecture; change it only with a decision record. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  base: [],
  dicom: ['base'],
  pixels: ['base', 'dicom'],
  findings: ['base', 'dicom'],
  proof: ['base'],
  api: ['base', 'dicom'],
  synthetic: ['base', 'dicom', 'pixels', 'findings'],
  hl7: ['base', 'dicom'],
  codecs: ['base', 'dicom', 'pixels'],
  pdf: ['base'],
  storage: ['base'],
  jobs: ['base', 'storage'],
  ledger: ['base', 'proof', 'storage'],
  compliance: ['base', 'storage', 'ledger'],
  vault: ['base', 'dicom', 'pixels', 'codecs', 'proof', 'storage', 'jobs', 'ledger', 'compliance'],
  archive: ['base', 'dicom', 'pixels', 'findings', 'codecs', 'storage', 'jobs', 'ledger', 'compliance', 'vault'],
  record: ['base', 'dicom', 'pixels', 'api', 'findings', 'storage', 'ledger', 'compliance', 'archive'],
  network: ['base', 'dicom', 'pixels', 'hl7', 'compliance', 'archive', 'record'],
  web: [
    'base',
    'dicom',
    'pixels',
    'findings',
    'proof',
    'api',
    'synthetic',
    'hl7',
    'pdf',
    'ledger',
    'compliance',
    'archive',
    'record',
  ],
  cli: [
    'base',
    'dicom',
    'proof',
    'api',
    'synthetic',
    'storage',
    'ledger',
    'compliance',
    'vault',
    'archive',
    'record',
    'network',
  ],
  app: ['base', 'dicom', 'pixels', 'findings', 'proof', 'api'],
}

/** Files at the root of `src/`, and the rooms that may import them. */
const ROOT_FILES: Record<string, readonly string[]> = {
  'config.ts': ['cli'],
  'quiet.ts': ['cli'],
  'server.ts': ['cli'],
}

const PURE = ['base', 'dicom', 'pixels', 'findings', 'proof', 'api', 'synthetic', 'hl7']

function sources(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.'))
    .map((name) => join(folder, name))
}

const importsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'([^']+)'/g)].map(([, path = '']) => path)

describe('the drawing in ARCHITECTURE.md', () => {
  it.each(Object.entries(MAY_IMPORT))('%s imports only what it may: %j', (room, allowed) => {
    for (const file of sources(join('src', room)))
      for (const path of importsOf(file).filter((path) => path.startsWith('.'))) {
        const target = normalize(join(file, '..', path)).split('/')[1] ?? ''
        if (target in ROOT_FILES) expect(ROOT_FILES[target], `${file} imports ${path}`).toContain(room)
        else expect([room, ...allowed], `${file} imports ${path}`).toContain(target)
      }
  })

  it.each(PURE)('%s touches neither Node nor a browser', (room) => {
    for (const file of sources(join('src', room)))
      for (const path of importsOf(file)) expect(path, file).not.toMatch(/^node:/)
  })

  it('names every room there is', () => {
    const rooms = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(rooms.map((room) => room.name).sort()).toEqual(Object.keys(MAY_IMPORT).sort())
  })

  it('keeps SQL in *.queries.ts, migrations and the database room', () => {
    for (const file of sources('src')) {
      if (/\.queries\.ts$|^src\/storage\/sql\//.test(file)) continue
      expect(readFileSync(file, 'utf8'), file).not.toMatch(/from 'kysely'|\bsql`|\.prepare\(/)
    }
  })

  // The verifier in an evidence pack is a program of its own.
  it('reads the environment and process arguments only in config.ts, cli and the verifier’s command', () => {
    for (const file of sources('src')) {
      if (/^src\/(cli\/|config\.ts|app\/verifier\/in-node\.ts)/.test(file)) continue
      expect(readFileSync(file, 'utf8'), file).not.toMatch(/process\.(env|argv)/)
    }
  })

  it('lets nothing but disposition destroy what was received (product section 5, "Removal")', () => {
    const destroys = /\.removeAll\(|because: 'disposition'|deleteFrom\('(instances|instance_headers|sealed|studies)'\)/
    const found = sources('src').filter((file) => destroys.test(readFileSync(file, 'utf8')))
    expect(found.filter((file) => !/^src\/(storage\/objects|vault\/copies)\//.test(file)).sort()).toEqual([
      'src/archive/disposition/destroy.ts',
      'src/archive/disposition/disposition.queries.ts',
    ])
  })

  it('keeps files to a size one can read (600 lines at most, generated ones excepted)', () => {
    for (const file of sources('src').filter((file) => !file.includes('.generated.')))
      expect(readFileSync(file, 'utf8').split('\n').length, file).toBeLessThanOrEqual(600)
  })
})
