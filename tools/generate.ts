/**
 * Writes every generated file, or with `--check` compares and names what is stale. A generator gives the files it makes
 * as text by path, or `undefined` when its source is not here (the standard's data lie outside the project), in which
 * case the committed files stand.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { generateConfiguration } from './generate-configuration.ts'
import { generateConformance } from './generate-conformance.ts'
import { generateDemo } from './generate-demo.ts'
import { generateErrors } from './generate-errors.ts'
import { generateReader } from './generate-reader.ts'
import { generateSchema } from './generate-schema.ts'
import { generateTables } from './generate-tables.ts'

export type Generated = ReadonlyMap<string, string>
type Generator = () => Promise<Generated | undefined> | Generated | undefined

const GENERATORS: Readonly<Record<string, Generator>> = {
  'src/dicom/tables': generateTables,
  'docs/errors.md': generateErrors,
  'docs/configuration.md': generateConfiguration,
  'docs/conformance.md': generateConformance,
  'docs/schema.sql': generateSchema,
  'docs/demo.md': generateDemo,
  'tools/read-vault.mjs': generateReader,
}

const check = process.argv.includes('--check')
let stale = 0
for (const [name, generate] of Object.entries(GENERATORS)) {
  const files = await generate()
  if (files === undefined) {
    console.error(`${name}: source not here; the committed files stand`)
    continue
  }
  for (const [path, text] of files) {
    const now = existsSync(path) ? readFileSync(path, 'utf8') : undefined
    if (now === text) continue
    stale += 1
    if (check) console.error(`${path} is stale: run npm run generate`)
    else {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
      console.error(`${path} written`)
    }
  }
}
process.exit(check && stale > 0 ? 1 : 0)
