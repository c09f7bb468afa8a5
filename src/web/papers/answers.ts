/** The four answers of an audit as papers. What can be checked is the file (NDJSON): a paper names it. */
import type { Answers } from '../../archive/archive.ts'
import { type Paper, type Part, table } from '../../pdf/paper.ts'

type Of<Name extends 'accessReport' | 'integrity' | 'destruction' | 'completeness'> = Awaited<ReturnType<Answers[Name]>>

const heading = (text: string): Part => ({ is: 'heading', text })
const text = (words: string): Part => ({ is: 'text', text: words })
const facts = (...pairs: readonly (readonly [string, string])[]): Part => ({ is: 'facts', facts: pairs })

/** The end of each: where the answer ends in the log, and how it can be checked. */
const ending = (checkpoint: string): readonly Part[] => [
  heading('How to check it'),
  text(
    'This paper is for reading. The file of the same question (NDJSON) has the entries of the log it rests on, each with its proof, and is checked without the archive by “clearkeep verify”. The answer ends at this checkpoint of the log:',
  ),
  {
    is: 'list',
    items: checkpoint
      .trim()
      .split('\n')
      .filter((line) => line !== ''),
  },
]

const acts = (of: readonly { readonly n: number; readonly ts: string; readonly sentence: string }[]): readonly Part[] =>
  table(
    [
      { title: 'Entry', share: 1 },
      { title: 'When', share: 3 },
      { title: 'What', share: 9 },
    ],
    of.map(({ n, ts, sentence }) => [String(n), ts, sentence]),
  )

/** @param patient  `issuer|id` */
export function accessPaper(patient: string, report: Of<'accessReport'>, at: string): Paper {
  const { people, disclosures, since, checkpoint } = report
  return {
    title: 'Who saw this patient’s images',
    about: `Person by person, from ${report.first} to ${report.last}, and to whom images were given since ${since}.`,
    at,
    parts: [
      facts(
        ['Patient', patient],
        ['Acts about the patient', String(report.acts)],
        ['People and systems', String(people.length)],
      ),
      heading('People and systems'),
      ...table(
        [
          { title: 'Who', share: 3 },
          { title: 'Roles', share: 2 },
          { title: 'First', share: 3 },
          { title: 'Last', share: 3 },
          { title: 'Sittings', share: 1.3 },
          { title: 'Images', share: 1.3 },
          { title: 'Looks', share: 1.2 },
          { title: 'Given', share: 1.2 },
          { title: 'Refused', share: 1.3 },
        ],
        people.map((one) => [
          ...[one.who, one.roles.join(', '), one.first, one.last],
          ...[one.sittings, one.instances, one.looks, one.given, one.refused].map(String),
        ]),
      ),
      heading('To whom images were given'),
      ...table(
        [
          { title: 'Entry', share: 1 },
          { title: 'When', share: 3 },
          { title: 'Recipient', share: 3 },
          { title: 'By', share: 2 },
          { title: 'What', share: 3 },
          { title: 'Study', share: 4 },
        ],
        disclosures.map(({ n, ts, recipient, by, what, study, succeeded }) => [
          ...[String(n), ts, recipient, by, succeeded ? what : `${what} (failed)`, study],
        ]),
      ),
      ...ending(checkpoint),
    ],
  }
}

const LOGGED = { same: 'the same', other: 'ANOTHER', absent: 'none', erased: 'erased' } as const

export function integrityPaper(report: Of<'integrity'>): Paper {
  const { study, patientKey, studyDate, modalities, answer, instances, places, checkpoint } = report
  return {
    title: 'Was this image altered?',
    about: answer,
    at: report.at,
    parts: [
      facts(
        ['Study Instance UID', study],
        ['Patient', patientKey || 'not named'],
        ['Study date', studyDate || 'none'],
        ['Modalities', modalities.join(', ')],
        ['Entries of the log about it', String(report.entries)],
      ),
      heading('Objects'),
      ...table(
        [
          { title: 'Entry', share: 1 },
          { title: 'SOP Instance UID', share: 4 },
          { title: 'Received', share: 2.4 },
          { title: 'From', share: 2 },
          { title: 'SHA-256 of the data set', share: 5 },
          { title: 'In the log', share: 1.5 },
          { title: 'Read again', share: 2.4 },
        ],
        instances.map((one) => [
          ...[String(one.n), one.instance, one.received, one.from, one.ds, LOGGED[one.logged]],
          one.reading.at === '' ? 'not yet' : `${one.reading.at}: ${one.reading.result}`,
        ]),
      ),
      heading('Where it is kept'),
      { is: 'list', items: places.map(({ place, state, says }) => `${place}: ${state}. ${says}`) },
      heading('What else happened'),
      ...acts(report.acts),
      ...ending(checkpoint),
    ],
  }
}

export function destructionPaper(report: Of<'destruction'>): Paper {
  return {
    title: 'Was it destroyed lawfully?',
    about: report.answer,
    at: report.at,
    parts: [
      facts(
        ['Study Instance UID', report.study],
        ['Patient', report.patientKey || 'not named'],
        ['Objects here now', String(report.here)],
      ),
      ...report.destructions.flatMap(({ tombstone, at, instances, manifest, steps, law }) => [
        heading(`Tombstone ${tombstone}, ${at}`),
        facts(['Objects', String(instances)], ['List of objects (SHA-256)', manifest]),
        ...table(
          [
            { title: 'What the law wants', share: 3 },
            { title: 'Shown', share: 1 },
            { title: 'What the log says', share: 7 },
            { title: 'Entries', share: 2 },
          ],
          steps.map(({ what, held, fact, entries }) => [what, held, fact, entries.join(' ')]),
        ),
        ...(law.length === 0
          ? []
          : [{ is: 'list', items: law.map(({ id, title, source }) => `${title}: ${source} (${id})`) } as const]),
      ]),
      heading('Acts'),
      ...acts(report.acts),
      ...ending(report.checkpoint),
    ],
  }
}

export function completenessPaper(report: Of<'completeness'>): Paper {
  const { patientKey, from, until, answer, totals, studies, destroyed, incidents, expected, log, outages } = report
  return {
    title: 'Is the record complete?',
    about: answer,
    at: report.at,
    parts: [
      facts(
        ...(patientKey === '' ? [] : [['Patient', patientKey] as const]),
        ['Time', `${from} to ${until}`],
        ['Studies', String(totals.studies)],
        ['Objects received', String(totals.received)],
        ['Here', String(totals.here)],
        ['Destroyed, as tombstones say', String(totals.destroyed)],
        ['Missing', String(totals.missing)],
        ['Here without an arrival', String(totals.unlogged)],
        ['Out of sight', String(totals.rejected)],
        ['Conflicts', String(totals.conflicts)],
        ['Log', `entries ${log.first} to ${log.last}: ${log.entries}, ${log.gaps} missing`],
      ),
      heading('Studies'),
      ...table(
        [
          { title: 'Study', share: 6 },
          { title: 'Received', share: 1.4 },
          { title: 'Here', share: 1.2 },
          { title: 'Destroyed', share: 1.5 },
          { title: 'Missing', share: 1.3 },
          { title: 'Out of sight', share: 1.4 },
        ],
        studies.map((one) => [
          ...[one.study, String(one.received), String(one.here), String(one.destroyed), String(one.missing.length)],
          String(one.rejected),
        ]),
      ),
      ...(report.truncated ? [text('There are more studies than are listed.')] : []),
      heading('Destroyed'),
      ...table(
        [
          { title: 'Tombstone', share: 1.5 },
          { title: 'Study', share: 6 },
          { title: 'When', share: 3 },
          { title: 'Objects', share: 1.3 },
        ],
        destroyed.map(({ tombstone, study, at, instances }) => [String(tombstone), study, at, String(instances)]),
      ),
      heading('What others expected'),
      ...table(
        [
          { title: 'Entry', share: 1 },
          { title: 'When', share: 3 },
          { title: 'By', share: 3 },
          { title: 'Asked for', share: 1.4 },
          { title: 'Found', share: 1.4 },
        ],
        expected.map(({ n, at, by, expected: wanted, found }) => [String(n), at, by, String(wanted), String(found)]),
      ),
      heading('What happened beside'),
      ...acts(incidents),
      heading('When the archive did not run'),
      ...table(
        [
          { title: 'From', share: 3 },
          { title: 'Until', share: 3 },
          { title: 'Stopped in order', share: 2 },
        ],
        outages.map(({ from: began, until: ended, orderly }) => [began, ended, orderly ? 'yes' : 'no']),
      ),
      ...ending(report.checkpoint),
    ],
  }
}
