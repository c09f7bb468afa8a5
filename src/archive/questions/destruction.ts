/**
 * The third question of an audit: was it destroyed lawfully? Each thing the law wants of a destruction (compliance
 * specification 2.6) is held against the acts that tell of it; or the answer is that the study is here. Asking is an act.
 */
import { createHash } from 'node:crypto'
import { ArchiveError } from '../../base/errors.ts'
import type { EventType } from '../../ledger/event.ts'
import type { TransparencyLog } from '../../ledger/log/log.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { TombstonesTable } from '../../storage/sql/schema.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import type { Answers, DestructionAnswer, LawfulStep } from '../answers.ts'
import { dispositionRow, eventAt, tombstonesOfStudy } from '../disposition/disposition.queries.ts'
import { type Destroyed, manifestOf, type Tombstone } from '../disposition/disposition-rows.ts'
import { openGuard } from '../restrictions/guard.ts'
import type { SiteRulesSource } from '../rules/site-rules.ts'
import {
  type ActRow,
  actsOfTypes,
  arrivalsOf,
  countHere,
  holdsNamedAt,
  leavesAt,
  patientNamed,
} from './questions.queries.ts'
import { bodyOf, counted, lastCheckpoint, list, member, moment, number, told, words } from './telling.ts'

export interface DestructionParts {
  readonly db: Database
  readonly acts: Acts
  readonly ledger: Pick<TransparencyLog, 'sign' | 'state' | 'years' | 'checkpoint'>
  readonly site: Pick<SiteRulesSource, 'find'>
}

const STEPS: readonly EventType[] = ['disp.candidate', 'disp.approve', 'disp.cancel', 'tombstone', 'disp.destroy']
const ABOUT: readonly EventType[] = [...STEPS, 'hold.place', 'hold.ask', 'hold.keep', 'hold.release', 'obj.reject']
const MOST = 10_000

export function openDestruction({ db, acts, ledger, site }: DestructionParts): Pick<Answers, 'destruction'> {
  const destruction = async (row: TombstonesTable, patient: string, upTo: number) => {
    const event = await eventAt(db, Number(row.id))
    const disposition = await dispositionRow(db, Number(row.disposition_id))
    const fact =
      event === undefined || event.body === ''
        ? undefined
        : (member(bodyOf(event.body), 'disposition') as unknown as Tombstone)
    const decided = await actsOfTypes(
      db,
      { first: Number(row.disposition_id), last: Math.max(Number(row.id), Number(row.done)) },
      STEPS,
      { upTo, limit: MOST },
    )
    const own = decided.filter(({ n, body }) => n === Number(row.disposition_id) || isOf(body, row))
    const law: DestructionAnswer['destructions'][number]['law'][number][] = []
    for (const id of fact?.governing ?? []) {
      const rule = await site.find(id)
      if (rule !== undefined) law.push({ id, title: rule.title, source: rule.source })
    }
    return {
      own,
      answer: {
        tombstone: Number(row.id),
        at: row.written_at,
        instances: Number(row.instances),
        manifest: row.manifest,
        law,
        steps:
          fact === undefined
            ? [unknown(row)]
            : [
                dueStep(row, fact),
                ...peopleSteps(row, own),
                coolingStep(row, disposition?.destroy_from ?? ''),
                await holdStep(db, row, fact, patient),
                await listStep(db, row, fact),
                goneStep(row),
              ],
      },
    }
  }

  return {
    destruction: async (context, study) => {
      await admit(acts, context, 'audit.see')
      const guard = openGuard({ db, acts })
      await guard.study(context, study)
      const patient = await patientNamed(db, study)
      // A study that was destroyed is not covered by itself any more; its patient is.
      await guard.patient(context, patient)
      await acts.event(
        context,
        {
          type: 'aud.110101',
          action: 'R',
          outcome: 0,
          study,
          ...(patient !== '' && { patient }),
          detail: { what: 'destruction report' },
        },
        'now',
      )
      await ledger.sign()
      const upTo = ledger.state.signed - 1
      const tombstones = await tombstonesOfStudy(db, study)
      const here = (await countHere(db, { studies: [study] })).get(study) ?? 0
      if (tombstones.length === 0 && here === 0 && (await arrivalsOf(db, study)).size === 0)
        throw new ArchiveError('NOT_FOUND', { what: `study ${study}` })
      const found = new Map<number, ActRow>()
      for (const row of await actsOfTypes(db, { study }, ABOUT, { upTo, limit: MOST })) found.set(row.n, row)
      const destructions: DestructionAnswer['destructions'][number][] = []
      for (const row of tombstones) {
        const { own, answer } = await destruction(row, patient, upTo)
        for (const act of own) found.set(act.n, act)
        destructions.push(answer)
      }
      return {
        study,
        patientKey: patient,
        at: context.now().toISOString(),
        here,
        destructions,
        acts: [...found.values()].sort((a, b) => a.n - b.n).map(told),
        checkpoint: lastCheckpoint(ledger),
        ...verdictOf(destructions, here),
      }
    },
  }
}

const isOf = (body: string, row: TombstonesTable): boolean => {
  const of = member(bodyOf(body), 'disposition')
  return number(of['disposition']) === Number(row.disposition_id) && (of['study'] ?? row.study_uid) === row.study_uid
}

const step = (what: string, held: boolean, fact: string, entries: readonly number[]): LawfulStep => ({
  what,
  held: held ? 'yes' : 'no',
  fact,
  entries,
})

const unknown = (row: TombstonesTable): LawfulStep =>
  step('What the tombstone says', false, 'Its entry has been erased, so nothing of it can be looked at.', [
    Number(row.id),
  ])

function dueStep(row: TombstonesTable, { eligibleOn, governing, rules }: Tombstone): LawfulStep {
  const due = eligibleOn <= row.written_at.slice(0, 10)
  return step(
    'It was due',
    due && governing.length > 0,
    `${counted(governing.length, 'rule')} (${governing.join(', ')}) let it go from ${eligibleOn}; it was destroyed on ${moment(row.written_at)}. Rule sets: SHA-256 ${rules}.`,
    [Number(row.id)],
  )
}

/** Three people, each with the role that the step wants. */
function peopleSteps(row: TombstonesTable, acts: readonly ActRow[]): readonly LawfulStep[] {
  const deeds = acts.flatMap(({ n, ts, type, actor, body: text }) => {
    const body = bodyOf(text)
    const of = member(body, 'disposition')
    const who = words(of['by']) || words(member(body, 'actor')['name'])
    const roles = list(member(body, 'actor'), 'roles').map(words)
    const signed = words(body['signature'])
    const deed = { n, ts, actor, who, roles, signed }
    if (type === 'disp.candidate') return [{ which: 'proposed', role: 'records', ...deed }]
    if (type === 'disp.approve')
      return [
        of['step'] === 1
          ? { which: 'first approval', role: 'records', ...deed }
          : { which: 'second approval', role: 'privacy', ...deed },
      ]
    return []
  })
  const entries = deeds.map(({ n }) => n)
  const named = ['proposed', 'first approval', 'second approval'].map((which) =>
    deeds.find((one) => one.which === which),
  )
  const people = new Set(named.map((one) => one?.actor ?? ''))
  return [
    step(
      'Three people decided it',
      named.every((one) => one !== undefined) && people.size === 3,
      named.map((one) => (one === undefined ? 'nobody' : `${one.which}: ${one.who}, ${moment(one.ts)}`)).join('; '),
      entries,
    ),
    step(
      'Each had the duty',
      named.every((one) => one?.roles.includes(one.role)),
      named
        .map((one) => (one === undefined ? 'nobody' : `${one.who}: ${one.roles.join(', ')} (needs ${one.role})`))
        .join('; '),
      entries,
    ),
    step(
      'Both approvals were signed',
      named.slice(1).every((one) => one !== undefined && one.signed !== ''),
      named
        .slice(1)
        .map((one) => (one === undefined ? 'nobody' : `${one.who}: ${one.signed || 'not signed'}`))
        .join('; '),
      named.slice(1).flatMap((one) => one?.n ?? []),
    ),
    step(
      'It was not called off',
      !acts.some(({ type, n }) => type === 'disp.cancel' && n < Number(row.id)),
      'No entry between the proposal and the tombstone calls it off.',
      [],
    ),
  ]
}

const coolingStep = (row: TombstonesTable, destroyFrom: string): LawfulStep =>
  step(
    'The cooling-off had passed',
    destroyFrom !== '' && destroyFrom <= row.written_at,
    `It could be called off until ${moment(destroyFrom)}.`,
    [Number(row.id)],
  )

async function holdStep(
  db: Database,
  row: TombstonesTable,
  { holdsChecked }: Tombstone,
  patient: string,
): Promise<LawfulStep> {
  const holds = await holdsNamedAt(db, row.study_uid, patient, row.written_at)
  return step(
    'No legal hold covered it',
    holds.length === 0 && holdsChecked !== '',
    holds.length === 0
      ? `Holds were looked at in the step that wrote the tombstone, ${moment(holdsChecked)}, and none covered it; nor does any hold as kept today name it for that time.`
      : `Legal hold ${holds.map(({ id }) => id).join(', ')} named it.`,
    [Number(row.id), ...holds.map(({ id }) => id)],
  )
}

/** The tombstone lists what was destroyed, and the log tells how each of it arrived. */
async function listStep(db: Database, row: TombstonesTable, { instances }: Tombstone): Promise<LawfulStep> {
  const digest = createHash('sha256').update(manifestOf(instances)).digest('hex')
  const arrivals = await leavesAt(
    db,
    instances.map(([n]) => n),
  )
  const strange = instances.filter((one) => !arrived(one, arrivals.get(one[0])))
  return step(
    'What was destroyed is listed',
    digest === row.manifest && strange.length === 0,
    digest !== row.manifest
      ? 'The list in the tombstone does not have the digest kept of it.'
      : strange.length > 0
        ? `${counted(strange.length, 'object')} of the list did not arrive so: ${strange
            .slice(0, 10)
            .map(([n]) => n)
            .join(', ')}.`
        : `${counted(instances.length, 'object')}, each with its fingerprint; the log tells how each arrived.`,
    [Number(row.id)],
  )
}

function arrived(
  [, series, instance, ds]: Destroyed,
  leaf: { readonly type: string; readonly body: string } | undefined,
): boolean {
  if (leaf?.type !== 'obj.ingest') return false
  // Erased since: that there was an arrival is all that is left of it.
  if (leaf.body === '') return true
  const body = bodyOf(leaf.body)
  const object = (list(body, 'objects')[0] ?? {}) as Readonly<Record<string, unknown>>
  return body['ds'] === ds && object['seriesUid'] === series && list(object, 'instanceUids')[0] === instance
}

function goneStep(row: TombstonesTable): LawfulStep {
  const what = 'Every copy is gone'
  if (Number(row.done) === 0)
    return { what, held: 'not yet', fact: 'Some copies are still to be removed: one may be away.', entries: [] }
  const copies = JSON.parse(row.copies) as readonly {
    readonly where: string
    readonly method: string
    readonly objects: number
  }[]
  return step(
    what,
    true,
    `${moment(row.done_at)}: ${copies.map(({ where, method, objects }) => `${where} (${method}, ${objects})`).join(', ')}. Backups, exports and what other systems were sent are not this archive’s.`,
    [Number(row.done)],
  )
}

function verdictOf(
  destructions: DestructionAnswer['destructions'],
  here: number,
): Pick<DestructionAnswer, 'verdict' | 'answer'> {
  const [last] = destructions
  if (last === undefined)
    return {
      verdict: 'here',
      answer: `It was not destroyed: ${counted(here, 'object')} of this study ${here === 1 ? 'is' : 'are'} here.`,
    }
  const again = here > 0 ? ` ${counted(here, 'object')} came again since, and ${here === 1 ? 'is' : 'are'} kept.` : ''
  const steps = destructions.flatMap((one) => one.steps)
  const failed = steps.filter(({ held }) => held === 'no')
  const times = destructions.length === 1 ? '' : ` ${destructions.length} times, the last time`
  if (failed.length > 0)
    return {
      verdict: 'unlawful',
      answer: `It was destroyed${times} on ${moment(last.at)}, and the log does not bear out that this was lawful. Not shown: ${failed.map(({ what }) => what.toLowerCase()).join('; ')}.${again}`,
    }
  if (steps.some(({ held }) => held === 'not yet'))
    return {
      verdict: 'going on',
      answer: `Its destruction was decided lawfully and begun on ${moment(last.at)}; not every copy is gone yet.${again}`,
    }
  return {
    verdict: 'lawful',
    answer: `It was destroyed${times} on ${moment(last.at)}, lawfully: it was due, three people decided it, the cooling-off had passed, no legal hold covered it, and every copy is gone.${again}`,
  }
}
