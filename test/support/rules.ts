/** Rules of retention adopted as people adopt them: one proposes, another with the privacy role adopts. */
import type { Archive, RuleProposal } from '../../src/archive/archive.ts'
import { person } from './people.ts'
import type { Session } from './session.ts'

export const CALIFORNIA = { jurisdictions: ['us', 'us-ca'], institution: 'hospital' }

export const proposed = (choice: Partial<RuleProposal> & Pick<RuleProposal, 'jurisdictions'>): RuleProposal => ({
  institution: '',
  optIn: [],
  mode: 'governance',
  instead: false,
  reason: 'SYNTHETIC',
  ...choice,
})

/** @returns the number of their proposal */
export async function adoptRules(
  archive: Pick<Archive, 'proposeRules' | 'approveRules'>,
  choice: Parameters<typeof proposed>[0] = CALIFORNIA,
): Promise<number> {
  const { id } = await archive.proposeRules(person('rachel', 'records'), proposed(choice))
  if (choice.instead === true) await archive.approveRules(person('ruth', 'records'), id, 'first', 'SYNTHETIC')
  await archive.approveRules(person('percy', 'privacy'), id, 'second', 'SYNTHETIC')
  return id
}

/** The same over HTTP: by a person of the records, and one with the privacy role. */
export async function adoptByHttp(records: Session, privacy: Session, choice: object = CALIFORNIA): Promise<void> {
  const made = await records.ask('POST', '/api/retention/rules', { ...choice, reason: 'SYNTHETIC' })
  const { id } = made.json as { id: number }
  const { status } = await privacy.sign(`/api/retention/rules/${id}/approve/second`, { reason: 'SYNTHETIC' })
  if (status !== 200) throw new Error(`the rules were not adopted: ${status}`)
}
