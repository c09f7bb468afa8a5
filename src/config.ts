/**
 * Every option of the archive: one table, one reader.
 *
 * Sources in order, later ones win: defaults, file (YAML or JSON), environment (`CLEARKEEP_` and the path joined by
 * `__`; a secret also as `…_FILE`, the path of a file that holds it), command line. An unknown key is an error that
 * names the nearest known one. Rooms receive values; nothing else reads the environment or a configuration file.
 *
 * `docs/configuration.md` and `docs/configuration.schema.json` are written from the table.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { ArchiveError } from './base/errors.ts'
import { nearestTo } from './base/nearest.ts'
import {
  type Destination,
  type DeviceEntry,
  LISTS,
  type ListKind,
  type MirrorEntry,
  type RepositoryEntry,
  type RoleRule,
  type TierRuleEntry,
  type WebDestinationEntry,
  type WitnessEntry,
} from './config-lists.ts'

type Kind = 'text' | 'number' | 'flag' | 'choice' | ListKind

interface Option {
  readonly kind: Kind
  readonly default: unknown
  readonly unit?: string
  readonly choices?: readonly string[]
  readonly least?: number
  readonly most?: number
  /** Never printed; may be given as `…_FILE`. */
  readonly secret?: boolean
  readonly meaning: string
}

type Of<K extends Kind> = Option & { readonly kind: K }

const text = (value: string, meaning: string): Of<'text'> => ({ kind: 'text', default: value, meaning })
const secret = (value: string, meaning: string): Of<'text'> => ({ kind: 'text', default: value, secret: true, meaning })
const flag = (value: boolean, meaning: string): Of<'flag'> => ({ kind: 'flag', default: value, meaning })
const choice = (value: string, choices: readonly string[], meaning: string): Of<'choice'> => ({
  kind: 'choice',
  default: value,
  choices,
  meaning,
})
const number = (value: number, unit: string, least: number, most: number, meaning: string): Of<'number'> => ({
  kind: 'number',
  default: value,
  unit,
  least,
  most,
  meaning,
})

export type { MirrorEntry, WitnessEntry }

const MIB = 1024 * 1024
/** A smaller PDU leaves too little room for data to be of use. */
const LEAST_PDU = 4096

/** Every option, by its path in the file. */
export const OPTIONS = {
  data: text('./clearkeep-data', 'The data folder: everything the archive keeps.'),
  host: text('127.0.0.1', 'Address that the web and DICOM ports listen on.'),
  open: flag(false, 'No login: everybody who reaches the port may do everything. Refused unless host is loopback.'),

  'http.port': number(8080, 'port', 0, 65535, 'Web port; 0 picks a free one.'),
  'http.sessionIdleMinutes': number(
    15,
    'minutes',
    1,
    1440,
    'A session nobody uses ends after this, and a page nobody touches is locked.',
  ),
  'http.sessionHours': number(12, 'hours', 1, 168, 'A session ends after this, used or not.'),

  'http.corsOrigins': {
    kind: 'origins',
    default: [],
    meaning:
      'Other origins, such as https://viewer.example, whose pages may ask for DICOM and FHIR with an API token: a list. With open they need none, so name only what may see everything.',
  },
  'access.secondFactor': text(
    '',
    'Roles, separated by commas, whose accounts must have a second factor (an authenticator app); everybody else may have one.',
  ),

  'oidc.issuer': text(
    '',
    'OpenID Connect: the provider that people may log in with, by its address (https://); empty: none. docs/access.md',
  ),
  'oidc.clientId': text('', 'What the provider knows this archive by.'),
  'oidc.clientSecret': secret('', 'The secret that goes with it; empty: none, PKCE alone.'),
  'oidc.url': text(
    '',
    'The address people open this archive by, such as https://archive.example; the provider sends them back to /api/session/provider/callback below it. Empty: the web port’s own, on loopback only.',
  ),
  'oidc.name': text('', 'What the button of the login page says: Log in with …; empty: the provider’s host.'),
  'oidc.scope': text('openid profile', 'What is asked of the provider (scope).'),
  'oidc.rolesClaim': text(
    'groups',
    'The claim that oidc.roles looks at, a text or a list; one within another by a dot, such as realm_access.roles.',
  ),
  'oidc.roles': {
    kind: 'roleRules',
    default: [],
    meaning:
      'Who of the provider’s people may do what: a list of {value, roles}. Whose claim has none of the values is not let in.',
  },
  'oidc.nameClaim': text('preferred_username', 'The claim that is the name of the account here.'),
  'oidc.acr': text('', 'Strengths of login (acr), separated by commas, one of which the provider must vouch for.'),
  'oidc.amr': text(
    '',
    'Ways of login (amr), such as mfa, otp or hwk, separated by commas, one of which the provider must vouch for.',
  ),

  'dicom.port': number(11112, 'port', 0, 65535, 'DICOM port; 0 picks a free one.'),
  'dicom.aeTitle': text('CLEARKEEP', 'Our AE title.'),
  'dicom.anyCalledAet': flag(true, 'Accept associations whatever AE title they call us by.'),
  'dicom.unknownCallers': choice(
    'refuse',
    ['refuse', 'accept'],
    'What happens to a calling AE title that is no listed device; `open` sets accept.',
  ),
  'dicom.devices': {
    kind: 'devices',
    default: [],
    meaning:
      'Devices that may call: a list of {aet, host}; an empty host matches any. With a certificate (its SHA-256) only who shows it over TLS is that device. With may, a list out of store, find and read, it may no more than these.',
  },
  'dicom.destinations': {
    kind: 'destinations',
    default: [],
    meaning:
      'Where objects and the answers to storage commitments may be sent: a list of {aet, host, port}; with tls: true by TLS, as dicom.tls says.',
  },
  'dicomweb.destinations': {
    kind: 'webDestinations',
    default: [],
    meaning:
      'DICOMweb services that routing may send to by STOW-RS: a list of {name, url, tokenFile}; the file holds a bearer token.',
  },
  'routing.retrySeconds': number(
    60,
    'seconds',
    1,
    3600,
    'After this long a destination of routing that was away, or refused an object, is tried again; twice as long each time, up to an hour.',
  ),
  'dicom.stepsTo': text(
    '',
    'AE titles of dicom.destinations, separated by commas, that performed procedure steps (MPPS) are told on to.',
  ),
  'dicom.availabilityTo': text(
    '',
    'AE titles of dicom.destinations, separated by commas, that are told which instances of a completed step are here (Instance Availability Notification).',
  ),
  'dicom.rejectionNotesFrom': text(
    '',
    'AE titles, separated by commas, of listed devices whose rejection notes (IHE IOCM) take instances out of sight; other devices’ notes are refused.',
  ),
  'dicom.commitmentRetrySeconds': number(
    60,
    'seconds',
    1,
    3600,
    'After this long a storage commitment’s answer that did not get through is tried again; twice as long each time, up to an hour.',
  ),
  'dicom.commitmentHours': number(168, 'hours', 1, 8760, 'How long a storage commitment’s answer is tried.'),
  'dicom.maxPduLength': number(
    131072,
    'bytes',
    0,
    16 * MIB,
    'Maximum PDU length that we receive: 4096 or more, or 0 for no limit.',
  ),
  'dicom.maxAssociations': number(200, 'associations', 1, 10000, 'Associations at the same time.'),
  'dicom.acceptUnknownSopClasses': flag(true, 'Keep objects of private and unknown storage SOP classes too.'),
  'dicom.idleSeconds': number(300, 'seconds', 1, 86400, 'An association without a word for this long is aborted.'),
  'dicom.artimSeconds': number(
    30,
    'seconds',
    1,
    3600,
    'ARTIM: how long a peer may take to ask for an association, or to hang up (PS3.8 9.1.5).',
  ),

  'dicom.tls.port': number(
    2762,
    'port',
    0,
    65535,
    'DICOM port with TLS, once dicom.tls.cert is given; 0 picks a free one.',
  ),
  'dicom.tls.cert': text('', 'File with our certificate and those between it and its authority (PEM).'),
  'dicom.tls.key': text('', 'File with its key (PEM).'),
  'dicom.tls.ca': text(
    '',
    'File with the authorities (PEM) that must have certified peers, callers and destinations; empty: callers need no certificate.',
  ),
  'dicom.tls.only': flag(false, 'Close the port without TLS: dicom.port is not opened.'),

  'dicom.jwt.keys': text(
    '',
    'File with the keys that sign the JSON Web Tokens of user identities (a JWK Set, or a public key in PEM); empty: tokens are not taken.',
  ),
  'dicom.jwt.issuer': text('', 'Who must have issued them.'),
  'dicom.jwt.audience': text('CLEARKEEP', 'Whom they must be for.'),

  'hl7.port': number(-1, 'port', -1, 65535, 'HL7 v2 port (MLLP); -1 opens none, 0 picks a free one.'),
  'hl7.tlsPort': number(
    -1,
    'port',
    -1,
    65535,
    'HL7 v2 port with TLS, by certificate and authorities of dicom.tls; -1 opens none, 0 picks a free one.',
  ),
  'hl7.senders': text(
    '',
    'Addresses that may send HL7 messages, separated by commas; empty: only this machine itself.',
  ),
  'hl7.characterSet': text(
    '8859/1',
    'Character set of messages whose MSH-18 names none and that are not UTF-8 (HL7 table 0211).',
  ),
  'hl7.maxMessageBytes': number(4 * MIB, 'bytes', 1024, 8 * MIB, 'The longest HL7 message that is taken.'),

  'database.url': secret('', 'postgres://… for the index; empty means SQLite in the data folder.'),

  'storage.reserveBytes': number(
    1024 * MIB,
    'bytes',
    0,
    Number.MAX_SAFE_INTEGER,
    'Disk space never used: objects are refused (A700H, 507) before less than this is free.',
  ),
  'storage.memoryBytes': number(
    64 * MIB,
    'bytes',
    MIB,
    4096 * MIB,
    'Memory for objects on their way in; beyond it they go through spool files.',
  ),
  'storage.segmentBytes': number(64 * MIB, 'bytes', MIB, 1024 * MIB, 'Size at which a journal segment is full.'),

  'seal.automatic': flag(true, 'Move studies from the inbox into the vault without being told.'),
  'seal.quietSeconds': number(
    1800,
    'seconds',
    0,
    86400,
    'A study is sealed when nothing came for so long; late arrivals at most hourly, and whatever still comes after twelve hours.',
  ),

  'disposition.coolingDays': number(
    30,
    'days',
    0,
    3650,
    'Between the second approval of a destruction and the destruction: studies are hidden, and it can be called off.',
  ),
  'vault.mirrors': {
    kind: 'mirrors',
    default: [],
    meaning:
      'Where the vault is kept a second time: a list of absolute paths of folders, best on other disks, and of object stores with the S3 interface, {url: https://HOST/BUCKET/PREFIX, credentials: FILE} with region and ca (a file with authorities, PEM) where they are needed; what goes there is encrypted unless encrypt: false. One that is away is brought up when it is back.',
  },
  'vault.cold': {
    kind: 'mirrors',
    default: [],
    meaning:
      'The cold store: where studies go that vault.coldRules lets go, so that the vault has room; a list of one place, written as in vault.mirrors. They are found as before, and brought back when somebody opens them.',
  },
  'vault.coldRules': {
    kind: 'tierRules',
    default: [],
    meaning:
      'Which studies go to the cold store: a list of {studyDays, unseenDays, modalities, institutions}: so many days after the study, and after it was last looked at or something came for it; of these modalities and houses (Institution Name), of all where none are named. A study goes when one of them fits. None: only what clearkeep cold names.',
  },
  'vault.lockDays': number(
    0,
    'days',
    0,
    3650,
    'Mirrors in object stores that can lock objects to a date: what is there is locked for so many days (mode COMPLIANCE), again each time it is looked at, and never longer than the rules of retention keep it; nobody with our credentials can remove it before. More than fixity.days; 0: not locked.',
  ),
  'fixity.days': number(
    30,
    'days',
    0,
    365,
    'Everything that is kept, in every copy, is read again and compared with its digests after so many days, the first time after one day; 0: only when asked.',
  ),
  'fixity.bytesPerSecond': number(
    20 * MIB,
    'bytes a second',
    64 * 1024,
    10_240 * MIB,
    'How fast it is read then, at most, all copies together.',
  ),

  'intake.strict': { kind: 'text', default: '', meaning: 'Leniencies to switch off, by name, separated by commas.' },
  'intake.maxObjects': number(512, 'objects', 1, 100000, 'Objects in hand at the same time.'),

  'pixels.workers': number(2, 'workers', 1, 64, 'Decoder workers; started when first needed.'),
  'pixels.timeoutSeconds': number(
    60,
    'seconds',
    1,
    3600,
    'A frame that takes longer is given up and its worker thrown away.',
  ),

  'log.origin': text(
    '',
    'What the names of the audit log begin with, such as archive.example.org; empty: made from the archive’s own id. A year’s log keeps the name it began with.',
  ),
  'log.witnesses': {
    kind: 'witnesses',
    default: [],
    meaning: 'Witnesses that cosign the audit log (C2SP tlog-witness): a list of {url, key}; the key is name+id+key.',
  },
  'log.witnessSeconds': number(300, 'seconds', 1, 86400, 'Witnesses are asked at most this often.'),
  'log.heartbeatSeconds': number(
    300,
    'seconds',
    10,
    3600,
    'After so long without an entry, one says that the archive runs.',
  ),
  'log.tsa.url': text('', 'A time-stamping authority (RFC 3161) that stamps the audit log’s checkpoints; empty: none.'),
  'log.tsa.hours': number(24, 'hours', 1, 8760, 'How often the audit log is stamped.'),
  'audit.repositories': {
    kind: 'repositories',
    default: [],
    meaning:
      'Audit repositories that are told of every act as DICOM audit messages: a list of {name, url}; the url is syslog-tls://host:port (RFC 5425) or syslog-udp://host:port (RFC 5426), and with from: now only later acts are told. docs/ledger.md',
  },
  'audit.tls.cert': text('', 'File with the certificate we show to audit repositories, and those between (PEM).'),
  'audit.tls.key': text('', 'File with its key (PEM).'),
  'audit.tls.ca': text(
    '',
    'File with the authorities (PEM) that must have certified audit repositories; empty: those of the system.',
  ),
  'audit.source': text('', 'AuditSourceID: this archive’s name in audit messages; empty: its AE title.'),
  'audit.site': text('', 'AuditEnterpriseSiteID in audit messages; empty: none.'),
  'audit.keepDays': number(
    3653,
    'days',
    0,
    36525,
    'Entries of the audit log must be this old before what they tell may be erased, by two people.',
  ),
  'audit.messageId': choice(
    'DICOM+RFC3881',
    ['DICOM+RFC3881', 'IHE+RFC-3881'],
    'MSGID of audit messages: as DICOM (PS3.15 A.6) or as IHE ITI-20 has it.',
  ),

  'metrics.open': flag(false, 'Give /metrics to whoever reaches the web port, without a login.'),

  'log.level': choice(
    'info',
    ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
    'What is written to standard error.',
  ),
} as const satisfies Record<string, Option>

export type OptionKey = keyof typeof OPTIONS

type ValueOf<K extends OptionKey> = (typeof OPTIONS)[K]['kind'] extends 'number'
  ? number
  : (typeof OPTIONS)[K]['kind'] extends 'flag'
    ? boolean
    : (typeof OPTIONS)[K]['kind'] extends 'devices'
      ? readonly DeviceEntry[]
      : (typeof OPTIONS)[K]['kind'] extends 'destinations'
        ? readonly Destination[]
        : (typeof OPTIONS)[K]['kind'] extends 'witnesses'
          ? readonly WitnessEntry[]
          : (typeof OPTIONS)[K]['kind'] extends 'origins'
            ? readonly string[]
            : (typeof OPTIONS)[K]['kind'] extends 'mirrors'
              ? readonly MirrorEntry[]
              : (typeof OPTIONS)[K]['kind'] extends 'tierRules'
                ? readonly TierRuleEntry[]
                : (typeof OPTIONS)[K]['kind'] extends 'repositories'
                  ? readonly RepositoryEntry[]
                  : (typeof OPTIONS)[K]['kind'] extends 'roleRules'
                    ? readonly RoleRule[]
                    : (typeof OPTIONS)[K]['kind'] extends 'webDestinations'
                      ? readonly WebDestinationEntry[]
                      : string

export type Config = { readonly [K in OptionKey]: ValueOf<K> }

export interface Setting {
  readonly key: OptionKey
  readonly value: unknown
  /** `default`, `file NAME`, `environment NAME`, `command line`. */
  readonly from: string
}

export interface Loaded {
  readonly config: Config
  readonly settings: readonly Setting[]
}

/**
 * @param flags  values from the command line by option path
 * @throws {ArchiveError} `CONFIG_UNKNOWN`, `CONFIG_INVALID`
 */
export function loadConfig(
  flags: Readonly<Partial<Record<OptionKey, unknown>>>,
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Loaded {
  const found = new Map<OptionKey, Setting>()
  for (const key of Object.keys(OPTIONS) as OptionKey[])
    found.set(key, { key, value: OPTIONS[key].default, from: 'default' })
  const set = (key: string, value: unknown, from: string) => {
    if (!isOption(key)) throw new ArchiveError('CONFIG_UNKNOWN', { key, nearest: nearestTo(key, Object.keys(OPTIONS)) })
    found.set(key, { key, value: check(key, value), from })
  }

  if (file !== undefined) for (const [key, value] of flatten(readFile(file))) set(key, value, `file ${file}`)
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('CLEARKEEP_') || value === undefined) continue
    const [key, secretFile] = environmentKey(name)
    set(key, secretFile ? readFileSync(value, 'utf8').trim() : value, `environment ${name}`)
  }
  for (const [key, value] of Object.entries(flags)) if (value !== undefined) set(key, value, 'command line')

  const settings = [...found.values()]
  return { config: Object.fromEntries(settings.map(({ key, value }) => [key, value])) as Config, settings }
}

const isOption = (key: string): key is OptionKey => Object.hasOwn(OPTIONS, key)

/** `CLEARKEEP_DICOM__AETITLE` → `dicom.aeTitle`; case does not matter there. The second value says that it names a file. */
function environmentKey(name: string): [string, boolean] {
  const path = name.slice('CLEARKEEP_'.length).replaceAll('__', '.').toLowerCase()
  const known = (candidate: string) => Object.keys(OPTIONS).find((key) => key.toLowerCase() === candidate)
  const direct = known(path)
  if (direct !== undefined) return [direct, false]
  const byFile = path.endsWith('_file') ? known(path.slice(0, -'_file'.length)) : undefined
  if (byFile !== undefined && (OPTIONS[byFile as OptionKey] as Option).secret) return [byFile, true]
  return [path, false]
}

/** Loaded when there is something to read: most archives are configured without a file, and 70 modules are 10 MB. */
const parse = (text: string): unknown => (createRequire(import.meta.url)('yaml') as typeof import('yaml')).parse(text)

function readFile(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8')) // JSON is YAML
  } catch (cause) {
    throw new ArchiveError(
      'CONFIG_INVALID',
      { key: '--config', why: `${file} cannot be read as YAML or JSON` },
      { cause },
    )
  }
}

function* flatten(value: unknown, path = ''): Generator<[string, unknown]> {
  if (value === null || value === undefined) return
  if (typeof value !== 'object' || Array.isArray(value)) {
    yield [path, value]
    return
  }
  for (const [key, inner] of Object.entries(value)) yield* flatten(inner, path === '' ? key : `${path}.${key}`)
}

function check(key: OptionKey, given: unknown): unknown {
  const option: Option = OPTIONS[key]
  const wrong = (why: string) => new ArchiveError('CONFIG_INVALID', { key, why })
  switch (option.kind) {
    case 'text':
      if (typeof given !== 'string' && typeof given !== 'number') throw wrong('a text is needed')
      return String(given)
    case 'flag':
      if (given === true || given === 'true' || given === '1') return true
      if (given === false || given === 'false' || given === '0') return false
      throw wrong('true or false is needed')
    case 'choice':
      if (!option.choices?.includes(String(given))) throw wrong(`it must be one of ${option.choices?.join(', ')}`)
      return given
    case 'number': {
      const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given
      if (typeof value !== 'number' || !Number.isInteger(value)) throw wrong('a whole number is needed')
      const [least, most] = [option.least ?? 0, option.most ?? Number.MAX_SAFE_INTEGER]
      if (key === 'dicom.maxPduLength' && value > 0 && value < LEAST_PDU)
        throw wrong(`it must be 0, or at least ${LEAST_PDU} bytes`)
      if (value < least || value > most) throw wrong(`it must be from ${least} to ${most} ${option.unit}`)
      return value
    }
    default:
      return LISTS[option.kind](key, typeof given === 'string' ? parse(given) : given)
  }
}

export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host)
