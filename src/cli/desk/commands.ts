/** The commands of the desks: `retention`, `hold`, `dispose`, `erasure`, `identity`, `routing`, each with steps of its own. */
import { Argument, type Command } from 'commander'
import type { Exit, Output } from '../command.ts'
import type { Flags } from './asking.ts'

export interface Desk {
  readonly program: Command
  readonly wholeNumber: (text: string) => number
  readonly examples: (...lines: readonly string[]) => string
  readonly runs: <Rest extends readonly unknown[]>(
    act: (...given: Rest) => Promise<Exit>,
  ) => (...given: Rest) => Promise<void>
  readonly signal: AbortSignal
  readonly out: () => Output
}

const AT = '--server http://127.0.0.1:8080 --token-file token'

export function addDesk(desk: Desk): void {
  addRetention(desk)
  addHold(desk)
  addDispose(desk)
  addIdentity(desk)
  addRouting(desk)
  addErasure(desk)
}

const asking = (command: Command): Command =>
  command
    .option('--server <url>', 'of the running archive (http://127.0.0.1:8080)')
    .option('--token <token>', 'API token of the person who acts')
    .option('--token-file <file>', 'file that holds the API token')
/** An approval: with a reason, and signed. */
const approving = (command: Command): Command =>
  because(command)
    .option('--password-file <file>', 'file that holds your password: an approval is signed')
    .option('--code <code>', 'of your second factor, where there is one')
const because = (command: Command): Command => asking(command).option('--reason <text>', 'why; the audit log keeps it')
const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]
const which = () => new Argument('<which>', 'which of the approvals').choices(['first', 'second'])

function addRetention(desk: Desk): void {
  const { program, wholeNumber, examples, runs, signal, out } = desk
  const retention = program
    .command('retention')
    .description('until when studies are kept, by which rules, and how rules are adopted')
    .addHelpText(
      'after',
      examples(
        `clearkeep retention calendar ${AT}`,
        `clearkeep retention show 1.2.3 ${AT}`,
        `clearkeep retention propose --jurisdictions us,us-ca --institution hospital --reason "By counsel." ${AT}`,
        `clearkeep retention approve 17 second --reason "Agreed." --password-file password ${AT}`,
        `clearkeep retention tell --study 1.2.3 tag.cancer=yes diagnosis=2020-05-01 --reason "Tumour board." ${AT}`,
        `clearkeep retention let-go 1.2.3 --evidence "Birth certificate" --reason "An adult." ${AT}`,
      ),
    )
  const here = () => import('./retention.ts')
  const choice = (command: Command): Command =>
    command
      .option('--jurisdictions <list>', 'whose law, with commas: us,us-ca')
      .option('--institution <kind>', 'what kind of institution: hospital, practice, …')
      .option('--instead', 'of the rules that count, not beside them')
  asking(retention.command('show'))
    .argument('<study>', 'Study Instance UID')
    .description('until when a study is kept, and why')
    .action(runs(async (study: string, flags: Flags) => (await here()).showRetention(study, flags, signal, out())))
  choice(asking(retention.command('calendar')))
    .description('what may be considered when; with other rules: what they would change')
    .action(runs(async (flags: Flags) => (await here()).showCalendar(flags, signal, out())))
  asking(retention.command('due'))
    .option('--from <day>', 'YYYY-MM-DD')
    .option('--until <day>', 'YYYY-MM-DD, not counted itself (tomorrow)')
    .description('the studies that may be considered')
    .action(runs(async (flags: Flags) => (await here()).listDue(flags, signal, out())))
  asking(retention.command('rules'))
    .description('rules that count, were proposed, or counted once')
    .action(runs(async (flags: Flags) => (await here()).listRules(flags, signal, out())))
  because(choice(retention.command('propose')))
    .option('--lock', 'compliance mode: nobody can ever replace them')
    .description('proposes rules: another person adopts them')
    .action(runs(async (flags: Flags) => (await here()).proposeRules(flags, signal, out())))
  approving(retention.command('approve'))
    .argument('<number>', 'of the proposal', wholeNumber)
    .addArgument(which())
    .description('approves rules; with the second they count')
    .action(
      runs(async (id: number, step: 'first' | 'second', flags: Flags) =>
        (await here()).stepOfRules(`approve/${step}`, id, flags, signal, out()),
      ),
    )
  because(retention.command('end'))
    .argument('<number>', 'of the proposal', wholeNumber)
    .description('withdraws or refuses what was proposed')
    .action(runs(async (id: number, flags: Flags) => (await here()).stepOfRules('end', id, flags, signal, out())))
  addKnown(retention, desk)
}

/** What people say, and dates they let go. */
function addKnown(retention: Command, { wholeNumber, runs, signal, out }: Desk): void {
  const here = () => import('./known.ts')
  const about = (command: Command): Command =>
    command
      .option('--study <uid>', 'of a study')
      .option('--patient <key>', 'of a patient, by the key of a page')
      .option('--trial <name>', 'of a trial')
  about(asking(retention.command('facts')))
    .description('what people said that neither images nor messages say')
    .action(runs(async (flags: Flags) => (await here()).showFacts(flags, signal, out())))
  about(because(retention.command('tell')))
    .argument('<fact=value...>', 'death=2020-01-31, tag.cancer=yes, trial=NAME; nothing after = takes it back')
    .option('--preview', 'only what would follow')
    .description('says it: a later date counts at once, where it would end earlier the promised one stands')
    .action(runs(async (facts: string[], flags: Flags) => (await here()).tellFacts(facts, flags, signal, out())))
  asking(retention.command('reductions'))
    .description('dates that stand and are to be let go, or were')
    .action(runs(async (flags: Flags) => (await here()).listReductions(flags, signal, out())))
  because(retention.command('let-go'))
    .argument('<study>', 'Study Instance UID')
    .option('--evidence <text>', 'the paper it rests on')
    .description('proposes to let go the date that stands for a study: two others approve')
    .action(runs(async (study: string, flags: Flags) => (await here()).proposeReduction(study, flags, signal, out())))
  approving(retention.command('approve-let-go'))
    .argument('<number>', 'of the reduction', wholeNumber)
    .addArgument(which())
    .description('approves it; with the second the date is let go')
    .action(
      runs(async (id: number, step: 'first' | 'second', flags: Flags) =>
        (await here()).stepOfReduction(`approve/${step}`, id, flags, signal, out()),
      ),
    )
  because(retention.command('keep-date'))
    .argument('<number>', 'of the reduction', wholeNumber)
    .description('withdraws or refuses it: the date stands')
    .action(runs(async (id: number, flags: Flags) => (await here()).stepOfReduction('end', id, flags, signal, out())))
}

function addErasure({ program, wholeNumber, examples, runs, signal, out }: Desk): void {
  const erasure = program
    .command('erasure')
    .description('requests of patients that their data be erased (GDPR Art. 17)')
    .addHelpText(
      'after',
      examples(
        `clearkeep erasure list ${AT}`,
        `clearkeep erasure record KEY --asked-on 2026-11-20 --by "The patient, by letter." --identity "Passport seen." ${AT}`,
        `clearkeep erasure answer 17 ${AT}`,
        `clearkeep erasure letter 17 --out letter.txt ${AT}`,
      ),
    )
  const here = () => import('./erasure.ts')
  asking(erasure.command('list'))
    .description('every request, newest first, and what the rules say to it')
    .action(runs(async (flags: Flags) => (await here()).listErasures(flags, signal, out())))
  asking(erasure.command('record'))
    .argument('<patient>', 'the key of the patient, as in the address of a page')
    .option('--asked-on <day>', 'YYYY-MM-DD')
    .option('--by <text>', 'who asked, and how')
    .option('--identity <text>', 'how it was made sure who asked')
    .option('--study <uid>', 'only this study; again for more', several)
    .description('records a request: it has to be answered within a month')
    .action(runs(async (patient: string, flags: Flags) => (await here()).recordErasure(patient, flags, signal, out())))
  asking(erasure.command('answer'))
    .argument('<number>', 'of the request', wholeNumber)
    .option('--reason <text>', 'stands in the letter')
    .description('answers it by the rules as they are today')
    .action(runs(async (id: number, flags: Flags) => (await here()).answerErasure(id, flags, signal, out())))
  asking(erasure.command('letter'))
    .argument('<number>', 'of the request', wholeNumber)
    .option('--out <file>', 'where to; not overwritten (erasure-NUMBER.txt)')
    .option('--pdf', 'as a paper')
    .description('the letter to the patient')
    .action(runs(async (id: number, flags: Flags) => (await here()).letter(id, flags, signal, out())))
}

function addHold({ program, wholeNumber, examples, runs, signal, out }: Desk): void {
  const hold = program
    .command('hold')
    .description('legal holds: placed by one person, released by two')
    .addHelpText(
      'after',
      examples(
        `clearkeep hold list ${AT}`,
        `clearkeep hold place --matter "Roe v. Hospital" --reason "Letter of counsel." --study 1.2.3 ${AT}`,
        `clearkeep hold release 17 --reason "The case is closed." --password-file password ${AT}`,
      ),
    )
  const here = () => import('./hold.ts')
  asking(hold.command('list'))
    .description('every hold, newest first')
    .action(runs(async (flags: Flags) => (await here()).listHolds(flags, signal, out())))
  because(hold.command('place'))
    .option('--matter <text>', 'the case, claim or request it is for')
    .option('--study <uid>', 'a study; again for more', several)
    .option('--patient <key>', 'a patient, by the key of a page; again for more', several)
    .option('--words <text>', 'what a search finds, now and later')
    .option('--modality <code>', 'only of that')
    .option('--from <date>', 'study date, YYYYMMDD')
    .option('--to <date>', 'study date, YYYYMMDD')
    .description('places a hold')
    .action(runs(async (flags: Flags) => (await here()).placeHold(flags, signal, out())))
  const steps = [
    ['ask', 'asks for its release'],
    ['keep', 'refuses the release, or withdraws it'],
    ['release', 'releases it: the second of two people'],
  ] as const
  for (const [step, says] of steps)
    (step === 'release' ? approving : because)(hold.command(step))
      .argument('<number>', 'of the hold', wholeNumber)
      .description(says)
      .action(runs(async (id: number, flags: Flags) => (await here()).stepOfHold(step, id, flags, signal, out())))
}

function addDispose({ program, wholeNumber, examples, runs, signal, out }: Desk): void {
  const dispose = program
    .command('dispose')
    .description('lawful destruction: proposed by one person, approved by two others')
    .addHelpText(
      'after',
      examples(
        `clearkeep dispose list ${AT}`,
        `clearkeep dispose propose 1.2.3 --looked-at 1.2.3 --reason "Past its date." ${AT}`,
        `clearkeep dispose approve 17 first --reason "Looked at it." --password-file password ${AT}`,
        `clearkeep dispose certificate 21 --out destruction.json ${AT}`,
      ),
    )
  const here = () => import('./dispose.ts')
  asking(dispose.command('list'))
    .description('what was proposed, newest first, and what became of it')
    .action(runs(async (flags: Flags) => (await here()).listDispositions(flags, signal, out())))
  because(dispose.command('propose'))
    .argument('<study...>', 'Study Instance UIDs')
    .option('--looked-at <study>', 'what was assumed about it was looked at; again for more', several)
    .option('--paper <step=text>', 'what the law wants first, and the paper that shows it; again for more', several)
    .description('proposes studies that are due')
    .action(
      runs(async (studies: string[], flags: Flags) => (await here()).proposeDisposition(studies, flags, signal, out())),
    )
  approving(dispose.command('approve'))
    .argument('<number>', 'of the disposition', wholeNumber)
    .addArgument(which())
    .description('approves it; after the second it cools off')
    .action(
      runs(async (id: number, step: 'first' | 'second', flags: Flags) =>
        (await here()).stepOfDisposition(`approve/${step}`, id, flags, signal, out()),
      ),
    )
  because(dispose.command('end'))
    .argument('<number>', 'of the disposition', wholeNumber)
    .description('calls it off, as far as nothing is destroyed')
    .action(runs(async (id: number, flags: Flags) => (await here()).stepOfDisposition('end', id, flags, signal, out())))
  asking(dispose.command('certificate'))
    .argument('<number>', 'of the tombstone', wholeNumber)
    .option('--out <file>', 'where to; not overwritten (destruction-NUMBER.json)')
    .option('--pdf', 'as a paper: PDF/A, with the proofs attached')
    .description('the certificate of a destruction, with its proofs')
    .action(runs(async (id: number, flags: Flags) => (await here()).certificate(id, flags, signal, out())))
}

function addIdentity({ program, examples, runs, signal, out }: Desk): void {
  const identity = program
    .command('identity')
    .description('which patient IDs are one person: merged, linked, taken back')
    .addHelpText(
      'after',
      examples(
        `clearkeep identity show 'HOSP|4711' ${AT}`,
        `clearkeep identity merge 'HOSP|12' 'HOSP|4711' --reason "Registered twice." ${AT}`,
        `clearkeep identity reviews ${AT}`,
      ),
    )
  const here = () => import('./identity.ts')
  asking(identity.command('show'))
    .argument('<patient>', 'ISSUER|ID, or |ID without an issuer')
    .description('the IDs of a person, and who merged or linked them')
    .action(runs(async (patient: string, flags: Flags) => (await here()).showPerson(patient, flags, signal, out())))
  const acts = [
    ['merge', 'gives the first up for the second'],
    ['unmerge', 'takes that back: everything is as it was'],
    ['link', 'says that both, still in use, are one person'],
    ['unlink', 'takes that back'],
  ] as const
  for (const [op, says] of acts)
    because(identity.command(op))
      .argument('<from>', 'ISSUER|ID')
      .argument('<into>', 'ISSUER|ID')
      .option('--sure', 'they are one person although birth dates or sexes differ')
      .description(says)
      .action(
        runs(async (from: string, into: string, flags: Flags) =>
          (await here()).relate(op, from, into, flags, signal, out()),
        ),
      )
  asking(identity.command('reviews'))
    .option('--all', 'those that were settled too')
    .description('what HL7 told of identities that waits for somebody to decide')
    .action(runs(async (flags: Flags) => (await here()).listReviews(flags, signal, out())))
  because(identity.command('settle'))
    .argument('<review>', 'as reviews lists it')
    .description('says what was done about one of them')
    .action(runs(async (review: string, flags: Flags) => (await here()).settleReview(review, flags, signal, out())))
}

function addRouting({ program, wholeNumber, examples, runs, signal, out }: Desk): void {
  const routing = program
    .command('routing')
    .description('what is sent where by itself, and what waits')
    .addHelpText(
      'after',
      examples(
        `clearkeep routing list ${AT}`,
        `clearkeep routing try rule.json ${AT}`,
        `clearkeep routing add rule.json ${AT}`,
        `clearkeep routing retry WORKSTATION --reason "It is repaired." ${AT}`,
      ),
    )
  const here = () => import('./routing.ts')
  asking(routing.command('list'))
    .description('rules, destinations, and how much waits for each')
    .action(runs(async (flags: Flags) => (await here()).listRouting(flags, signal, out())))
  asking(routing.command('add'))
    .argument('<file>', 'the rule as JSON, as --json list shows it; - for standard input')
    .description('adds a rule: it is about what arrives from here on')
    .action(runs(async (file: string, flags: Flags) => (await here()).addRoute(file, flags, signal, out())))
  asking(routing.command('try'))
    .argument('<file>', 'the rule as JSON')
    .description('which of the studies that came last it would have sent; nothing is sent')
    .action(runs(async (file: string, flags: Flags) => (await here()).tryRoute(file, flags, signal, out())))
  for (const [name, on] of [
    ['on', true],
    ['off', false],
  ] as const)
    asking(routing.command(name))
      .argument('<number>', 'of the rule', wholeNumber)
      .description(`switches a rule ${name}`)
      .action(runs(async (id: number, flags: Flags) => (await here()).switchRoute(id, on, flags, signal, out())))
  asking(routing.command('refused'))
    .argument('<destination>')
    .description('objects a destination refused, and why')
    .action(runs(async (name: string, flags: Flags) => (await here()).listStuck(name, flags, signal, out())))
  const steps = [
    ['retry', 'tries all that waits now, what it refused too'],
    ['drop', 'gives up sending what it refused'],
  ] as const
  for (const [step, says] of steps)
    because(routing.command(step))
      .argument('<destination>')
      .description(says)
      .action(runs(async (name: string, flags: Flags) => (await here()).stepOfQueue(step, name, flags, signal, out())))
}
