/**
 * Sends many objects to one destination (PS3.4 Annex B as SCU): each as it is stored, never transcoded, with a result of
 * its own.
 *
 * Of each object only the header is read ahead, to know what to propose: one presentation context for each pair of SOP
 * class and transfer syntax, with that transfer syntax alone, so that what is accepted is what we have. An association
 * holds at most 128 of them; a new one is opened when others are needed, or when one was lost.
 */
import type { ByteStream, Bytes } from '../../base/bytes.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import { openReader } from '../../dicom/reader.ts'
import { isTransferSyntax, transferSyntax } from '../../dicom/transfer-syntaxes.ts'
import { statusInWords } from '../dimse/statuses.ts'
import { type Association, type AssociationOptions, MOST_CONTEXTS, openAssociation } from './client.ts'

/** A Part 10 file, or what the reader takes for one. */
export interface SendSource {
  readonly name: string
  /** Can it be opened but once, and must be taken before the next appears? */
  readonly inOrder: boolean
  open(): ByteStream
}

export interface SendResult {
  readonly name: string
  /** Empty when the header could not be read that far. */
  readonly sopClass: string
  readonly sopInstance: string
  readonly transferSyntax: string
  /**
   * `stored` and `warning` are kept by the peer. `refused`: it said no. `not accepted`: it takes no such objects.
   * `unreadable`: ours is at fault. `failed`: the association or the connection was.
   */
  readonly outcome: 'stored' | 'warning' | 'refused' | 'not accepted' | 'unreadable' | 'failed'
  readonly status: number | undefined
  /** Empty when all is well. */
  readonly why: string
}

export type SendOptions = Omit<AssociationOptions, 'contexts'>

/** Headers read ahead of the sending, at most. */
const BATCH = 500
/** A header without UIDs for this long has none. */
const LONGEST_HEADER = 4 * 1024 * 1024 // bytes
/** Associations lost one after the other, without an object sent between, before we give up. */
const MOST_LOSSES = 3

interface Prepared extends Omit<SendResult, 'outcome' | 'status' | 'why'> {
  readonly dataSet: () => ByteStream
}

/** Results come in order of the sources, unreadable ones a little earlier. */
export async function* send(
  sources: Iterable<SendSource> | AsyncIterable<SendSource>,
  options: SendOptions,
): AsyncGenerator<SendResult> {
  const link = new Link(options)
  let batch: Prepared[] = []
  try {
    for await (const source of sources) {
      options.signal?.throwIfAborted()
      const prepared = await prepare(source)
      if ('outcome' in prepared) {
        yield prepared
        continue
      }
      if (contextsOf([...batch, prepared]).length > MOST_CONTEXTS) {
        yield* link.send(batch)
        batch = []
      }
      batch.push(prepared)
      if (!source.inOrder && batch.length < BATCH) continue
      yield* link.send(batch)
      batch = []
    }
    yield* link.send(batch)
    await link.release()
  } finally {
    link.abort()
  }
}

/** Reads as much of an object as names it. */
async function prepare(source: SendSource): Promise<Prepared | SendResult> {
  const reader = openReader({ format: 'part10' })
  const read: Bytes[] = [] // kept only of what cannot be opened again
  let length = 0
  const iterator = source.open()[Symbol.asyncIterator]()
  const named = (): Omit<Prepared, 'dataSet'> => ({
    name: source.name,
    sopClass: reader.identity.sopClass ?? '',
    sopInstance: reader.identity.sopInstance ?? '',
    transferSyntax: reader.transferSyntax ?? '',
  })
  try {
    for (;;) {
      const { sopClass, sopInstance, transferSyntax: syntax } = named()
      const start = reader.dataSetStart
      if (sopClass !== '' && sopInstance !== '' && syntax !== '' && start !== undefined) {
        const whole = source.inOrder ? continued(read, iterator) : undefined
        if (whole === undefined) await iterator.return?.()
        return { ...named(), dataSet: () => padded(behind(whole ?? source.open(), start), syntax) }
      }
      const next = await iterator.next()
      if (next.done === true || length > LONGEST_HEADER) {
        if (next.done === true) reader.end()
        throw new ArchiveError('DICOM_NO_UID', { attribute: sopClass === '' ? 'SOPClassUID' : 'SOPInstanceUID' })
      }
      length += next.value.length
      reader.push(next.value)
      if (source.inOrder) read.push(next.value)
    }
  } catch (thrown) {
    await iterator.return?.().catch(() => undefined)
    return { ...named(), outcome: 'unreadable', status: undefined, why: asArchiveError(thrown).fact }
  }
}

async function* continued(read: readonly Bytes[], rest: AsyncIterator<Bytes>): AsyncGenerator<Bytes> {
  try {
    yield* read
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

/** What comes behind the first `start` bytes. */
async function* behind(stream: ByteStream, start: number): AsyncGenerator<Bytes> {
  let at = 0
  for await (const piece of stream) {
    if (at + piece.length > start) yield at >= start ? piece : piece.subarray(start - at)
    at += piece.length
  }
}

/**
 * A deflated data set of odd length gets the NUL byte that PS3.5 A.5 asks for and some writers leave out: a fragment must
 * be even (PS3.8 Annex E.1), and DCMTK aborts where it is not. Nothing else can be padded without harm to its value, so
 * other data sets of odd length, which are malformed, go as they are.
 */
async function* padded(dataSet: ByteStream, syntax: string): AsyncGenerator<Bytes> {
  let odd = false
  for await (const piece of dataSet) {
    odd = odd !== (piece.length % 2 === 1)
    yield piece
  }
  if (odd && isTransferSyntax(syntax) && transferSyntax(syntax).deflated) yield Uint8Array.of(0)
}

interface Pair {
  readonly sopClass: string
  readonly transferSyntax: string
}

const keyOf = ({ sopClass, transferSyntax }: Pair): string => `${sopClass} ${transferSyntax}`

function contextsOf(objects: readonly Pair[]): Pair[] {
  return [...new Map(objects.map((object) => [keyOf(object), object])).values()]
}

/** The association to the destination: opened when needed, kept while it serves. */
class Link {
  readonly #options: SendOptions
  #association: Association | undefined
  /** What this association was asked for, and before it, what was ever needed; the latest last. */
  #proposed = new Set<string>()
  readonly #needed = new Map<string, Pair>()
  /** Has an object been answered since the association was opened? */
  #progress = false
  #losses = 0
  #lastError: ArchiveError | undefined
  #givenUp: ArchiveError | undefined

  constructor(options: SendOptions) {
    this.#options = options
  }

  async *send(objects: readonly Prepared[]): AsyncGenerator<SendResult> {
    const inFlight: Promise<SendResult>[] = []
    const contexts = contextsOf(objects)
    for (const object of objects) {
      // Room first: what the result before us tells decides whether there is still an association.
      const first = inFlight.length >= (this.#association?.window ?? 1) ? inFlight.shift() : undefined
      if (first !== undefined) yield await first
      if (this.#association?.isOpen !== true || !contexts.every((pair) => this.#proposed.has(keyOf(pair)))) {
        for (const earlier of inFlight.splice(0)) yield await earlier
        await this.#open(contexts)
      }
      const association = this.#association
      if (association === undefined || this.#givenUp !== undefined)
        yield result(object, 'failed', undefined, this.#givenUp?.fact ?? '')
      else inFlight.push(this.#one(association, object))
    }
    for (const result of inFlight) yield await result
  }

  /** Leaves `#givenUp` when there is no use in trying again. */
  async #open(contexts: readonly Pair[]): Promise<void> {
    if (this.#givenUp !== undefined) return
    this.#losses = this.#association?.isOpen === false && !this.#progress ? this.#losses + 1 : 0
    if (this.#losses >= MOST_LOSSES) {
      this.#givenUp = this.#lastError
      return
    }
    await this.release()
    this.#progress = false
    for (const pair of contexts) {
      this.#needed.delete(keyOf(pair))
      this.#needed.set(keyOf(pair), pair)
    }
    const wanted = [...this.#needed.values()].slice(-MOST_CONTEXTS)
    try {
      this.#association = await openAssociation({
        ...this.#options,
        contexts: wanted.map(({ sopClass, transferSyntax }) => ({
          abstractSyntax: sopClass,
          transferSyntaxes: [transferSyntax],
        })),
      })
    } catch (thrown) {
      this.#givenUp = asArchiveError(thrown)
      return
    }
    this.#proposed = new Set(wanted.map(keyOf))
  }

  async #one(association: Association, object: Prepared): Promise<SendResult> {
    const { sopClass, sopInstance, transferSyntax } = object
    if (association.contextFor(sopClass, transferSyntax) === undefined)
      return result(object, 'not accepted', undefined, 'the peer takes no such objects')
    const source = watched(object.dataSet())
    try {
      const answer = await association.store(source.stream, { sopClass, sopInstance, transferSyntax })
      this.#progress = true
      if (answer.is === 'success') return result(object, 'stored', answer.status, '')
      const why = answer.comment === '' ? statusInWords(answer.status) : answer.comment
      return result(object, answer.is === 'warning' ? 'warning' : 'refused', answer.status, why)
    } catch (thrown) {
      if (source.failure !== undefined)
        return result(object, 'unreadable', undefined, 'the object could not be read to its end')
      const error = asArchiveError(thrown)
      this.#lastError = error
      return result(object, 'failed', undefined, error.fact)
    }
  }

  async release(): Promise<void> {
    const association = this.#association
    this.#association = undefined
    if (association?.isOpen === true) await association.release()
  }

  /** For those who stop in the middle; nothing happens after `release`. */
  abort(): void {
    this.#association?.abort()
    this.#association = undefined
  }
}

/** Tells a fault of the source from one of the peer. */
function watched(stream: ByteStream): { readonly stream: ByteStream; failure: unknown } {
  const watch: { stream: ByteStream; failure: unknown } = { stream: pass(), failure: undefined }
  async function* pass(): AsyncGenerator<Bytes> {
    try {
      yield* stream
    } catch (thrown) {
      watch.failure = thrown
      throw thrown
    }
  }
  return watch
}

const result = (
  { name, sopClass, sopInstance, transferSyntax }: Prepared,
  outcome: SendResult['outcome'],
  status: number | undefined,
  why: string,
): SendResult => ({ name, sopClass, sopInstance, transferSyntax, outcome, status, why })
