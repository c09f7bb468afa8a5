/** The commands of the desks: `retention`, `hold`, `dispose`, `identity`, `routing`, each with steps of its own. */
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
}

const asking = (command: Command): Command =>
  command
    .option('--server <url>', 'of the running archive (http://127.0.0.1:8080)')
    .option('--token <token>', 'API token of the person who acts')
    .option('--token-file <file>', 'file that holds the API token')
const because = (command: Command): Command => asking(command).option('--reason <text>', 'why; the audit log keeps it')
const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]
const which = () => new Argument('<which>', 'which of the approvals').choices(['first', 'second'])

function addRetention({ program, wholeNumber, examples, runs, signal, out }: Desk): void {
  const retention = program
    .command('retention')
    .description('until when studies are kept, by which rules, and how rules are adopted')
    .addHelpText(
      'after',
      examples(
        `clearkeep retention calendar ${AT}`,
        `clearkeep retention show 1.2.3 ${AT}`,
        `clearkeep retention propose --jurisdictions us,us-ca --institution hospital --reason "By counsel." ${AT}`,
        `clearkeep retention approve 17 second --reason "Agreed." ${AT}`,
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
  because(retention.command('approve'))
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
        `clearkeep hold release 17 --reason "The case is closed." ${AT}`,
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
    because(hold.command(step))
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
        `clearkeep dispose approve 17 first --reason "Looked at it." ${AT}`,
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
  because(dispose.command('approve'))
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
