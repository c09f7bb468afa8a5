/** `docs/configuration.md` and the JSON Schema of the configuration file, from the table of options. */
import { ROLES } from '../src/compliance/roles.ts'
import { OPTIONS } from '../src/config.ts'

interface Row {
  readonly kind: string
  readonly default: unknown
  readonly unit?: string
  readonly choices?: readonly string[]
  readonly least?: number
  readonly most?: number
  readonly secret?: boolean
  readonly meaning: string
}

const options = Object.entries(OPTIONS as Record<string, Row>)

export function generateConfiguration(): ReadonlyMap<string, string> {
  const rows = options.map(([key, row]) => {
    const kind = row.choices ? row.choices.join(', ') : row.unit ? `number, ${row.unit}` : row.kind
    return `| \`${key}\` | ${kind} | ${shown(row.default)} | \`${variable(key)}\`${row.secret ? ', `…_FILE`' : ''} | ${row.meaning} |`
  })
  const text = `# Configuration

Sources in order, later ones win: the defaults below, the file given with \`--config\` (YAML or JSON, nested by the dots), the
environment, the command line. An unknown key is an error that names the nearest known one. \`clearkeep config\` prints every
value and where it came from. The JSON Schema of the file is \`docs/configuration.schema.json\`.

Generated from \`src/config.ts\` by \`npm run generate\`; do not edit.

| key | kind | default | environment | meaning |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`
  return new Map([
    ['docs/configuration.md', text],
    ['docs/configuration.schema.json', `${JSON.stringify(schema(), null, 2)}\n`],
  ])
}

const variable = (key: string): string => `CLEARKEEP_${key.replaceAll('.', '__').toUpperCase()}`

const shown = (value: unknown): string => (value === '' ? 'empty' : `\`${JSON.stringify(value)}\``)

interface Schema {
  readonly type: string
  readonly properties: Record<string, unknown>
  readonly additionalProperties: false
}

function schema(): unknown {
  const root: Schema = { type: 'object', properties: {}, additionalProperties: false }
  for (const [key, row] of options) {
    const path = key.split('.')
    let at = root
    for (const name of path.slice(0, -1)) {
      at.properties[name] ??= { type: 'object', properties: {}, additionalProperties: false }
      at = at.properties[name] as Schema
    }
    at.properties[path.at(-1) ?? key] = {
      ...shape(row),
      default: row.secret ? undefined : row.default,
      description: row.meaning,
    }
  }
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Clearkeep configuration', ...root }
}

function shape(row: Row): Record<string, unknown> {
  const text = { type: 'string' }
  const peer = { aet: { type: 'string', minLength: 1, maxLength: 16 }, host: text }
  switch (row.kind) {
    case 'number':
      return { type: 'integer', minimum: row.least, maximum: row.most }
    case 'flag':
      return { type: 'boolean' }
    case 'choice':
      return { enum: row.choices }
    case 'origins':
      return { type: 'array', items: text }
    case 'mirrors': {
      const properties = { url: text, credentials: text, region: text, ca: text, encrypt: { type: 'boolean' } }
      const store = { type: 'object', properties, required: ['url', 'credentials'], additionalProperties: false }
      return { type: 'array', items: { anyOf: [text, store] } }
    }
    case 'devices':
      return {
        type: 'array',
        items: {
          type: 'object',
          properties: { ...peer, certificate: text },
          required: ['aet'],
          additionalProperties: false,
        },
      }
    case 'destinations': {
      const port = { type: 'integer', minimum: 1, maximum: 65535 }
      const item = {
        type: 'object',
        properties: { ...peer, port, tls: { type: 'boolean' } },
        required: ['aet', 'host', 'port'],
        additionalProperties: false,
      }
      return { type: 'array', items: item }
    }
    case 'webDestinations': {
      const item = { type: 'object', properties: { name: text, url: text, tokenFile: text }, required: ['name', 'url'] }
      return { type: 'array', items: { ...item, additionalProperties: false } }
    }
    case 'witnesses': {
      const item = { type: 'object', properties: { url: text, key: text }, required: ['url', 'key'] }
      return { type: 'array', items: { ...item, additionalProperties: false } }
    }
    case 'roleRules': {
      const properties = { value: text, roles: { type: 'array', items: { enum: ROLES } } }
      const item = { type: 'object', properties, required: ['value', 'roles'], additionalProperties: false }
      return { type: 'array', items: item }
    }
    case 'repositories': {
      const properties = { name: text, url: text, from: { enum: ['beginning', 'now'] } }
      const item = { type: 'object', properties, required: ['name', 'url'], additionalProperties: false }
      return { type: 'array', items: item }
    }
    default:
      return text
  }
}
