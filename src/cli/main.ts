/**
 * The command line. Each command is a file of its own, loaded when it is called, so that `--help` and `echo` need not
 * wait for a database.
 */
import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { type Loaded, loadConfig, type OptionKey } from '../config.ts'
import { EXIT, type Exit, explain, output } from './command.ts'
import { addDesk } from './desk/commands.ts'
import type { MigrateFlags } from './migrate/migrate.ts'
import type { QueryFlags } from './query.ts'
import type { SendFlags } from './send.ts'
import type { TlsFlags } from './tls.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

// A reader that has seen enough (`| head`) closes the pipe: that is an end, not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(EXIT.done)
})

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

const wholeNumber = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value)) throw new InvalidArgumentError('A whole number is needed.')
  return value
}

const program = new Command('clearkeep')
  .description('A medical image archive: every bit kept, every act provable, every image clear.')
  .version(version)
  .configureHelp({ showGlobalOptions: true })
  .option('--json', 'records for machines on standard output, one JSON a line')
  .exitOverride()

/** The flags that set an option of the configuration, and the option they set. */
const FLAGS: Readonly<Record<string, OptionKey>> = {
  data: 'data',
  host: 'host',
  open: 'open',
  httpPort: 'http.port',
  dicomPort: 'dicom.port',
  aeTitle: 'dicom.aeTitle',
  database: 'database.url',
}

function configured(flags: Readonly<Record<string, unknown>>): Loaded {
  const set: Partial<Record<OptionKey, unknown>> = {}
  for (const [flag, key] of Object.entries(FLAGS)) if (flags[flag] !== undefined) set[key] = flags[flag]
  return loadConfig(set, flags['config'] as string | undefined)
}

const withData = (command: Command): Command =>
  command
    .option('--data <folder>', 'the data folder (./clearkeep-data)')
    .option('--config <file>', 'options from a YAML or JSON file')
    .option('--database <url>', 'postgres://… for the index instead of SQLite')

const withDoors = (command: Command): Command =>
  withData(command)
    .option('--host <address>', 'address to listen on (127.0.0.1)')
    .option('--http-port <port>', 'web port (8080); 0 picks a free one', wholeNumber)
    .option('--dicom-port <port>', 'DICOM port (11112); 0 picks a free one', wholeNumber)
    .option('--ae-title <title>', 'our AE title (CLEARKEEP)')
    .option('--open', 'no login; refused unless the host is loopback')

const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`

/** Runs a command and turns its answer, or its failure, into the exit code. */
function runs<Rest extends readonly unknown[]>(
  act: (...given: Rest) => Promise<Exit>,
): (...given: Rest) => Promise<void> {
  return async (...given) => {
    try {
      process.exitCode = await act(...given)
    } catch (thrown) {
      process.exitCode = explain(thrown, out())
    }
  }
}

const out = () => output(program.opts<{ json?: boolean }>().json === true)

withDoors(program.command('serve'))
  .description('the archive: DICOM, web, jobs')
  .addHelpText(
    'after',
    examples(
      'clearkeep serve',
      'clearkeep serve --data /srv/images --config clearkeep.yaml',
      'clearkeep serve --open --http-port 0 --dicom-port 0',
    ),
  )
  .action(
    runs(async (flags: Record<string, unknown>) =>
      (await import('./serve.ts')).serve(configured(flags), version, stop.signal, out()),
    ),
  )

withData(program.command('import'))
  .argument('<path...>', 'files, folders, DICOMDIR media, ZIP and TAR archives')
  .description('brings objects in; resumable, idempotent, ends in a report')
  .option('--server <url>', 'into a running archive')
  .option('--token <token>', 'API token for --server')
  .option('--token-file <file>', 'file that holds the API token')
  .option('--resume <file>', 'the list of what earlier runs have brought in')
  .addHelpText(
    'after',
    examples(
      'clearkeep import /media/cdrom',
      'clearkeep import old-archive.zip --data /srv/images',
      'clearkeep import studies --server http://127.0.0.1:8080 --token-file token',
    ),
  )
  .action(
    runs(async (paths: string[], flags: Record<string, unknown>) =>
      (await import('./import-command.ts')).runImport(paths, flags, configured(flags), version, stop.signal, out()),
    ),
  )

withData(program.command('demo'))
  .description('fills an archive with synthetic patients whose images tell stories')
  .option('--server <url>', 'into a running archive')
  .option('--token <token>', 'API token for --server')
  .option('--token-file <file>', 'file that holds the API token')
  .option('--only <stories>', 'some of the stories, separated by commas; docs/demo.md tells them')
  .option('--truth', 'prints what is known of the images as JSON, and brings nothing in')
  .addHelpText(
    'after',
    examples(
      'clearkeep demo --data /srv/trial',
      'clearkeep demo --server http://127.0.0.1:8080 --token-file token',
      'clearkeep demo --only nodule',
    ),
  )
  .action(
    runs(async (flags: Record<string, unknown>) =>
      (await import('./demo.ts')).demo(flags, configured(flags), version, stop.signal, out()),
    ),
  )

const withTls = (command: Command): Command =>
  command
    .option('--tls-ca <file>', 'by TLS: authorities that must have certified the peer (PEM)')
    .option('--tls-cert <file>', 'our certificate (PEM)')
    .option('--tls-key <file>', 'its key (PEM)')

withTls(program.command('echo'))
  .argument('<address>', 'AET@HOST:PORT')
  .description('asks a DICOM node whether it is there (C-ECHO)')
  .option('--calling <aet>', 'our AE title', 'CLEARKEEP')
  .addHelpText('after', examples('clearkeep echo CLEARKEEP@127.0.0.1:11112'))
  .action(
    runs(async (address: string, flags: { calling: string } & TlsFlags) =>
      (await import('./echo.ts')).echo(address, flags, stop.signal, out()),
    ),
  )

withTls(program.command('send'))
  .argument('<address>', 'AET@HOST:PORT')
  .argument('<path...>', 'files, folders, ZIP and TAR archives')
  .description('sends objects as they are (C-STORE)')
  .option('--calling <aet>', 'our AE title', 'CLEARKEEP')
  .option('--commit', 'asks afterwards whether they are kept (storage commitment); only that counts')
  .option('--commit-wait <seconds>', 'how long the answer to that may take', wholeNumber, 60)
  .option('--commit-port <port>', 'where the node may bring its answer, if it does on a new association', wholeNumber)
  .addHelpText(
    'after',
    examples(
      'clearkeep send CLEARKEEP@127.0.0.1:11112 studies',
      'clearkeep send ARCHIVE@archive.example.org:104 studies --commit --commit-port 11113',
    ),
  )
  .action(
    runs(async (address: string, paths: string[], flags: SendFlags) =>
      (await import('./send.ts')).send(address, paths, flags, stop.signal, out()),
    ),
  )

const withKeys = (command: Command): Command =>
  withTls(command)
    .option('--calling <aet>', 'our AE title', 'CLEARKEEP')
    .option('--root <model>', 'patient or study: the information model asked', 'study')
    .option('--level <level>', 'PATIENT, STUDY, SERIES or IMAGE; else that of the deepest UID given')
    .option('--study <uid>', 'Study Instance UID')
    .option('--series <uid>', 'Series Instance UID')
    .option('--instance <uid>', 'SOP Instance UID')
    .option('-k, --key <key...>', 'more keys: PatientID=123, 00100010=DOE*, StudyDate to be told of it')

withKeys(program.command('find'))
  .argument('<address>', 'AET@HOST:PORT')
  .description('asks another archive what it has (C-FIND)')
  .addHelpText(
    'after',
    examples(
      'clearkeep find CLEARKEEP@127.0.0.1:11112 -k PatientName=DOE*',
      'clearkeep find CLEARKEEP@127.0.0.1:11112 --level SERIES --study 1.2.3 --json',
    ),
  )
  .action(
    runs(async (address: string, flags: QueryFlags) =>
      (await import('./find.ts')).find(address, flags, stop.signal, out()),
    ),
  )

withKeys(program.command('get'))
  .argument('<address>', 'AET@HOST:PORT')
  .argument('<folder>', 'where the files go')
  .description('fetches from another archive into a folder (C-GET)')
  .option('--class <uid...>', 'SOP classes that may come; else those the archive says are in the study, or all')
  .option('--syntax <uid...>', 'transfer syntaxes they may come in; else as the archive has them')
  .addHelpText('after', examples('clearkeep get CLEARKEEP@127.0.0.1:11112 study --study 1.2.3'))
  .action(
    runs(async (address: string, folder: string, flags: QueryFlags & { class?: string[]; syntax?: string[] }) =>
      (await import('./get.ts')).get(address, folder, flags, stop.signal, out()),
    ),
  )

withKeys(program.command('move'))
  .argument('<address>', 'AET@HOST:PORT')
  .argument('<destination>', 'AE title the archive knows')
  .description('has another archive send to a destination that it knows (C-MOVE)')
  .addHelpText('after', examples('clearkeep move CLEARKEEP@127.0.0.1:11112 WORKSTATION --study 1.2.3'))
  .action(
    runs(async (address: string, destination: string, flags: QueryFlags) =>
      (await import('./move.ts')).move(address, destination, flags, stop.signal, out()),
    ),
  )

withTls(withData(program.command('migrate')))
  .argument('<address>', 'AET@HOST:PORT of the old archive')
  .description('brings over what another DICOM archive has; resumable, ends in a report of all that differs')
  .option('--server <url>', 'into a running archive; else into the data folder')
  .option('--token <token>', 'API token for --server')
  .option('--token-file <file>', 'file that holds the API token')
  .option('--calling <aet>', 'our AE title', 'CLEARKEEP')
  .option('--root <model>', 'patient or study: the information model asked', 'study')
  .option(
    '--move <aet>',
    'by C-MOVE to this AE title, which the old archive knows as the one of --server; else by C-GET',
  )
  .option('--parallel <studies>', 'studies at a time', wholeNumber, 2)
  .option('--rate <megabytes>', 'no more than so many megabytes a second, together', wholeNumber, 0)
  .option('--book <file>', 'what was listed and fetched, to go on from (migration-AET.db)')
  .option('--report <folder>', 'where the reports go (migration-AET)')
  .addHelpText(
    'after',
    examples(
      'clearkeep migrate OLDPACS@10.0.0.9:104 --data /srv/images',
      'clearkeep migrate OLDPACS@10.0.0.9:104 --server http://127.0.0.1:8080 --token-file token --parallel 4 --rate 20',
    ),
  )
  .action(
    runs(async (address: string, flags: MigrateFlags) =>
      (await import('./migrate/migrate.ts')).migrate(address, flags, configured(flags), version, stop.signal, out()),
    ),
  )

withData(program.command('verify'))
  .argument('[folder]', 'a data folder, a log folder (log/2026), or a copy of either; else --data')
  .description('checks a data folder or a log, offline and step by step; never writes')
  .option(
    '--key <key...>',
    'the log’s verifier key (name+id+key), or a file that holds it, from elsewhere than the log',
  )
  .option('--checkpoint <file...>', 'checkpoints kept elsewhere: the log must extend each')
  .option('--witness <key...>', 'verifier keys of witnesses: when they saw the log, and what was there by then')
  .addHelpText(
    'after',
    examples(
      'clearkeep verify --data /srv/images',
      'clearkeep verify /media/backup/images --key log.key --checkpoint kept/2026-*.txt',
      'clearkeep verify log/2026 --key archive.example.org/log/2026+9c115f74+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4',
      'clearkeep verify --json | grep failed',
    ),
  )
  .action(
    runs(async (folder: string | undefined, flags: Record<string, unknown>) =>
      (await import('./verify.ts')).verify(folder ?? configured(flags).config.data, flags, stop.signal, out()),
    ),
  )

withData(program.command('seal'))
  .argument('[study...]', 'Study Instance UIDs')
  .description('moves studies from the inbox into the vault now')
  .option('--all', 'whatever is not sealed')
  .option('--server <url>', 'of a running archive')
  .option('--token <token>', 'API token for --server')
  .option('--token-file <file>', 'file that holds the API token')
  .addHelpText(
    'after',
    examples(
      'clearkeep seal --all --data /srv/images',
      'clearkeep seal 1.2.3 --server http://127.0.0.1:8080 --token-file token',
    ),
  )
  .action(
    runs(async (studies: string[], flags: Record<string, unknown>) =>
      (await import('./seal.ts')).seal(studies, flags, configured(flags), version, stop.signal, out()),
    ),
  )

withData(program.command('cold'))
  .argument('<study...>', 'Study Instance UIDs')
  .description('moves studies to the cold store now (vault.cold), whatever vault.coldRules say')
  .option('--server <url>', 'of a running archive')
  .option('--token <token>', 'API token for --server')
  .option('--token-file <file>', 'file that holds the API token')
  .addHelpText(
    'after',
    examples(
      'clearkeep cold 1.2.3 --data /srv/images',
      'clearkeep cold 1.2.3 4.5.6 --server http://127.0.0.1:8080 --token-file token',
    ),
  )
  .action(
    runs(async (studies: string[], flags: Record<string, unknown>) =>
      (await import('./cold.ts')).cold(studies, flags, configured(flags), version, stop.signal, out()),
    ),
  )

withData(program.command('export'))
  .argument('<file>', 'the ZIP file to make; nothing is written over')
  .description('the time capsule of a patient: every original, and a page that shows them without this archive')
  .requiredOption('--capsule <id>', 'Patient ID')
  .option('--issuer <issuer>', 'Issuer of Patient ID, where it has one')
  .option('--server <url>', 'out of a running archive')
  .option('--token <token>', 'API token for --server')
  .option('--token-file <file>', 'file that holds the API token')
  .addHelpText(
    'after',
    examples(
      'clearkeep export --capsule SYN-0001 --issuer "CLEARKEEP SYNTHETIC" capsule.zip --data /srv/images',
      'clearkeep export --capsule 4711 capsule.zip --server http://127.0.0.1:8080 --token-file token',
    ),
  )
  .action(
    runs(async (file: string, flags: Record<string, unknown>) =>
      (await import('./export.ts')).exportCapsule(file, flags, configured(flags), version, stop.signal, out()),
    ),
  )

withData(program.command('inventory'))
  .argument('<file>', 'the ZIP file to make; nothing is written over')
  .description(
    'a DICOM inventory of everything, for an archive that takes over: what there is, and where its files lie',
  )
  .option('--base <uri>', 'where whoever reads it finds the data folder; its path on this machine unless --server')
  .option('--server <url>', 'out of a running archive')
  .option('--token <token>', 'API token for --server')
  .option('--token-file <file>', 'file that holds the API token')
  .addHelpText(
    'after',
    examples(
      'clearkeep inventory inventory.zip --data /srv/images',
      'clearkeep inventory inventory.zip --base nfs://archive/images/ --server http://127.0.0.1:8080 --token-file token',
    ),
  )
  .action(
    runs(async (file: string, flags: Record<string, unknown>) =>
      (await import('./inventory.ts')).inventory(file, flags, configured(flags), version, stop.signal, out()),
    ),
  )

withData(program.command('fixity').alias('scrub'))
  .argument('[study...]', 'Study Instance UIDs; everything when none is named')
  .description('reads what is kept again, in every copy, and mends what is bad from a good one')
  .option('--server <url>', 'of a running archive')
  .option('--token <token>', 'API token for --server')
  .option('--token-file <file>', 'file that holds the API token')
  .option('--recreate-vault', 'the vault’s folder has gone for good: make it again from a mirror')
  .addHelpText(
    'after',
    examples(
      'clearkeep fixity --data /srv/images',
      'clearkeep fixity 1.2.3 --server http://127.0.0.1:8080 --token-file token',
    ),
  )
  .action(
    runs(async (studies: string[], flags: Record<string, unknown>) =>
      (await import('./fixity.ts')).fixity(studies, flags, configured(flags), version, stop.signal, out()),
    ),
  )

const PASSPHRASE = 'file that holds the passphrase of keys and accounts; keep it elsewhere than the backup'

withData(program.command('backup'))
  .argument('<folder>', 'where to, best on another machine’s disk; used again, it takes only what is new')
  .description('copies everything that must not be lost; the archive may run')
  .option('--passphrase-file <file>', PASSPHRASE)
  .option('--without-vault', 'the vault has a mirror (vault.mirrors)')
  .option('--check', 'read what the backup has of the vault again, every byte')
  .addHelpText(
    'after',
    examples(
      'clearkeep backup /mnt/backup/images --data /srv/images --passphrase-file /root/backup-passphrase',
      'clearkeep verify /mnt/backup/images',
    ),
  )
  .action(
    runs(async (folder: string, flags: Record<string, unknown>) =>
      (await import('./backup.ts')).backup(folder, flags, configured(flags), stop.signal, out()),
    ),
  )

const keys = program.command('keys').description('the wrapping keys of encrypted copies (vault.mirrors)')
withData(keys.command('check'))
  .description('unwraps the key of every study in every encrypted mirror; the archive may run')
  .addHelpText('after', examples('clearkeep keys check --data /srv/images'))
  .action(runs(async (flags: Record<string, unknown>) => (await import('./keys.ts')).check(configured(flags), out())))
withData(keys.command('rotate'))
  .description('makes a new wrapping key, wraps the keys of all studies with it, and forgets the old one')
  .addHelpText('after', examples('clearkeep keys rotate --data /srv/images'))
  .action(
    runs(async (flags: Record<string, unknown>) =>
      (await import('./keys.ts')).rotate(configured(flags), version, stop.signal, out()),
    ),
  )
withData(keys.command('export'))
  .argument('<file>', 'where to; it must not be there')
  .description('writes the wrapping keys under a passphrase, to be kept away from this machine')
  .option('--passphrase-file <file>', PASSPHRASE)
  .addHelpText('after', examples('clearkeep keys export /mnt/safe/keys --passphrase-file /root/key-passphrase'))
  .action(
    runs(async (file: string, flags: Record<string, unknown>) =>
      (await import('./keys.ts')).exportKeys(file, flags, configured(flags), out()),
    ),
  )
withData(keys.command('import'))
  .argument('<file>', 'what was exported')
  .description('puts exported wrapping keys into keys/, beside those that are there')
  .option('--passphrase-file <file>', PASSPHRASE)
  .addHelpText('after', examples('clearkeep keys import /mnt/safe/keys --passphrase-file /root/key-passphrase'))
  .action(
    runs(async (file: string, flags: Record<string, unknown>) =>
      (await import('./keys.ts')).importKeys(file, flags, configured(flags), out()),
    ),
  )

withData(program.command('restore'))
  .argument('<folder>', 'a backup')
  .description('makes a data folder from a backup')
  .option('--passphrase-file <file>', PASSPHRASE)
  .addHelpText(
    'after',
    examples('clearkeep restore /mnt/backup/images --data /srv/images --passphrase-file /root/backup-passphrase'),
  )
  .action(
    runs(async (folder: string, flags: Record<string, unknown>) =>
      (await import('./backup.ts')).restore(folder, flags, configured(flags), stop.signal, out()),
    ),
  )

withData(program.command('rebuild'))
  .description('makes the index again from storage alone')
  .option('--dump [file]', 'write every durable fact in canonical form to a file, or to standard output')
  .addHelpText('after', examples('clearkeep rebuild --data /srv/images', 'clearkeep rebuild --dump facts.jsonl'))
  .action(
    runs(async (flags: Record<string, unknown>) =>
      (await import('./rebuild.ts')).rebuild(flags['dump'] as string | true | undefined, configured(flags), out()),
    ),
  )

program
  .command('witness')
  .description('a small separate program that cosigns an audit log and refuses one that was forked or cut short')
  .requiredOption('--folder <folder>', 'its key and what it has cosigned; not a data folder')
  .requiredOption('--name <name>', 'the name it signs with, such as witness.example.org')
  .requiredOption('--log <key...>', 'verifier keys of the logs it knows, or files that hold them')
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <port>', 'port; 0 picks a free one', wholeNumber, 8090)
  .addHelpText(
    'after',
    examples(
      'clearkeep witness --folder witness --name witness.example.org --log log.key',
      'curl -s http://127.0.0.1:8090/checkpoints',
    ),
  )
  .action(
    runs(async (flags: { folder: string; name: string; log: string[]; host: string; port: number }) =>
      (await import('./witness.ts')).witness(flags, stop.signal, out()),
    ),
  )

withDoors(program.command('config'))
  .description('prints each option, its value and where it came from')
  .addHelpText('after', examples('clearkeep config', 'clearkeep config --config clearkeep.yaml --json'))
  .action(
    runs(async (flags: Record<string, unknown>) =>
      (await import('./show-config.ts')).showConfig(configured(flags), out()),
    ),
  )

withDoors(program.command('doctor'))
  .description('looks for what is wrong with an installation and says what to do')
  .addHelpText('after', examples('clearkeep doctor --data /srv/images'))
  .action(
    runs(async (flags: Record<string, unknown>) =>
      (await import('./doctor.ts')).doctor(() => configured(flags), out()),
    ),
  )

addDesk({ program, wholeNumber, examples, runs, signal: stop.signal, out })

try {
  await program.parseAsync()
} catch (thrown) {
  if (!(thrown instanceof CommanderError)) throw thrown
  process.exitCode = thrown.exitCode === 0 ? EXIT.done : EXIT.usage
}
