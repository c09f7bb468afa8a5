/**
 * Files on their way out, one after the other: the next is opened, read and proved while the one before it leaves. Without
 * that a study of 500 objects waits for index, disk and digest 500 times.
 */
import type { ByteStream, Bytes } from '../base/bytes.ts'
import type { Context } from '../base/context.ts'
import type { Uid } from '../dicom/uid.ts'
import type { Archive, Form, InstanceRecord } from './archive.ts'

/** A Part 10 file on its way out. Nothing is read, and nobody counted as having seen it, before somebody wants its bytes. */
export interface FileOut {
  readonly transferSyntax: Uid
  readonly bytes: ByteStream
  /**
   * Reads up to the first piece, ahead of whoever takes `bytes`: with the object before it still on its way out, or to
   * learn of what cannot be read while a door can still say so. Whoever began and will not take the bytes says `end`.
   *
   * @throws what `bytes` would throw before its first piece
   */
  begin(): Promise<void>
  end(): Promise<void>
}

/**
 * @param open     what gives the bytes, asked once, when they are first wanted
 * @param counted  sees the bytes that are taken, and not those that only lay ready
 */
export function fileOut(
  transferSyntax: Uid,
  open: () => Promise<ByteStream>,
  counted: (bytes: ByteStream) => ByteStream,
): FileOut {
  interface Begun {
    readonly iterator: AsyncIterator<Bytes>
    readonly first: IteratorResult<Bytes>
  }
  let begun: Promise<Begun> | undefined
  const begin = (): Promise<Begun> => {
    begun ??= (async () => {
      const iterator = (await open())[Symbol.asyncIterator]()
      return { iterator, first: await iterator.next() }
    })()
    return begun
  }
  async function* taken(): ByteStream {
    const { iterator, first } = await begin()
    yield* counted(goneOn(iterator, first))
  }
  return {
    transferSyntax,
    bytes: taken(),
    begin: async () => {
      await begin()
    },
    end: async () => {
      // What could not be begun has nothing to end.
      const open = await begun?.catch(() => undefined)
      await open?.iterator.return?.()
    },
  }
}

async function* goneOn(iterator: AsyncIterator<Bytes>, first: IteratorResult<Bytes>): ByteStream {
  try {
    if (first.done !== true) yield first.value
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
  } finally {
    await iterator.return?.()
  }
}

const isSame = (a: Form, b: Form): boolean => (typeof a === 'object' && typeof b === 'object' ? a.as === b.as : a === b)

/** The files of records that are asked for in their order, each once; the one behind it is begun meanwhile. */
export class FilesInTurn {
  readonly #archive: Pick<Archive, 'file'>
  readonly #context: Context
  readonly #records: readonly InstanceRecord[]
  #at = 0
  #next: { readonly record: InstanceRecord; readonly form: Form; readonly file: FileOut } | undefined

  constructor(archive: Pick<Archive, 'file'>, context: Context, records: readonly InstanceRecord[]) {
    this.#archive = archive
    this.#context = context
    this.#records = records
  }

  /** The file of a record, its beginning read. @throws what reading its beginning throws */
  async of(record: InstanceRecord, form: Form): Promise<FileOut> {
    const ready = this.#next
    this.#next = undefined
    const isIt = ready?.record === record && isSame(ready.form, form)
    if (!isIt) await ready?.file.end()
    const file = isIt ? ready.file : this.#archive.file(this.#context, record, form)
    await file.begin()
    while (this.#at < this.#records.length && this.#records[this.#at] !== record) this.#at += 1
    this.#at += 1
    const following = this.#records[this.#at]
    // Most often the next goes as this one does; where not, it is let go again.
    if (following?.sopClass === record.sopClass && following.transferSyntax === record.transferSyntax) {
      const ahead = this.#archive.file(this.#context, following, form)
      ahead.begin().catch(() => {}) // said when its turn comes
      this.#next = { record: following, form, file: ahead }
    }
    return file
  }

  /** Lets go of what was begun and not taken. */
  async end(): Promise<void> {
    await this.#next?.file.end()
    this.#next = undefined
  }
}
