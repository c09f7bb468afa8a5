/**
 * `clearkeep doctor`: looks at an installation without changing it, and says of each thing whether it is well and, if
 * not, what to do.
 */
import { constants, existsSync, readFileSync } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asArchiveError } from '../base/errors.ts'
import type { Config, Loaded } from '../config.ts'
import { EXIT, type Exit, type Output, size } from './command.ts'

interface Finding {
  readonly what: string
  readonly well: boolean
  readonly fact: string
  readonly remedy?: string
}

export async function doctor(load: () => Loaded, out: Output): Promise<Exit> {
  const findings: Finding[] = [node()]
  try {
    const { config } = load()
    findings.push({ what: 'configuration', well: true, fact: 'every option is valid' })
    findings.push(
      ...(await dataFolder(config)),
      ...(await mirrors(config)),
      app(),
      await port('web port', config.host, config['http.port']),
    )
    findings.push(
      await port('DICOM port', config.host, config[config['dicom.tls.only'] ? 'dicom.tls.port' : 'dicom.port']),
      reach(config),
      await database(config),
    )
  } catch (thrown) {
    const { fact, remedy } = asArchiveError(thrown)
    findings.push({ what: 'configuration', well: false, fact, remedy })
  }
  for (const finding of findings) {
    out.record(finding)
    out.print(
      `${finding.well ? 'well ' : 'WRONG'}  ${finding.what}: ${finding.fact}${finding.remedy ? ` ${finding.remedy}` : ''}`,
    )
  }
  const wrong = findings.filter(({ well }) => !well).length
  out.say(wrong === 0 ? 'Nothing wrong was found.' : `${wrong} of ${findings.length} need attention.`)
  return wrong === 0 ? EXIT.done : EXIT.failed
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const well = major > 22 || (major === 22 && minor >= 18)
  return {
    what: 'Node.js',
    well,
    fact: process.versions.node,
    ...(well ? {} : { remedy: '22.18 or newer is needed; run npm ci.' }),
  }
}

async function dataFolder(config: Config): Promise<readonly Finding[]> {
  const folder = resolve(config.data)
  const what = 'data folder'
  const there = existsSync(folder) ? folder : dirname(folder)
  try {
    await access(there, constants.W_OK)
  } catch {
    return [
      {
        what,
        well: false,
        fact: `${there} cannot be written.`,
        remedy: 'Give this user the right to, or choose another with --data.',
      },
    ]
  }
  const { bavail, bsize } = await statfs(there)
  const free = Number(bavail) * Number(bsize)
  const reserve = config['storage.reserveBytes']
  const enough = free > 2 * reserve
  return [
    { what, well: true, fact: existsSync(folder) ? `${folder} is there and can be written` : `${folder} will be made` },
    {
      what: 'disk space',
      well: enough,
      fact: `${size(free)} free; objects are refused below ${size(reserve)}.`,
      ...(enough ? {} : { remedy: 'Free space, add a volume, or lower storage.reserveBytes.' }),
    },
  ]
}

/** Each mirror and the cold store is asked as the archive would, and nothing made. */
async function mirrors(config: Config): Promise<readonly Finding[]> {
  const { openMirrorPlace, mirrorName, AWAY } = await import('../vault/copies/places.ts')
  const { diskFiles } = await import('../storage/files/disk.ts')
  const id = resolve(config.data, 'inbox', 'archive-id')
  const keys = resolve(config.data, 'keys')
  const archive = existsSync(id) ? readFileSync(id, 'utf8').trim() : ''
  const findings: Finding[] = []
  const places = [
    ...config['vault.mirrors'].map((address) => ({ address, kind: 'mirror' })),
    ...config['vault.cold'].map((address) => ({ address, kind: 'cold store' })),
  ]
  for (const { address, kind } of places) {
    const copy = await openMirrorPlace(diskFiles(), address, { archive, keys }, 'doctor')
    const state = await copy.attached()
    const can = copy.can?.() ?? ''
    copy.close?.()
    const [what, isNew] = [`${kind} ${mirrorName(address)}`, archive === '' && state !== 'foreign']
    if (state === 'good') findings.push({ what, well: true, fact: `it is there. ${can}`.trim() })
    else if (isNew && (can !== '' || copy.can === undefined))
      findings.push({ what, well: true, fact: `it will be made at the first start. ${can}`.trim() })
    else
      findings.push({
        what,
        well: false,
        fact: `not used: ${AWAY[state]}. ${can}`.trim(),
        remedy:
          state === 'locked'
            ? 'Without it nothing of this copy can be read.'
            : copy.can === undefined
              ? 'Mount the disk, or name another folder in the configuration.'
              : 'See that the store runs, that the bucket is there, and that the access key may read and write it.',
      })
  }
  return findings
}

function app(): Finding {
  const bundle = fileURLToPath(new URL('../../dist/app/index.html', import.meta.url))
  const well = existsSync(bundle)
  return {
    what: 'app',
    well,
    fact: well ? 'built' : 'not built.',
    ...(well ? {} : { remedy: 'Run npm run build, or npm start.' }),
  }
}

/** A port is well when it is free, or when an archive answers on it: doctor may run beside a running one. */
async function port(what: string, host: string, number: number): Promise<Finding> {
  if (number === 0) return { what, well: true, fact: 'a free one is picked at start' }
  const taken = await new Promise<boolean>((settle) => {
    const socket = createConnection({ host: host === '0.0.0.0' ? '127.0.0.1' : host, port: number })
    socket.once('connect', () => settle(true)).once('error', () => settle(false))
    socket.once('close', () => settle(false))
    socket.setTimeout(2000, () => socket.destroy())
  }).catch(() => false)
  return {
    what,
    well: true,
    fact: taken ? `${number} is in use: by an archive that runs already, or by another program` : `${number} is free`,
  }
}

function reach(config: Config): Finding {
  const open = config.open || config['dicom.unknownCallers'] === 'accept'
  const local = /^(127\.|localhost$|::1$)/.test(config.host)
  return {
    what: 'reach',
    well: local || !open,
    fact: local ? 'only programs of this machine reach the archive' : `reached from outside at ${config.host}.`,
    ...(local || !open
      ? {}
      : { remedy: 'Unknown DICOM callers are accepted: list devices and set dicom.unknownCallers to refuse.' }),
  }
}

async function database(config: Config): Promise<Finding> {
  const url = config['database.url']
  if (url === '') return { what: 'index', well: true, fact: 'SQLite in the data folder' }
  const { openPostgres } = await import('../storage/sql/postgres.ts')
  try {
    await (await openPostgres(url)).close()
    return { what: 'index', well: true, fact: 'PostgreSQL answers' }
  } catch {
    return {
      what: 'index',
      well: false,
      fact: 'PostgreSQL does not answer.',
      remedy: 'Check database.url and that the server runs.',
    }
  }
}
