/**
 * An event as a sentence a privacy officer reads: who did what to what, from where. Made from the body alone, so that it
 * can be made again in forty years; what a body does not say, the sentence leaves out.
 */
import type { Json } from '../base/canonical-json.ts'

type Body = { readonly [key: string]: Json | undefined }

const object = (value: Json | undefined): Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {}
const text = (value: Json | undefined): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''
const first = (value: Json | undefined): Body => (Array.isArray(value) ? object(value[0]) : {})

/** The name of who did it, as the body has it; else its pseudonym. */
export function whoOf(body: Body): string {
  const actor = object(body['actor'])
  return text(actor['name']) || text(actor['userId']).replace(/^(ae|sys):/, '')
}

/** @param body  the event's body, parsed */
export function sentenceOf(body: Body): string {
  const study = text(body['study'])
  const address = text(object(body['client'])['ip'])
  const parts = [
    whoOf(body) || 'Somebody',
    deedOf(body),
    study !== '' && `of study ${study}`,
    address !== '' && `from ${address}`,
  ]
  return `${parts.filter((part) => typeof part === 'string' && part !== '').join(' ')}.`
}

function deedOf(body: Body): string {
  const failed = body['outcome'] !== 0
  switch (text(body['type'])) {
    case 'log.open':
      return 'began the log of a year'
    case 'obj.ingest':
      return 'stored an instance'
    case 'obj.receipt':
      return 'sent an instance that was here already'
    case 'obj.conflict':
      return 'sent other content under a UID that was taken: both are kept,'
    case 'obj.refuse':
      return `sent an object that was not taken (${text(body['refused']) || 'no reason kept'})`
    case 'aud.110100':
      return body['subtype'] === '110121' ? 'stopped' : 'started'
    case 'aud.110101':
      return 'used the audit log'
    case 'aud.110103':
      return body['phase'] === 'closing' ? looked(body) : 'opened images'
    case 'aud.110104':
      return transferred(body)
    case 'aud.110106':
      if (body['inventory'] !== undefined) return 'took out an inventory of the archive'
      return body['form'] === 'capsule' ? 'took out the time capsule' : 'took out an evidence pack'
    case 'aud.110112':
      if (body['priors'] !== undefined) return 'looked for earlier studies to see beside images'
      if (body['timeline'] !== undefined) return 'looked at the timeline of a patient'
      return body['studyPage'] === undefined ? searched(body) : 'looked at the page'
    case 'aud.110113':
      return alert(body)
    case 'aud.110114':
      if (body['what'] === '110123') return LOGOUTS[text(body['why'])] ?? 'logged out'
      if (failed) return `failed to log in as ${text(body['name']) || 'somebody'}${FAILED[text(body['why'])] ?? ''}`
      if (body['provider'] !== undefined) return `logged in by ${text(body['provider'])}`
      return body['factor'] === 'recovery' ? 'logged in with a recovery code' : 'logged in'
    case 'heartbeat':
      return 'was running'
    case 'disp.candidate':
    case 'disp.approve':
    case 'disp.cancel':
    case 'tombstone':
    case 'disp.destroy':
      return disposed(body)
    case 'study.seal':
      return 'sealed what had come'
    case 'study.tier':
      return object(body['tier'])['op'] === 'cold'
        ? 'moved its images to the cold store'
        : 'brought its images back from the cold store'
    case 'obj.reject':
    case 'obj.restore':
      return rejected(body)
    case 'hold.place':
    case 'hold.ask':
    case 'hold.keep':
    case 'hold.release':
      return held(body)
    case 'rules.propose':
    case 'rules.approve':
    case 'rules.activate':
    case 'rules.end':
      return ruled(body)
    case 'retention.set':
    case 'retention.reduceProposed':
    case 'retention.reduceApproved':
    case 'retention.reduce':
    case 'retention.reduceEnded':
      return kept(body)
    case 'erasure.request':
      return 'recorded that a patient asked for erasure'
    case 'erasure.answer':
      return `answered request for erasure ${text(object(body['erasure'])['request'])}`
    case 'study.damage':
      return text(body['lost']) === '0'
        ? `found ${counted(text(body['files']), 'file')} bad in a copy`
        : `found ${counted(text(body['lost']), 'file')} bad in every copy`
    case 'study.repair':
      return `wrote ${counted(text(body['files']), 'file')} again from a good copy`
    case 'copy.state':
      return `found the copy in ${text(body['copy'])} ${body['state'] === 'good' ? 'there again' : text(body['state'])}`
    case 'fixity.pass':
      return `read everything again, ${text(body['studies'])} studies, and found ${text(body['damaged'])} files damaged`
    case 'pat.merge':
      return 'merged a patient into another'
    case 'pat.unmerge':
      return 'took back a merge of patients'
    case 'pat.link':
      return 'linked two patients as one person'
    case 'pat.unlink':
      return 'took back a link of two patients'
    case 'mig.begin':
      return `began to bring over what ${text(body['source'])} has (run ${text(body['run'])})`
    case 'mig.report':
      return `made the report of what was brought over from ${text(body['source'])} (run ${text(body['run'])})`
    case 'pat.settle':
      return 'looked at a question about who a patient is'
    case 'cfg.change':
      return `changed the configuration${text(body['what']) && ` (${text(body['what'])})`}`
    case 'access.restrict':
    case 'access.lift':
    case 'access.break':
    case 'access.end':
    case 'access.opened':
    case 'access.review':
      return guarded(body)
    case 'log.erase.propose':
    case 'log.erase.approve':
    case 'log.erase.end':
    case 'log.erase':
    case 'log.erase.done':
      return erased(body)
    case 'lookout.save':
    case 'lookout.stop':
    case 'lookout.warn':
    case 'lookout.settle':
      return lookedOut(body)
    case 'acl.change':
      return changed(body)
    default:
      return `did ${text(body['type'])}`
  }
}

const FAILED: Readonly<Record<string, string>> = {
  'second factor wrong': ' with a wrong second factor',
  LOGIN_PROVIDER_AWAY: ', as the login provider did not answer,',
  LOGIN_REFUSED: ' with an answer of the login provider that is not accepted',
  LOGIN_WEAK: ' with too weak a login at the provider',
  LOGIN_NO_NAME: ', as the login provider named nobody,',
  LOGIN_NO_ROLE: ', as no role is mapped,',
  LOGIN_LONE_ROLE: ', as the roles that are mapped do not go together,',
  LOGIN_DISABLED: ', as the account is disabled,',
}

const LOGOUTS: Readonly<Record<string, string>> = {
  idle: 'was logged out, as nobody used the session,',
  absolute: 'was logged out, as the session had lasted its time,',
  elsewhere: 'logged out of another session',
  everywhere: 'logged out everywhere',
}

const counted = (count: string, one: string): string => (count === '1' ? `1 ${one}` : `${count} ${one}s`)

/** A closing leaf: what was seen since the opening one. */
function looked(body: Body): string {
  const { nInstances, nFrames } = first(body['objects'])
  return `was shown ${counted(text(nInstances) || '0', 'instance')} and ${counted(text(nFrames) || '0', 'frame')}`
}

const BECAUSE: Readonly<Record<string, string>> = {
  '113001': 'for its quality',
  '113037': 'for the patient’s safety',
  '113038': 'as made for another order',
  '113039': 'as its retention had expired',
}

function rejected(body: Body): string {
  const rejection = object(body['rejection'])
  const op = text(rejection['op'])
  if (op === 'return') return 'sent again what had been let go elsewhere: it is shown again,'
  if (op === 'restore') return `took back rejection ${text(rejection['rejection'])}`
  const { length = 0 } = Array.isArray(rejection['instances']) ? rejection['instances'] : []
  // The rejection note is one of them.
  return `rejected ${counted(String(Math.max(0, length - 1)), 'object')} ${BECAUSE[text(rejection['code'])] ?? ''}`.trim()
}

function disposed(body: Body): string {
  const said = object(body['disposition'])
  const number = text(said['disposition'])
  switch (text(said['op'])) {
    case 'propose': {
      const { length = 0 } = Array.isArray(said['studies']) ? said['studies'] : []
      return `proposed ${length === 1 ? 'a study' : `${length} studies`} for destruction`
    }
    case 'approve':
      return `approved disposition ${number} (${text(said['step']) === '1' ? 'the first of two' : 'the second of two'})`
    case 'end':
      return `called off disposition ${number}`
    case 'destroy':
      return `wrote the tombstone: disposition ${number} is carried out`
    default:
      return 'removed every copy'
  }
}

const HOLD_DEEDS: Readonly<Record<string, string>> = {
  'hold.place': 'placed a legal hold',
  'hold.ask': 'asked for the release of',
  'hold.keep': 'refused the release of',
  'hold.release': 'released',
}

function held(body: Body): string {
  const hold = object(body['hold'])
  const number = text(hold['hold'])
  const matter = text(hold['matter'])
  return `${HOLD_DEEDS[text(body['type'])]}${number && ` legal hold ${number}`}${matter && ` (${matter})`}`
}

function ruled(body: Body): string {
  const said = object(body['rules'])
  const number = text(said['adoption'])
  switch (text(said['op'])) {
    case 'propose': {
      const names = Array.isArray(said['jurisdictions']) ? said['jurisdictions'].map(text).join(', ') : ''
      return `proposed to keep studies by the rules of ${names || 'no jurisdiction'}${said['instead'] === true ? ', instead of those before' : ''}`
    }
    case 'approve':
      return `approved the rules of proposal ${number} (the first of two)`
    case 'adopt':
      return `adopted the rules of proposal ${number}: studies are kept by them`
    default:
      return `ended proposal ${number} of rules`
  }
}

function kept(body: Body): string {
  const said = object(body['retention'])
  const number = text(said['reduction'])
  switch (text(said['op'])) {
    case 'tell': {
      const names = Object.keys(object(said['set'])).join(', ')
      const dates = Array.isArray(said['dates']) ? said['dates'].length : 0
      return `said something about how long it is kept (${names}); ${counted(String(dates), 'date')} changed or stood`
    }
    case 'propose':
      return 'proposed that a date which stands be let go'
    case 'approve':
      return `approved reduction ${number} (the first of two)`
    case 'adopt':
      return `let the date go that stood (reduction ${number})`
    default:
      return `ended reduction ${number}`
  }
}

function lookedOut(body: Body): string {
  const said = object(body['lookout'])
  switch (text(said['op'])) {
    case 'save': {
      const name = text(object(said['ask'])['name'])
      return `${said['lookout'] === undefined ? 'saved' : 'changed'} the lookout “${name}”`
    }
    case 'stop':
      return `stopped lookout ${text(said['lookout'])}`
    case 'warn':
      return `warned by the lookout “${text(said['name'])}” of entry ${text(said['entry'])}`
    default:
      return `looked at warning ${text(said['warning'])}`
  }
}

function erased(body: Body): string {
  const said = object(body['redaction'])
  const number = text(said['redaction'])
  switch (text(said['op'])) {
    case 'propose':
      return `proposed to erase what entries before ${text(said['until']).slice(0, 10)} tell`
    case 'approve':
      return `approved redaction ${number} of entries`
    case 'end':
      return `withdrew or refused redaction ${number} of entries`
    case 'erase':
      return `erased what entries told (a step of redaction ${number})`
    default:
      return `finished redaction ${number}: what ${counted(text(said['events']), 'entry').replace(/entrys$/, 'entries')} told is gone`
  }
}

const OF: Readonly<Record<string, string>> = {
  patient: 'a patient',
  study: 'a study',
  institution: 'what is made in a house',
  source: 'what a device sends',
  code: 'what has a confidentiality code',
}
const CAUSES: Readonly<Record<string, string>> = {
  emergency: 'emergency care',
  'on-call': 'on-call cover',
  'mass-casualty': 'mass casualty',
  'system-fault': 'system fault',
}

function guarded(body: Body): string {
  const said = object(body['access'])
  const of = OF[text(said['kind'])] ?? 'something'
  switch (text(said['op'])) {
    case 'restrict':
      return said['level'] === 'watched'
        ? `had ${of} watched`
        : `restricted ${of} to ${Array.isArray(said['admits']) ? said['admits'].map(text).join(', ') : 'nobody'}`
    case 'lift':
      return `lifted restriction ${text(said['restriction'])}`
    case 'break':
      return `broke the glass (${CAUSES[text(said['cause'])] ?? 'no cause kept'}) until ${text(said['until']).slice(0, 16)}`
    case 'end':
      return said['why'] === 'time' ? 'ended an emergency, as its time was over,' : 'ended an emergency'
    case 'opened':
      return 'opened images of a patient who is watched'
    default:
      return `looked at entry ${text(said['review'])}: ${text(said['outcome']) || 'no outcome kept'}`
  }
}

function transferred(body: Body): string {
  const all = counted(text(body['instances']) || '0', 'instance')
  if (body['what'] === 'commitment')
    return `asked whether ${all} ${text(body['instances']) === '1' ? 'is' : 'are'} kept, and was told so of ${text(body['kept'])}`
  if (body['what'] === 'commitment-report')
    return `told ${text(body['to'])} which of ${all} ${text(body['instances']) === '1' ? 'is' : 'are'} kept`
  if (body['what'] === 'commitment-given-up')
    return `gave up telling ${text(body['to'])} which of ${all} ${text(body['instances']) === '1' ? 'is' : 'are'} kept`
  if (text(body['what']).startsWith('notice-')) return `told ${text(body['to'])} of a performed procedure step`
  return 'transferred instances'
}

function searched(body: Body): string {
  const found = text(body['results'])
  return `searched${found === '' ? '' : ` and was answered ${counted(found, 'row')}`}`
}

function alert(body: Body): string {
  const act = text(body['act'])
  if (act !== '') return `was refused ${act}`
  return `raised an alert (${text(body['alert']) || 'no reason kept'})`
}

const RESETS: Readonly<Record<string, string>> = {
  'password reset': 'made a one-time password',
  'second factor reset': 'took off the second factor',
}
/** What a person changed of their own account. */
const OWN: Readonly<Record<string, string>> = {
  'own password': 'changed the own password',
  'second factor set up': 'set up a second factor',
  'second factor removed': 'removed the own second factor',
  'recovery codes renewed': 'made new recovery codes',
}

function changed(body: Body): string {
  const account = text(body['name'])
  const what = text(body['what'])
  if (account !== '' && RESETS[what] !== undefined) return `${RESETS[what]} of the account ${account}`
  if (account !== '') return `changed the account ${account}`
  if (body['token'] !== undefined) return body['action'] === 'D' ? 'withdrew an API token' : 'made an API token'
  return OWN[what] ?? `changed ${what || 'access'}`
}
