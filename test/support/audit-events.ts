/**
 * One act of every type the ledger has, as the rooms write them, and one of each DICOM message that no part writes yet.
 * A new type without a row here does not compile.
 */
import type { Client, Principal } from '../../src/base/context.ts'
import type { AuditedEvent, AuditSource } from '../../src/ledger/audit/message.ts'
import type { Body } from '../../src/ledger/audit/values.ts'
import type { ArchiveEvent, EventType } from '../../src/ledger/event.ts'
import { bodyText } from '../../src/ledger/ledger.ts'

export const SOURCE: AuditSource = {
  id: 'clearkeep-1',
  site: 'HOSP',
  aeTitle: 'CLEARKEEP',
  host: 'archive.example.org',
}

export const MARIE: Principal = {
  kind: 'user',
  id: 'u:0123456789abcdef',
  name: 'marie',
  roles: ['radiologist'],
  authMethod: 'password',
  session: 'a1b2c3d4',
}
const CT1: Principal = { kind: 'device', aeTitle: 'CT1', known: true }
const HIS: Principal = { kind: 'device', aeTitle: 'HIS|HOSP', known: true }
const ARCHIVE: Principal = { kind: 'job', name: 'archive' }
const NOBODY: Principal = { kind: 'device', aeTitle: 'STRANGER', known: false }

export const STUDY = '1.2.826.0.1.3680043.8.498.1'
export const PATIENT = 'HOSP|4711'
const OBJECT = {
  studyUid: STUDY,
  seriesUid: `${STUDY}.1`,
  sopClassUid: ['1.2.840.10008.5.1.4.1.1.2'],
  instanceUids: [`${STUDY}.1.1`],
  nInstances: 1,
  accession: 'A-17',
}
const both = { study: STUDY, patient: PATIENT }

type Sample = readonly [who: Principal, what: Partial<ArchiveEvent> & { readonly detail: ArchiveEvent['detail'] }]

export const SAMPLES: Readonly<Record<EventType, readonly Sample[]>> = {
  'log.open': [[ARCHIVE, { action: 'C', detail: {} }]],
  'obj.ingest': [
    [CT1, { action: 'C', ...both, detail: { door: 'c-store', objects: [OBJECT] } }],
    [MARIE, { action: 'C', ...both, detail: { door: 'import', objects: [OBJECT] } }],
    [MARIE, { action: 'C', ...both, detail: { door: 'app', objects: [OBJECT] } }],
  ],
  'obj.receipt': [[CT1, { action: 'R', ...both, detail: { door: 'c-store', objects: [OBJECT] } }]],
  'obj.conflict': [
    [CT1, { action: 'C', outcome: 4, study: STUDY, detail: { conflict: 'instance', objects: [OBJECT] } }],
  ],
  'obj.refuse': [
    [CT1, { action: 'C', outcome: 4, study: STUDY, detail: { refused: 'DICOM_TRUNCATED', door: 'c-store' } }],
  ],
  'obj.reject': [
    [MARIE, { action: 'U', ...both, detail: { rejection: { op: 'reject', code: '113001', instances: [1, 2] } } }],
  ],
  'obj.restore': [[MARIE, { action: 'U', ...both, detail: { rejection: { op: 'restore', rejection: 1 } } }]],
  'study.seal': [
    [ARCHIVE, { action: 'U', ...both, detail: { version: 1, inventory: 'ab', instances: 2, bytes: 1024 } }],
  ],
  'study.tier': [
    [ARCHIVE, { action: 'U', ...both, detail: { tier: { op: 'cold', copy: '/srv/cold', bytes: 1024 } } }],
    [ARCHIVE, { action: 'U', ...both, detail: { tier: { op: 'hot', copy: 'vault', bytes: 1024 } } }],
  ],
  'study.damage': [
    [ARCHIVE, { action: 'R', outcome: 12, ...both, detail: { files: 1, lost: 1, found: [], harmed: [] } }],
  ],
  'study.repair': [[ARCHIVE, { action: 'U', ...both, detail: { files: 1, mended: [] } }]],
  'copy.state': [[ARCHIVE, { action: 'E', outcome: 8, detail: { copy: '/srv/mirror', state: 'away' } }]],
  'fixity.pass': [[ARCHIVE, { action: 'R', detail: { studies: 3, bytes: 1024, damaged: 0 } }]],
  heartbeat: [[ARCHIVE, { action: 'E', detail: {} }]],
  'disp.candidate': [[MARIE, { action: 'C', ...both, detail: { disposition: { op: 'propose', studies: [] } } }]],
  'disp.approve': [
    [MARIE, { action: 'U', ...both, detail: { disposition: { op: 'approve', step: 1, disposition: 1 } } }],
  ],
  'disp.cancel': [[MARIE, { action: 'U', detail: { disposition: { op: 'end', disposition: 1 } } }]],
  tombstone: [[ARCHIVE, { action: 'D', ...both, detail: { disposition: { op: 'destroy', disposition: 1 } } }]],
  'disp.destroy': [[ARCHIVE, { action: 'D', study: STUDY, detail: { disposition: { op: 'done', disposition: 1 } } }]],
  'hold.place': [[MARIE, { action: 'C', ...both, detail: { hold: { op: 'place', matter: 'Case 17' } } }]],
  'hold.ask': [[MARIE, { action: 'U', detail: { hold: { op: 'ask', hold: 1 } } }]],
  'hold.keep': [[MARIE, { action: 'U', detail: { hold: { op: 'keep', hold: 1 } } }]],
  'hold.release': [[MARIE, { action: 'U', patient: PATIENT, detail: { hold: { op: 'release', hold: 1 } } }]],
  'access.restrict': [
    [
      MARIE,
      {
        action: 'C',
        patient: PATIENT,
        detail: { access: { op: 'restrict', kind: 'patient', level: 'restricted', admits: ['role:privacy'] } },
      },
    ],
    [MARIE, { action: 'C', detail: { access: { op: 'restrict', kind: 'code', level: 'watched', admits: [] } } }],
  ],
  'access.lift': [[MARIE, { action: 'U', patient: PATIENT, detail: { access: { op: 'lift', restriction: 1 } } }]],
  'access.break': [
    [
      MARIE,
      {
        action: 'C',
        patient: PATIENT,
        detail: { access: { op: 'break', cause: 'emergency', until: '2026-11-24T12:00:00.000Z' } },
      },
    ],
  ],
  'access.end': [[ARCHIVE, { action: 'U', patient: PATIENT, detail: { access: { op: 'end', why: 'time' } } }]],
  'access.opened': [[MARIE, { action: 'R', ...both, detail: { access: { op: 'opened' } } }]],
  'access.review': [[MARIE, { action: 'U', detail: { access: { op: 'review', review: 1, outcome: 'justified' } } }]],
  'lookout.save': [
    [MARIE, { action: 'C', detail: { lookout: { op: 'save', ask: { name: 'Colleagues' } } } }],
    [MARIE, { action: 'U', detail: { lookout: { op: 'save', lookout: 1, ask: { name: 'Colleagues' } } } }],
  ],
  'lookout.stop': [[MARIE, { action: 'U', detail: { lookout: { op: 'stop', lookout: 1 } } }]],
  'lookout.warn': [
    [ARCHIVE, { action: 'E', ...both, detail: { lookout: { op: 'warn', lookout: 1, name: 'Colleagues', entry: 17 } } }],
  ],
  'lookout.settle': [[MARIE, { action: 'U', ...both, detail: { lookout: { op: 'settle', warning: 21 } } }]],
  'log.erase.propose': [
    [MARIE, { action: 'C', detail: { redaction: { op: 'propose', until: '2016-01-01T00:00:00.000Z' } } }],
  ],
  'log.erase.approve': [[MARIE, { action: 'U', detail: { redaction: { op: 'approve', redaction: 1 } } }]],
  'log.erase.end': [[MARIE, { action: 'U', detail: { redaction: { op: 'end', redaction: 1 } } }]],
  'log.erase': [[ARCHIVE, { action: 'D', detail: { redaction: { op: 'erase', redaction: 1, runs: [[3, 9]] } } }]],
  'log.erase.done': [[ARCHIVE, { action: 'U', detail: { redaction: { op: 'done', redaction: 1, events: 7 } } }]],
  'rules.propose': [
    [MARIE, { action: 'C', detail: { rules: { op: 'propose', jurisdictions: ['us', 'us-ca'], instead: false } } }],
  ],
  'rules.approve': [[MARIE, { action: 'U', detail: { rules: { op: 'approve', adoption: 1 } } }]],
  'rules.activate': [[MARIE, { action: 'U', detail: { rules: { op: 'adopt', adoption: 1 } } }]],
  'rules.end': [[MARIE, { action: 'U', detail: { rules: { op: 'end', adoption: 1 } } }]],
  'retention.set': [
    [
      MARIE,
      { action: 'U', patient: PATIENT, detail: { retention: { op: 'tell', set: { death: '2020-01-31' }, dates: [] } } },
    ],
  ],
  'retention.reduceProposed': [[MARIE, { action: 'C', ...both, detail: { retention: { op: 'propose' } } }]],
  'retention.reduceApproved': [
    [MARIE, { action: 'U', ...both, detail: { retention: { op: 'approve', reduction: 1 } } }],
  ],
  'retention.reduce': [[MARIE, { action: 'U', ...both, detail: { retention: { op: 'adopt', reduction: 1 } } }]],
  'retention.reduceEnded': [[MARIE, { action: 'U', ...both, detail: { retention: { op: 'end', reduction: 1 } } }]],
  'erasure.request': [[MARIE, { action: 'C', patient: PATIENT, detail: { erasure: { op: 'record' } } }]],
  'erasure.answer': [[MARIE, { action: 'U', patient: PATIENT, detail: { erasure: { op: 'answer', request: 1 } } }]],
  'aud.110109': [[HIS, { action: 'C', patient: PATIENT, detail: { workflow: { op: 'message' }, accession: 'A-17' } }]],
  'aud.110110': [[HIS, { action: 'U', patient: PATIENT, detail: { workflow: { op: 'message' } } }]],
  'aud.110111': [[CT1, { action: 'U', ...both, detail: { workflow: { op: 'set' } } }]],
  'msg.keep': [[HIS, { action: 'C', outcome: 4, detail: { workflow: { op: 'message' }, answer: 'AR' } }]],
  'msg.settle': [[MARIE, { action: 'U', detail: { workflow: { op: 'settle' }, message: 17 } }]],
  'pat.merge': [[MARIE, { action: 'U', patient: PATIENT, detail: { identity: { op: 'merge', from: 'HOSP|12' } } }]],
  'pat.unmerge': [[MARIE, { action: 'U', patient: PATIENT, detail: { identity: { op: 'unmerge', from: 'HOSP|12' } } }]],
  'pat.link': [[MARIE, { action: 'U', patient: PATIENT, detail: { identity: { op: 'link', from: 'LAB|12' } } }]],
  'pat.unlink': [[MARIE, { action: 'U', patient: PATIENT, detail: { identity: { op: 'unlink', from: 'LAB|12' } } }]],
  'pat.settle': [[MARIE, { action: 'U', patient: PATIENT, detail: { identity: { op: 'settle', review: 17 } } }]],
  'mig.begin': [[MARIE, { action: 'E', detail: { source: 'OLD@10.0.0.9:104', run: 1 } }]],
  'mig.report': [[MARIE, { action: 'C', detail: { source: 'OLD@10.0.0.9:104', run: 1, sha256: 'ab', counts: {} } }]],
  'cfg.change': [[MARIE, { action: 'C', detail: { what: 'device allowed', aet: 'CT2', host: '' } }]],
  'acl.change': [
    [MARIE, { action: 'U', detail: { what: 'own password' } }],
    [MARIE, { action: 'C', detail: { name: 'eve', roles: ['student'] } }],
  ],
  'aud.110100': [
    [ARCHIVE, { action: 'E', detail: { subtype: '110120', sw: '0.1.0' } }],
    [ARCHIVE, { action: 'E', detail: { subtype: '110121', sw: '0.1.0' } }],
  ],
  'aud.110101': [
    [MARIE, { action: 'R', detail: { what: 'search', results: 3 } }],
    [MARIE, { action: 'R', patient: PATIENT, detail: { what: 'access report' } }],
  ],
  'aud.110103': [
    [MARIE, { action: 'R', ...both, detail: { phase: 'opening' } }],
    [
      MARIE,
      {
        action: 'R',
        ...both,
        detail: { phase: 'closing', objects: [{ studyUid: STUDY, nInstances: 3, nFrames: 90 }] },
      },
    ],
  ],
  'aud.110104': [
    [
      CT1,
      { action: 'R', study: STUDY, detail: { to: 'WORKSTATION', instances: 4, completed: 4, failed: 0, warning: 0 } },
    ],
    [CT1, { action: 'R', study: STUDY, detail: { instances: 4, completed: 4, failed: 0, warning: 0 } }],
    [CT1, { action: 'R', ...both, outcome: 4, detail: { what: 'commitment', instances: 3, kept: 2 } }],
    [
      { kind: 'job', name: 'commitment' },
      { action: 'R', detail: { what: 'commitment-report', to: 'CT1', instances: 3 } },
    ],
  ],
  'aud.110106': [
    [MARIE, { action: 'R', patient: PATIENT, detail: { evidence: 'patient', studies: [STUDY, `${STUDY}.9`] } }],
    [MARIE, { action: 'R', detail: { inventory: 'INSTANCE' } }],
  ],
  'aud.110112': [
    [CT1, { action: 'E', detail: { query: '{"00100010":{"vr":"PN"}}', level: 'study', results: 12 } }],
    [MARIE, { action: 'E', ...both, detail: { priors: STUDY, results: 2 } }],
  ],
  'aud.110113': [
    [
      NOBODY,
      { action: 'E', outcome: 4, detail: { alert: 'calling AE title not recognized', alertType: '110126', times: 1 } },
    ],
    [
      MARIE,
      { action: 'E', outcome: 4, detail: { alert: 'restricted function refused', act: 'hold', because: 'no role' } },
    ],
    [ARCHIVE, { action: 'E', outcome: 12, detail: { alert: 'a witness refuses the transparency log', why: 'forked' } }],
  ],
  'aud.110114': [
    [MARIE, { action: 'E', detail: { what: '110122', name: 'marie' } }],
    [
      { kind: 'job', name: 'web' },
      { action: 'E', outcome: 4, detail: { what: '110122', name: 'eve', why: 'wrong' } },
    ],
  ],
}

/** Messages of A.5.3 for which no part of the archive has an act yet. */
const LATER: Readonly<Record<string, Sample>> = {
  'aud.110102': [CT1, { action: 'E', ...both, detail: { to: 'WORKSTATION' } }],
  'aud.110105': [ARCHIVE, { action: 'D', ...both, detail: {} }],
  'aud.110107': [MARIE, { action: 'C', ...both, detail: {} }],
  'aud.110108': [CT1, { action: 'E', detail: { subtype: '110124' } }],
}

const CLIENT: Client = { address: '10.0.0.7', port: 50_000 }

function eventOf(type: string, [principal, what]: Sample, n: number): AuditedEvent {
  const client = principal.kind === 'job' && principal.name !== 'web' ? { address: '' } : CLIENT
  const event = { action: 'E', outcome: 0, actor: '', ts: '2026-11-27T01:02:03.004Z', type, ...what } as ArchiveEvent
  const body = bodyText(event, { principal, client, node: 'node-1', id: '01J00000000000000000000000' })
  return { n, body: JSON.parse(body) as Body }
}

export const AUDITED: readonly AuditedEvent[] = [
  ...Object.entries(SAMPLES).flatMap(([type, samples]) => samples.map((sample) => [type, sample] as const)),
  ...Object.entries(LATER),
].map(([type, sample], n) => eventOf(type, sample, n))

/** What an attacker writes into whatever names they may choose. */
export const HOSTILE: readonly string[] = [
  '"><x/><AuditMessage>',
  "'&<>;--><![CDATA[",
  'line\nfeed\r\n<85>1 2026-01-01T00:00:00Z h a p m - forged',
  'nul\u0000 and \u001b[31mescape\u0085\u2028\u2029',
  'lone \ud800 surrogate \udfff and \ufffe',
  '&#0;&lt;%s%n{jndi:ldap://x}',
  'Müller^Jörg 山田 😀',
]
