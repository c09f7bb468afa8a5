/**
 * Objects of the archive on their way to another node by C-STORE: each as it is stored when the peer takes that, else in
 * Explicit or Implicit VR Little Endian. C-MOVE and routing send so.
 */
import type { FileOut, Form, InstanceRecord } from '../../archive/archive.ts'
import { type ByteStream, type Bytes, giveBack, lend } from '../../base/bytes.ts'
import { type ArchiveError, asArchiveError } from '../../base/errors.ts'
import { ENCODED_SYNTAXES, OTHER_NATIVE_SYNTAXES } from '../../dicom/encoded-syntaxes.ts'
import {
  EXPLICIT_LITTLE,
  IMPLICIT_LITTLE,
  isTransferSyntax,
  transferSyntax as syntaxOf,
} from '../../dicom/transfer-syntaxes.ts'
import type { AcceptedContext } from '../dimse/exchange.ts'
import type { TlsMaterial } from '../upper-layer/tls.ts'
import { type Answer, type Association, type ContextToPropose, MOST_CONTEXTS, openAssociation } from './client.ts'

export interface Destination {
  readonly aet: string
  readonly host: string
  readonly port: number
  readonly tls?: TlsMaterial
}

/** How a destination is called. */
export const peerOf = ({ aet, host, port, tls }: Destination, callingAet: string) => ({
  ...{ host, port, calledAet: aet, callingAet },
  ...(tls && { tls }),
})

/** The association to a destination: opened with the first object, and again when it was lost. */
export class Link {
  readonly #to: Destination
  readonly #aeTitle: string
  readonly #records: readonly InstanceRecord[]
  readonly #signal: AbortSignal
  #association: Association | undefined
  #proposed = new Set<string>()
  #failures = 0
  #failure: ArchiveError | undefined

  constructor(to: Destination, aeTitle: string, records: readonly InstanceRecord[], signal: AbortSignal) {
    this.#to = to
    this.#aeTitle = aeTitle
    this.#records = records
    this.#signal = signal
  }

  async association(record: InstanceRecord): Promise<Association> {
    if (this.#association?.isOpen && this.#proposed.has(pairOf(record))) return this.#association
    if (this.#failures > 2 && this.#failure !== undefined) throw this.#failure
    await this.close()
    const contexts = this.#contextsFrom(record)
    try {
      this.#association = await openAssociation({
        ...peerOf(this.#to, this.#aeTitle),
        contexts,
        signal: this.#signal,
      })
      return this.#association
    } catch (thrown) {
      this.#failures += 1
      this.#failure = asArchiveError(thrown)
      throw this.#failure
    }
  }

  /** For this record and those behind it, as many as an association has room for. */
  #contextsFrom(record: InstanceRecord): readonly ContextToPropose[] {
    this.#proposed = new Set()
    const classes = new Set<string>()
    const contexts: ContextToPropose[] = []
    for (const one of this.#records.slice(this.#records.indexOf(record))) {
      if (this.#proposed.has(pairOf(one))) continue
      const native = !classes.has(one.sopClass)
      const own = one.transferSyntax !== EXPLICIT_LITTLE.uid && one.transferSyntax !== IMPLICIT_LITTLE.uid
      const encoded = native && one.frames > 0
      if (contexts.length + (native ? 2 : 0) + (own ? 1 : 0) + (encoded ? 1 : 0) > MOST_CONTEXTS) break
      this.#proposed.add(pairOf(one))
      classes.add(one.sopClass)
      // What is accepted of a context with one syntax is what we have; the other two are what everybody takes, and the
      // last is for who takes neither: images are encoded for it, without loss.
      if (own) contexts.push({ abstractSyntax: one.sopClass, transferSyntaxes: [one.transferSyntax] })
      if (native)
        for (const { uid } of [EXPLICIT_LITTLE, IMPLICIT_LITTLE])
          contexts.push({ abstractSyntax: one.sopClass, transferSyntaxes: [uid] })
      if (encoded) contexts.push({ abstractSyntax: one.sopClass, transferSyntaxes: ENCODED_SYNTAXES })
    }
    return contexts
  }

  async close(): Promise<void> {
    const association = this.#association
    this.#association = undefined
    if (association?.isOpen) await association.release()
  }
}

const pairOf = ({ sopClass, transferSyntax }: InstanceRecord): string => `${sopClass} ${transferSyntax}`

/** The context an object goes in, and the form it takes for it. */
export function choose(
  accepted: readonly AcceptedContext[],
  { transferSyntax, frames }: InstanceRecord,
): { readonly context: AcceptedContext; readonly form: Form } | undefined {
  const forms: readonly (readonly [string, Form])[] = [
    [transferSyntax, 'stored'],
    [EXPLICIT_LITTLE.uid, 'explicit'],
    [IMPLICIT_LITTLE.uid, 'implicit'],
  ]
  for (const [syntax, form] of forms) {
    const context = accepted.find((one) => one.transferSyntax === syntax)
    if (context !== undefined) return { context, form }
  }
  // The dearest of those that were accepted; what cannot be decoded frame by frame cannot be encoded.
  if (frames > 0 && isTransferSyntax(transferSyntax) && !syntaxOf(transferSyntax).image) return undefined
  for (const syntax of [...(frames > 0 ? ENCODED_SYNTAXES : []), ...OTHER_NATIVE_SYNTAXES]) {
    const context = accepted.find((one) => one.transferSyntax === syntax)
    if (context !== undefined) return { context, form: { as: syntax } }
  }
  return undefined
}

/**
 * Undefined when the peer takes no such objects.
 *
 * @param fileIn  the file of the record in a form, its beginning read: what cannot be read fails before a message is
 *   begun, which nothing could take back
 * @throws {ArchiveError} what reading or the way there fails with
 */
export async function sendOver(
  link: Link,
  record: InstanceRecord,
  fileIn: (form: Form) => Promise<FileOut>,
  originator?: { readonly aet: string; readonly messageId: number },
): Promise<Answer | undefined> {
  const association = await link.association(record)
  const chosen = choose(
    association.contexts.filter(({ abstractSyntax }) => abstractSyntax === record.sopClass),
    record,
  )
  if (chosen === undefined) return undefined
  const { bytes } = await fileIn(chosen.form)
  return association.store(dataSetOfFile(bytes), {
    sopClass: record.sopClass,
    sopInstance: record.key.instance,
    transferSyntax: chosen.context.transferSyntax,
    ...(originator && { originator }),
  })
}

/** Preamble, prefix and the group length element; what it says follows it is the rest of group 0002 (PS3.10 7.1). */
const META_HEAD = 144

/** The data set of a Part 10 file with a right meta group. */
export async function* dataSetOfFile(file: ByteStream): ByteStream {
  let head: Bytes | undefined
  let skip: number | undefined
  for await (const piece of file) {
    let rest: Bytes = piece
    if (skip === undefined) {
      head = head === undefined ? piece : Buffer.concat([head, piece])
      if (head.length < META_HEAD) continue
      skip = META_HEAD + new DataView(head.buffer, head.byteOffset, head.length).getUint32(140, true)
      rest = head
    }
    if (skip >= rest.length) {
      skip -= rest.length
      continue
    }
    // Of lent memory a part is lent on: who gives the part back gives back the whole.
    yield skip === 0 ? rest : lend(rest.subarray(skip), () => giveBack(rest))
    skip = 0
  }
}
