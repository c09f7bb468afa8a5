/** `/api/lookouts`: searches of the audit log that somebody saved so as to be warned, and what they warned of. */
import type { z } from 'zod'
import {
  Lookout,
  Lookouts,
  SaveLookout,
  SettleWarning,
  StopLookout,
  Warning,
  Warnings,
  WarningsAsk,
} from '../../api/lookouts.ts'
import type { Archive } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Accounts } from '../../compliance/accounts.ts'
import { splitPatientKey } from '../../ledger/subject.ts'
import { actorNamed } from '../actor.ts'
import { type Ask, type Route, route } from '../routes.ts'
import { patientAddress } from './record.ts'

type Looking = Pick<Archive, 'lookouts' | 'saveLookout' | 'stopLookout' | 'warnings' | 'settleWarning'>
type Given = Awaited<ReturnType<Archive['lookouts']>>[number]
type Warned = Awaited<ReturnType<Archive['settleWarning']>>

export function lookoutRoutes(archive: Looking, accounts: Pick<Accounts, 'byId' | 'byName'>): readonly Route[] {
  const actorOf = actorNamed(accounts)
  const nameOf = (actor: string) => accounts.byId(actor)?.name ?? actor.replace(/^ae:/, '')

  const saving = ({ who, addressees, ...rest }: z.output<typeof SaveLookout>) => ({
    ...rest,
    actor: who === '' ? '' : actorOf(who),
    addressees: [
      ...addressees.accounts.map((name) => {
        const account = accounts.byName(name)
        if (account === undefined) throw new ArchiveError('NOT_FOUND', { what: `account called ${name}` })
        return account.id
      }),
      ...addressees.roles.map((role) => `role:${role}`),
    ],
  })

  const shown = ({ ask, owner, stopped, ...rest }: Given): Lookout => {
    const { actor, addressees, patients, types, outside, ...said } = ask
    return {
      ...rest,
      ...said,
      patients: [...patients],
      types: [...types],
      outside: outside && { ...outside, days: [...outside.days] },
      who: nameOf(actor),
      owner: nameOf(owner),
      addressees: {
        accounts: addressees.filter((who) => who.startsWith('u:')).map(nameOf),
        roles: addressees.filter((who) => who.startsWith('role:')).map((who) => who.slice('role:'.length)),
      },
      stopped: stopped ?? null,
    }
  }

  return [
    route({
      method: 'GET',
      url: '/api/lookouts',
      act: 'lookout.see',
      says: 'Lookouts: searches of the audit log that warn. Newest first, stopped ones too.',
      answers: [{ status: 200, says: 'The lookouts.', shape: Lookouts }],
      handle: async ({ context }): Promise<z.infer<typeof Lookouts>> => ({
        lookouts: (await archive.lookouts(context)).map(shown),
      }),
    }),
    route({
      method: 'POST',
      url: '/api/lookouts',
      act: 'lookout.manage',
      says: 'Saves a lookout: it warns of what is journaled from then on.',
      body: SaveLookout,
      answers: [
        { status: 200, says: 'The lookout.', shape: Lookout },
        { status: 400, says: 'It would warn of every entry, or there is no such time zone.' },
        { status: 404, says: 'There is no such account.' },
      ],
      handle: async ({ context, body }): Promise<Lookout> => shown(await archive.saveLookout(context, saving(body))),
    }),
    route({
      method: 'POST',
      url: '/api/lookouts/:lookout',
      act: 'lookout.manage',
      says: 'Changes a lookout that lasts: it warns of what is journaled from then on.',
      body: SaveLookout,
      answers: [
        { status: 200, says: 'The lookout as it is now.', shape: Lookout },
        { status: 404, says: 'There is no such lookout or account.' },
        { status: 409, says: 'It was stopped.' },
      ],
      handle: async (ask): Promise<Lookout> =>
        shown(await archive.saveLookout(ask.context, saving(ask.body), numberIn(ask, 'lookout'))),
    }),
    route({
      method: 'POST',
      url: '/api/lookouts/:lookout/stop',
      act: 'lookout.manage',
      says: 'Stops it: it warns no more. What it warned of stays.',
      body: StopLookout,
      answers: [
        { status: 200, says: 'The lookout as it is now.', shape: Lookout },
        { status: 404, says: 'There is no such lookout.' },
        { status: 409, says: 'It was stopped already.' },
      ],
      handle: async (ask): Promise<Lookout> =>
        shown(await archive.stopLookout(ask.context, numberIn(ask, 'lookout'), ask.body.reason)),
    }),
    route({
      method: 'GET',
      url: '/api/lookouts/warnings',
      act: 'lookout.see',
      says: 'What lookouts warned of, newest first: of the asker’s, or of all; those nobody has looked at, or all.',
      query: WarningsAsk,
      answers: [{ status: 200, says: 'The warnings, and how many wait for the asker.', shape: Warnings }],
      handle: async ({ context, query }): Promise<z.infer<typeof Warnings>> => {
        const { warnings, waiting, next } = await archive.warnings(context, {
          mine: query.mine === 'yes',
          waiting: query.waiting === 'yes',
          limit: query.limit,
          ...(query.before !== undefined && { before: query.before }),
        })
        return { warnings: warnings.map(warned), waiting, next: next ?? null }
      },
    }),
    route({
      method: 'POST',
      url: '/api/lookouts/warnings/:warning/settle',
      act: 'lookout.manage',
      says: 'Says what was found when somebody looked at it; never of what one did oneself.',
      body: SettleWarning,
      answers: [
        { status: 200, says: 'The warning as it is now.', shape: Warning },
        { status: 403, says: 'It takes another person.' },
        { status: 404, says: 'There is no such warning.' },
        { status: 409, says: 'Somebody has looked at it already.' },
      ],
      handle: async (ask): Promise<Warning> =>
        warned(await archive.settleWarning(ask.context, numberIn(ask, 'warning'), ask.body.words)),
    }),
  ]
}

function warned({ actor: _, patient, settled, ...rest }: Warned): Warning {
  const { id = '', issuer = '' } = splitPatientKey(patient) ?? {}
  return {
    ...rest,
    patient: patient === '' ? null : { key: patientAddress(patient), id, issuer },
    settled: settled ?? null,
  }
}

function numberIn({ params }: Pick<Ask, 'params'>, name: string): number {
  const text = params[name] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new ArchiveError('NOT_FOUND', { what: `such ${name}` })
  return Number(text)
}
