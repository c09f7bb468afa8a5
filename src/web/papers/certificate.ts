/** The certificate of a destruction as a paper: the signed JSON, which proves it, is attached. */
import type { Certificate } from '../../archive/disposition/certificate.ts'
import { type Paper, table } from '../../pdf/paper.ts'

/** NIST SP 800-88 Rev. 1, 2.5. */
const METHODS: Readonly<Record<string, string>> = {
  clear: 'Clear: removed through the interface of the store',
  'crypto-erase': 'Cryptographic erase: the key of the study was destroyed first, then everything removed',
}

export function certificatePaper(certificate: Certificate, number: number): Paper {
  const { tombstone, reason, papers, law, done, waits, beyond, acts } = certificate
  const { study, studyDate, modalities, series, instances, bytes, manifest, eligibleOn, rules, holdsChecked } =
    tombstone
  const moment = ({ by, at }: { readonly by: string; readonly at: string }) => `${by}, ${at}`
  return {
    title: `Certificate of destruction ${number}`,
    about:
      done === null
        ? 'The tombstone is written and there is no way back; some copies may be left until the places they are in are reached.'
        : 'Every copy this archive had of the study named here was destroyed, by people, under the rules named here.',
    at: done?.at ?? tombstone.at,
    parts: [
      { is: 'heading', text: 'What was destroyed' },
      {
        is: 'facts',
        facts: [
          ['Study Instance UID', study],
          ['Study date', studyDate || 'none'],
          ['Modalities', modalities.replaceAll('\\', ', ') || 'not stated'],
          ['Series, objects', `${series}, ${instances.length}`],
          ['Bytes as received', String(bytes)],
          ['List of objects (SHA-256)', manifest],
        ],
      },
      { is: 'heading', text: 'Why it was lawful' },
      {
        is: 'facts',
        facts: [
          ['Might be considered from', eligibleOn],
          ['Rules in force (SHA-256)', rules],
          ['Legal holds looked at', `${holdsChecked}: none covered it`],
          ['Reason', reason],
          ...Object.entries(papers).map(([step, paper]) => [`Paper: ${step}`, paper] as const),
        ],
      },
      ...(law.length === 0
        ? []
        : [
            { is: 'text', text: 'The rules that reached furthest, as the site had adopted them:' } as const,
            { is: 'list', items: law.map(({ id, title, source }) => `${title}: ${source} (${id})`) } as const,
          ]),
      { is: 'heading', text: 'Who decided it' },
      {
        is: 'facts',
        facts: [
          ['Proposed', moment(tombstone.proposed)],
          ...tombstone.approved.map(
            (deed, at) => [at === 0 ? 'First approval' : 'Second approval', moment(deed)] as const,
          ),
          ['Tombstone written', tombstone.at],
          ['Every copy gone', done?.at ?? 'not yet'],
        ],
      },
      { is: 'heading', text: 'What was done to each copy (NIST SP 800-88)' },
      ...table(
        [
          { title: 'Where', share: 4 },
          { title: 'How', share: 5 },
          { title: 'Files or rows', share: 2 },
          { title: 'Still there', share: 4 },
        ],
        (done?.copies ?? []).map(({ where, method, objects, locked }) => [
          where,
          METHODS[method] ?? method,
          String(objects),
          locked === undefined
            ? 'nothing'
            : `${locked.objects} locked until ${locked.until}, unreadable without the key`,
        ]),
      ),
      ...(waits === ''
        ? []
        : [{ is: 'text', text: `Not yet: ${waits}. It is destroyed when that day has come.` } as const]),
      { is: 'text', text: beyond },
      { is: 'heading', text: 'How to check it' },
      {
        is: 'text',
        text: `The file destruction-${number}.json is attached to this paper. It has the acts named below as the archive’s log has them, each with its proof (C2SP tlog-proof); who has the log’s key can check them without the archive.`,
      },
      {
        is: 'table',
        columns: [
          { title: 'Entry', share: 1 },
          { title: 'Leaf of the log', share: 8 },
        ],
        rows: acts.map(({ n, leaf }) => [String(n), leaf]),
      },
      { is: 'heading', text: 'Objects' },
      ...table(
        [
          { title: 'Entry', share: 1 },
          { title: 'SOP Instance UID', share: 5 },
          { title: 'SHA-256 of the data set', share: 6 },
        ],
        instances.map(([n, , instance, ds]) => [String(n), instance, ds]),
      ),
    ],
    attached: [
      {
        name: `destruction-${number}.json`,
        type: 'application/json',
        says: 'The certificate with its proofs',
        bytes: Buffer.from(`${JSON.stringify(certificate, undefined, 1)}\n`),
      },
    ],
  }
}
