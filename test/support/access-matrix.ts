/**
 * Who may do what, written down a second time after the compliance specification 5.2, by hand: the tests hold the table
 * in code and every door against this one. A new act, route, DIMSE service or command has no row here, and a test fails
 * until somebody has thought about who may.
 */
import type { Role } from '../../src/base/context.ts'
import type { Act } from '../../src/compliance/access.ts'

export const COLUMNS = [
  'administrator',
  'radiologist',
  'clinician',
  'technologist',
  'records',
  'privacy',
  'auditor',
  'student',
  'service',
] as const satisfies readonly Role[]

const MATRIX = `
                adm rad cli tec rec pri aud stu ser
store             -   x   -   x   x   -   -   -   x
find              -   x   x   x   x   x   -   -   x
read              -   x   x   x   x   x   -   -   x
original          -   x   x   x   x   x   -   -   x
echo              x   x   x   x   x   x   x   x   x
conflicts.see     -   -   -   x   x   x   -   -   -
changes.see       -   -   -   -   x   -   -   -   x
associations.see  x   -   -   x   x   -   -   -   -
devices.manage    x   -   -   -   -   -   -   -   -
accounts.manage   x   -   -   -   -   -   -   -   -
tokens.own        x   x   x   x   x   x   -   x   x
proof.see         x   x   x   x   x   x   x   -   x
audit.see         -   -   -   -   -   x   x   -   -
status.see        x   x   x   x   x   x   x   x   x
storage.see       x   -   -   -   x   -   -   -   -
measure           -   x   -   x   -   -   -   -   -
reject            -   x   -   x   x   -   -   -   -
rejected.see      -   x   -   x   x   x   -   -   -
disposition.see   -   -   -   -   x   x   x   -   -
disposition.propose        - - - - x - - - -
disposition.approve.first  - - - - x - - - -
disposition.approve.second - - - - - x - - -
disposition.end   -   -   -   -   x   x   -   -   -
hold.see          -   -   -   -   x   x   x   -   -
hold.place        -   -   -   -   x   x   -   -   -
hold.release      -   -   -   -   -   x   -   -   -
evidence          -   -   -   -   x   x   -   -   -
message           -   -   -   -   -   -   -   -   -
messages.see      x   -   -   x   x   x   -   -   -
messages.settle   -   -   -   x   x   -   -   -   -
identity.see      -   -   -   x   x   x   -   -   -
identity.change   -   -   -   x   x   -   -   -   -
routing.see       x   -   -   x   x   -   -   -   -
routing.manage    x   -   -   -   -   -   -   -   -
retention.see     -   -   -   -   x   x   x   -   -
retention.tell    -   -   -   -   x   x   -   -   -
reduction.propose         - - - - x x - - -
reduction.approve.first   - - - - x - - - -
reduction.approve.second  - - - - - x - - -
erasure.see       -   -   -   -   x   x   x   -   -
erasure.record    -   -   -   -   x   x   -   -   -
erasure.answer    -   -   -   -   -   x   -   -   -
rules.propose         - - - - x x - - -
rules.approve.first   - - - - x - - - -
rules.approve.second  - - - - - x - - -
restriction.see     - - - - - x x - -
restriction.manage  - - - - - x - - -
emergency         -   x   x   x   -   -   -   -   -
review.see        -   -   -   -   -   x   x   -   -
review            -   -   -   -   -   x   -   -   -
lookout.see         -   -   -   -   -   x   x   -   -
lookout.manage      -   -   -   -   -   x   -   -   -
redaction.see       -   -   -   -   x   x   x   -   -
redaction.propose   -   -   -   -   x   x   -   -   -
redaction.approve   -   -   -   -   -   x   -   -   -
priors.rules      -   x   -   x   -   -   -   -   -
seal              x   -   -   -   x   -   -   -   -
fixity            x   -   -   -   x   -   -   -   -
`

const ROWS = new Map(
  MATRIX.trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [act = '', ...cells] = line.trim().split(/\s+/)
      return [act, cells] as const
    }),
)

export const ACTS = [...ROWS.keys()] as Act[]

export const mayBy = (role: Role, act: Act): boolean =>
  ROWS.get(act)?.[COLUMNS.indexOf(role as (typeof COLUMNS)[number])] === 'x'

/** Acts by the scope of API tokens they are in; what stands in none no limited token may do. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  read: ['echo', 'find', 'read', 'original', 'changes.see'],
  store: ['store'],
  reject: ['reject', 'rejected.see', 'conflicts.see'],
  records: [
    ...['hold.see', 'hold.place', 'hold.release', 'evidence', 'retention.see', 'messages.see', 'messages.settle'],
    ...['disposition.see', 'disposition.propose', 'disposition.approve.first', 'disposition.approve.second'],
    ...['identity.see', 'identity.change'],
    ...['disposition.end', 'rules.propose', 'rules.approve.first', 'rules.approve.second'],
    ...['retention.tell', 'reduction.propose', 'reduction.approve.first', 'reduction.approve.second'],
    ...['erasure.see', 'erasure.record', 'erasure.answer'],
  ],
  audit: ['audit.see', 'proof.see', 'restriction.see', 'review.see', 'lookout.see', 'redaction.see'],
  state: ['status.see', 'storage.see', 'associations.see', 'routing.see'],
  admin: ['accounts.manage', 'devices.manage', 'routing.manage', 'priors.rules', 'seal', 'fixity'],
  // A measurement is signed, an emergency answered for: acts of a person, not of a program that was let in to read or store.
  none: [
    'tokens.own',
    'message',
    'measure',
    'restriction.manage',
    'emergency',
    'review',
    'lookout.manage',
    'redaction.propose',
    'redaction.approve',
  ],
}

export const scopeOf = (act: Act): string =>
  Object.keys(SCOPES).find((scope) => SCOPES[scope]?.includes(act)) ?? 'an act without a scope'
