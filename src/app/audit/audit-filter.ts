/** What the audit search asks for, as the address has it. */

export interface AuditFilter {
  readonly who?: string | undefined
  readonly patient?: string | undefined
  readonly type?: string | undefined
  /** `BTG`: only what was done in an emergency. */
  readonly purpose?: 'BTG' | undefined
  /** Days, `YYYY-MM-DD`, the last one included. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export const KINDS: Readonly<Record<string, string>> = {
  'aud.110103': 'Images looked at',
  'aud.110112': 'Searches',
  'obj.ingest': 'Images stored',
  'obj.receipt': 'Images sent again',
  'obj.conflict': 'Conflicts',
  'obj.refuse': 'Objects refused',
  'obj.reject': 'Rejections',
  'obj.restore': 'Rejections taken back',
  'aud.110104': 'Transfers',
  'aud.110106': 'Evidence packs and inventories',
  'aud.110114': 'Logins',
  'aud.110113': 'Alerts and refusals',
  'aud.110101': 'Use of this log',
  'hold.place': 'Legal holds placed',
  'hold.ask': 'Releases of holds asked for',
  'hold.keep': 'Releases of holds refused',
  'hold.release': 'Legal holds released',
  'disp.candidate': 'Proposed for destruction',
  'disp.approve': 'Destructions approved',
  'disp.cancel': 'Destructions called off',
  tombstone: 'Tombstones',
  'disp.destroy': 'Destroyed',
  heartbeat: 'Signs of life',
  'study.seal': 'Studies sealed',
  'access.break': 'Emergencies',
  'access.end': 'Emergencies ended',
  'access.opened': 'Images of who is watched',
  'access.restrict': 'Restrictions placed',
  'access.lift': 'Restrictions lifted',
  'access.review': 'Emergencies looked at',
  'log.erase.propose': 'Redactions of entries proposed',
  'log.erase.approve': 'Redactions of entries approved',
  'log.erase.end': 'Redactions of entries refused',
  'log.erase': 'Entries redacted',
  'log.erase.done': 'Redactions of entries done',
  'acl.change': 'Changes of accounts',
  'cfg.change': 'Changes of configuration',
  'aud.110109': 'Orders told',
  'aud.110110': 'Persons told',
  'aud.110111': 'Procedure steps told',
  'study.damage': 'Damage found',
  'study.repair': 'Damage repaired',
  'copy.state': 'Copies away or back',
  'fixity.pass': 'Everything read again',
  'rules.propose': 'Rules of retention proposed',
  'rules.approve': 'Rules of retention approved',
  'rules.activate': 'Rules of retention adopted',
  'rules.end': 'Rules of retention ended',
  'retention.set': 'Sayings about retention',
  'retention.reduceProposed': 'Shorter dates proposed',
  'retention.reduceApproved': 'Shorter dates approved',
  'retention.reduce': 'Dates let go',
  'retention.reduceEnded': 'Shorter dates refused',
  'erasure.request': 'Erasure asked for',
  'erasure.answer': 'Erasure answered',
  'msg.keep': 'Messages nothing follows from',
  'msg.settle': 'Messages looked at',
  'pat.merge': 'Patients merged',
  'pat.unmerge': 'Merges taken back',
  'pat.link': 'Patients linked',
  'pat.unlink': 'Links taken back',
  'mig.begin': 'Migrations begun',
  'mig.report': 'Migrations reported',
  'pat.settle': 'Questions of identity settled',
  'lookout.save': 'Lookouts saved',
  'lookout.stop': 'Lookouts stopped',
  'lookout.warn': 'Warnings',
  'lookout.settle': 'Warnings looked at',
  'aud.110100': 'Starts and stops',
}

/** The moment, in UTC, at which a day of the reader's calendar begins, or that many days later. */
export function momentOf(day: string | undefined, later: number): string | undefined {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? '') ?? []
  if (year === undefined) return undefined
  return new Date(Number(year), Number(month) - 1, Number(date) + later).toISOString()
}
