import type { Control } from '../compliance/control.ts'

/** The pseudonym of somebody named: leaves know nothing else. A name no account has is taken for an AE title. */
export const actorNamed =
  (accounts: Pick<Control['accounts'], 'byName'>) =>
  (who: string): string =>
    /^(u|ae|sys):/.test(who) ? who : (accounts.byName(who)?.id ?? `ae:${who.trim()}`)
