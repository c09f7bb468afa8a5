/** What the pages of the four questions share: the answer in a sentence, its downloads, its acts, and where it ends. */
import { Button } from '@mantine/core'
import { Icon } from '../ui/icons.tsx'
import { Mark, type Tone } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import styles from './Questions.module.css'

export interface AnswerProps {
  readonly tone: Tone
  /** One or two words. */
  readonly verdict: string
  readonly answer: string
  readonly at: string
}

export function Answer({ tone, verdict, answer, at }: AnswerProps) {
  return (
    <div className={styles.answer} role="status">
      <div>
        <Mark tone={tone}>{verdict}</Mark>
      </div>
      <p className={styles.sentence}>{answer}</p>
      <span className={styles.dim}>As of {formatMoment(at)}. Asking is itself an entry of the log.</span>
    </div>
  )
}

export interface DownloadsProps {
  /** The report's address, without what tells its form. */
  readonly path: string
  /** With its question mark, or ''. */
  readonly search?: string
}

const FORMS = [
  ['pdf', 'Paper (PDF)', 'To be read and filed: PDF/A.'],
  ['csv', 'Table (CSV)', 'A table for a spreadsheet.'],
  [
    'ndjson',
    'With proofs (NDJSON)',
    'With the entries it rests on and their proofs: clearkeep verify checks it offline.',
  ],
] as const

export function Downloads({ path, search = '' }: DownloadsProps) {
  return FORMS.map(([form, label, title]) => (
    <Button
      key={form}
      component="a"
      variant="default"
      title={title}
      href={`${path}.${form}${search}`}
      download
      leftSection={<Icon name="download" size={16} />}
    >
      {label}
    </Button>
  ))
}

export interface Told {
  readonly n: number
  readonly ts: string
  readonly sentence: string
}

export function Acts({ title, acts, none }: { title: string; acts: readonly Told[]; none: string }) {
  return (
    <Section title={title}>
      {acts.length === 0 ? (
        <EmptyState icon="check" title={none} small />
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">What happened</th>
                <th scope="col">Entry</th>
              </tr>
            </thead>
            <tbody>
              {acts.map(({ n, ts, sentence }) => (
                <tr key={n}>
                  <td className={styles.when}>
                    <time dateTime={ts}>{formatMoment(ts)}</time>
                  </td>
                  <td>{sentence}</td>
                  <td className={styles.number}>
                    <Entry n={n} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}

/** An entry of the log, which leads to its proof. */
export const Entry = ({ n }: { readonly n: number }) => (
  <a className={styles.link} href={`/api/log/proof/${n}`} title="Its proof, as a file">
    {n}
  </a>
)

/** The signed end of what was counted, to keep or to compare. */
export function Checkpoint({ text }: { readonly text: string }) {
  return (
    <Section title="Where it ends">
      <p className={styles.note}>
        The log as it was signed when this was asked: nothing later is in the answer, nothing earlier is left out. Keep
        it to compare.
      </p>
      <pre className={styles.uid}>{text}</pre>
    </Section>
  )
}
