/**
 * Fetches the objects of a study from the old archive and brings them in, each with the digest of its data set as it came.
 * What did not come is asked for again by itself; what still does not come is in the report.
 */
import { createHash } from 'node:crypto'
import { ArchiveError, asArchiveError, type ErrorCode } from '../../base/errors.ts'
import { metaGroup } from '../../dicom/part10.ts'
import { isUsableUid } from '../../dicom/uid.ts'
import { type Arriving, get, move, type QueryOptions } from '../../network/services/query.ts'
import type { ImportAnswer } from '../import.ts'
import type { Book, Came, ObjectRow } from './book.ts'
import { keys, listObjects } from './census.ts'
import type { Here } from './here.ts'
import type { Pace } from './pace.ts'

export interface PullOptions {
  readonly query: QueryOptions
  /** AE title by which the old archive knows this one: C-MOVE to it; without it C-GET. */
  readonly moveTo: string | undefined
  readonly pace: Pace
  /** Told of each object. */
  readonly came: (bytes: number) => void
}

/** Objects asked for at once where not all of a study is. */
const AT_ONCE = 50
/** Classes of which every transfer syntax can be proposed by itself on one association. */
const MOST_CLASSES = 2
/** What came is written down after so many, or so long. */
const WRITE_AFTER = 20
const WRITE_MS = 1000
/** How often what did not come is asked for again. */
const TRIES = 3

/** Failures of this archive, and not of the object: going on would only fail again. */
const FATAL: readonly ErrorCode[] = [
  'ACCESS_DENIED',
  'ACCESS_LOGIN',
  'NET_REFUSED',
  'STORE_NO_SPACE',
  'STORE_WRITE_FAILED',
]

/** @throws {ArchiveError} what is no fault of the study: the old archive is away, or this one takes nothing */
export async function pullStudy(
  book: Book,
  here: Here,
  study: string,
  listed: boolean,
  options: PullOptions,
): Promise<void> {
  if (!listed) book.listObjects(study, await listObjects(study, options.query))
  let said = ''
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const open = book.objects(study).filter((one) => !settled(one, book.run, options.moveTo))
    if (open.length === 0) break
    said = (await fetchObjects(book, here, study, open, attempt === 0, options)) || said
    if (options.moveTo !== undefined) await look(book, here, study)
  }
  const lost = book.objects(study).filter((one) => !settled(one, book.run, options.moveTo))
  const why = `the old archive lists it and does not give it${said === '' ? '' : `: ${said}`}`
  book.came(lost.map((one) => failure(study, one.instance, 'NOT_GIVEN', why)))
  await compare(book, here, study)
}

const settled = (one: ObjectRow, run: number, moveTo: string | undefined): boolean =>
  one.came === run && (one.outcome !== 'failed' || moveTo !== undefined)

/** @returns what the old archive said of what it did not give; '' for nothing */
async function fetchObjects(
  book: Book,
  here: Here,
  study: string,
  open: readonly ObjectRow[],
  first: boolean,
  options: PullOptions,
): Promise<string> {
  // Of few classes each object can come as the old archive has it; of many it would choose, and may decode on the way.
  const classes = new Set(open.map((one) => one.sop_class)).size
  const whole = first && classes <= MOST_CLASSES && open.length === book.objects(study).length
  if (whole) return ask(book, here, study, keys('STUDY', [], { study }), open, options)
  let said = ''
  for (const [series, objects] of Map.groupBy(open, (one) => one.series))
    for (let at = 0; at < objects.length; at += AT_ONCE) {
      const some = objects.slice(at, at + AT_ONCE)
      const instances = some.map((one) => one.instance)
      said = (await ask(book, here, study, keys('IMAGE', [], { study, series, instances }), some, options)) || said
    }
  return said
}

async function ask(
  book: Book,
  here: Here,
  study: string,
  asked: Parameters<typeof get>[0],
  objects: readonly ObjectRow[],
  options: PullOptions,
): Promise<string> {
  const { query, moveTo } = options
  if (moveTo !== undefined) return (await move(asked, moveTo, query, () => undefined)).why
  const writing = openWriting(book)
  let fatal: ArchiveError | undefined
  const keep = async (object: Arriving): Promise<void> => {
    if (fatal !== undefined) throw fatal
    try {
      const came = await take(here, study, object, query.calledAet, options)
      writing.add(came)
      if (came.outcome === 'refused') throw new ArchiveError('DICOM_MALFORMED', { at: 0, why: came.why })
    } catch (thrown) {
      const error = asArchiveError(thrown)
      if (FATAL.includes(error.code)) fatal = error
      throw error
    }
  }
  const classes = [...new Set(objects.map((one) => one.sop_class))].filter((one) => isUsableUid(one))
  try {
    const { why } = await get(asked, { classes }, query, keep, () => undefined)
    if (fatal === undefined) return why
  } finally {
    writing.end()
  }
  throw fatal
}

async function take(
  here: Here,
  study: string,
  { sopClass, instance, transferSyntax, dataSet }: Arriving,
  sourceAet: string,
  { pace, came }: PullOptions,
): Promise<Came> {
  const digest = createHash('sha256')
  let bytes = 0
  const pieces = async function* () {
    yield metaGroup({ sopClass, sopInstance: instance, transferSyntax, sourceAet })
    for await (const piece of dataSet) {
      digest.update(piece)
      bytes += piece.length
      await pace.spend(piece.length)
      yield Uint8Array.from(piece)
    }
  }
  if (!isUsableUid(instance) || !isUsableUid(sopClass))
    return failure(study, instance, 'DICOM_INVALID_UID', 'its UID is none')
  let answer: ImportAnswer
  try {
    answer = await here.receive(pieces())
  } catch (thrown) {
    const error = asArchiveError(thrown)
    if (FATAL.includes(error.code)) throw error
    answer = { outcome: 'refused', code: error.code, words: error.fact }
  }
  came(bytes)
  const ds = digest.digest('hex')
  if (answer.outcome === 'refused')
    return { study, instance, ds, outcome: 'refused', code: answer.code, why: answer.words }
  return { study, instance, ds, outcome: answer.outcome, code: '', why: '' }
}

const failure = (study: string, instance: string, code: string, why: string): Came => ({
  study,
  instance,
  ds: '',
  outcome: 'failed',
  code,
  why,
})

/** What came by itself, to this archive's DICOM port, is seen there; what is not failed for now. */
async function look(book: Book, here: Here, study: string): Promise<void> {
  const there = await here.instances(study)
  book.came(
    book
      .objects(study)
      .filter((one) => one.came !== book.run && there.has(one.instance))
      .map((one): Came => ({ study, instance: one.instance, ds: '', outcome: 'stored', code: '', why: '' })),
  )
}

/** What was listed against what is here. */
async function compare(book: Book, here: Here, study: string): Promise<void> {
  const there = await here.instances(study)
  const listed = new Set(book.objects(study).map((one) => one.instance))
  book.pulled(study, [
    ...[...listed].filter((one) => !there.has(one)).map((instance) => ({ instance, kind: 'missing' as const })),
    ...[...there].filter((one) => !listed.has(one)).map((instance) => ({ instance, kind: 'extra' as const })),
  ])
}

/** Gathers what came, so that the book need not be synced for every object. */
function openWriting(book: Book) {
  let gathered: Came[] = []
  let since = Date.now()
  const write = (): void => {
    if (gathered.length > 0) book.came(gathered)
    gathered = []
    since = Date.now()
  }
  return {
    add(came: Came): void {
      gathered.push(came)
      if (gathered.length >= WRITE_AFTER || Date.now() - since > WRITE_MS) write()
    },
    end: write,
  }
}
