/**
 * The push reader: a Part 10 file (PS3.10 section 7) or a bare data set, given in pieces as they arrive.
 *
 * It finds preamble, meta group and encoding, and hands the rest to `element-parser.ts`. It does no I/O and keeps no
 * piece it was given: whoever pushes the same pieces to a disk may use them again at once. What it forgives is listed in
 * `leniencies.ts`; what it refuses to hold, in `limits.ts`.
 */
import { type Bytes, concat } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import { type DataSet, type Tag, tag } from './data-set.ts'
import { T } from './dictionary.ts'
import { ElementParser, type ParserOptions } from './element-parser.ts'
import { Inflation } from './inflation.ts'
import { DEFAULT_LENIENCIES, type Leniencies, type LeniencyName, leniencies as withDefaults } from './leniencies.ts'
import { LIMITS, type Limits } from './limits.ts'
import { FIRST_ELEMENT, hasPrefix, OPENING, PREAMBLE, sniffContradiction, sniffEncoding } from './sniffing.ts'
import {
  EXPLICIT_LITTLE,
  IMPLICIT_LITTLE,
  isTransferSyntax,
  type TransferSyntax,
  transferSyntax,
} from './transfer-syntaxes.ts'
import { isUid, isUsableUid, type Uid } from './uid.ts'

export interface ReaderOptions {
  /** A file, or a data set whose transfer syntax is known (C-STORE). */
  readonly format: 'part10' | { readonly transferSyntax: string }
  /** Values longer than this stay distant; in bytes, 65,536 unless told. */
  readonly keepUpTo?: number
  readonly leniencies?: Partial<Leniencies>
  readonly limits?: Partial<Limits>
}

/** UIDs as far as they have been read; not checked. */
export interface Identity {
  readonly study?: string
  readonly series?: string
  readonly sopInstance?: string
  readonly sopClass?: string
}

export interface ReadResult {
  /** Group 0002, when there was one. */
  readonly meta?: DataSet
  readonly dataSet: DataSet
  /** As it was read. A native one differs from what was stated when `leniencies` has `transfer-syntax-mismatch`. */
  readonly transferSyntax: Uid
  /** Offset of the data set's first byte. */
  readonly dataSetStart: number
  /** Bytes pushed. */
  readonly length: number
  readonly leniencies: readonly LeniencyName[]
}

export interface Reader {
  /** @throws {ArchiveError} `DICOM_*`; the reader is of no use after that but for `identity` */
  push(chunk: Bytes): void
  /** Bytes from here on that need not be pushed; tell with `skip` how many are left out. For sources that can seek. */
  readonly skippable: number
  skip(count: number): void
  /** @throws {ArchiveError} `DICOM_*` */
  end(): ReadResult
  /** Undefined until the meta group has passed. */
  readonly dataSetStart: number | undefined
  /** Undefined until the data set has begun; then as it is read. */
  readonly transferSyntax: Uid | undefined
  readonly identity: Identity
}

/** A meta group larger than this is none: it holds some two hundred bytes, and private information at most. */
const META_LIMITS: Partial<Limits> = { elements: 1000, keptBytes: 1024 * 1024 }

export const openReader = (options: ReaderOptions): Reader => new PushReader(options)

/** Reads what is in memory as a whole. */
export function readWhole(bytes: Bytes, options: ReaderOptions = { format: 'part10' }): ReadResult {
  const reader = openReader(options)
  reader.push(bytes)
  return reader.end()
}

type Phase = 'opening' | 'meta' | 'start' | 'data set'

class PushReader implements Reader {
  readonly #leniencies: Leniencies
  readonly #limits: Limits
  readonly #keepUpTo: number
  readonly #forgiven = new Set<LeniencyName>()
  #phase: Phase
  #length = 0
  /** Bytes held until there are enough to see what they are. */
  #held: Bytes = new Uint8Array(0)
  #metaParser: ElementParser | undefined
  #metaStart = 0
  #parser: ElementParser | undefined
  #inflation: Inflation | undefined
  #syntax: TransferSyntax | undefined
  #dataSetStart: number | undefined

  constructor(options: ReaderOptions) {
    this.#leniencies = options.leniencies === undefined ? DEFAULT_LENIENCIES : withDefaults(options.leniencies)
    this.#limits = options.limits === undefined ? LIMITS : { ...LIMITS, ...options.limits }
    this.#keepUpTo = options.keepUpTo ?? 65_536
    if (options.format === 'part10') this.#phase = 'opening'
    else {
      this.#phase = 'start'
      this.#dataSetStart = 0
      this.#syntax = this.#known(options.format.transferSyntax)
    }
  }

  get dataSetStart(): number | undefined {
    return this.#dataSetStart
  }

  get transferSyntax(): Uid | undefined {
    return this.#phase === 'data set' ? this.#syntax?.uid : undefined
  }

  get skippable(): number {
    return this.#inflation === undefined ? (this.#parser?.skippable ?? 0) : 0
  }

  skip(count: number): void {
    if (count > this.skippable)
      throw new ArchiveError('DEFECT', { what: `${count} bytes skipped of ${this.skippable}` })
    this.#length += count
    this.#parser?.skip(count)
  }

  get identity(): Identity {
    const root = this.#parser?.root
    const found = (of: Tag): string => (root === undefined ? '' : uidText(root, of))
    const [study, series, sopInstance, sopClass] = IDENTITY.map(found)
    return {
      ...(study ? { study } : {}),
      ...(series ? { series } : {}),
      ...(sopInstance ? { sopInstance } : {}),
      ...(sopClass ? { sopClass } : {}),
    }
  }

  push(chunk: Bytes): void {
    this.#length += chunk.length
    if (this.#phase === 'data set') this.#pass(chunk)
    else this.#settle(chunk, false)
  }

  end(): ReadResult {
    if (this.#phase !== 'data set') this.#settle(new Uint8Array(0), true)
    this.#inflation?.end()
    const parser = this.#parser
    const syntax = this.#syntax
    if (parser === undefined || syntax === undefined || this.#dataSetStart === undefined)
      throw new ArchiveError('DEFECT', { what: 'a reader that ends before it began' })
    parser.end()
    this.#checkIdentity(parser.root)
    return {
      ...(this.#metaParser === undefined ? {} : { meta: this.#metaParser.root }),
      dataSet: parser.root,
      transferSyntax: syntax.uid,
      dataSetStart: this.#dataSetStart,
      length: this.#length,
      leniencies: [...this.#forgiven],
    }
  }

  #pass(bytes: Bytes): void {
    if (this.#inflation === undefined) this.#parser?.feed(bytes, 0)
    else this.#inflation.push(bytes)
  }

  /** What comes before the data set. `last`: no more bytes will come, so what is here must do. */
  #settle(chunk: Bytes, last: boolean): void {
    let bytes = this.#held.length === 0 ? chunk : concat([this.#held, chunk])
    this.#held = NOTHING
    if (this.#phase === 'opening') {
      if (bytes.length < OPENING && !last) {
        this.#hold(bytes)
        return
      }
      bytes = bytes.subarray(this.#open(bytes))
    }
    if (this.#phase === 'meta' && this.#metaParser !== undefined) {
      const meta = this.#metaParser
      const at = meta.feed(bytes, 0)
      if (!meta.done && !last) return
      if (!meta.done) meta.end()
      // What the parser carried is the beginning of the data set's first element; the pieces are joined only then.
      bytes = meta.carried.length > 0 ? concat([meta.carried, bytes.subarray(at)]) : bytes.subarray(at)
      this.#closeMeta(meta)
    }
    if (this.#phase === 'start') {
      if (bytes.length < FIRST_ELEMENT && !last) this.#hold(bytes)
      else {
        this.#begin(bytes)
        this.#pass(bytes)
      }
    }
  }

  #hold(bytes: Bytes): void {
    this.#held = new Uint8Array(bytes)
  }

  // --- the file's beginning ---------------------------------------------------------------

  /** Finds the meta group or the bare data set; returns where it begins. */
  #open(bytes: Bytes): number {
    if (hasPrefix(bytes, PREAMBLE)) return this.#openMeta(bytes, PREAMBLE + 4)
    if (hasPrefix(bytes, 0)) {
      this.#forgive('no-preamble', 'no preamble', 0)
      return this.#openMeta(bytes, 4)
    }
    const first = sniffEncoding(bytes, 0)
    if (first !== undefined && bytes[0] === 2 && bytes[1] === 0) {
      this.#forgive('no-preamble', 'neither preamble nor prefix', 0)
      return this.#openMeta(bytes, 0)
    }
    const behind = first === undefined ? sniffEncoding(bytes, PREAMBLE) : undefined
    if (behind !== undefined && bytes[PREAMBLE] === 2 && bytes[PREAMBLE + 1] === 0) {
      this.#forgive('no-preamble', 'no prefix', PREAMBLE)
      return this.#openMeta(bytes, PREAMBLE)
    }
    const syntax = first ?? behind
    if (syntax === undefined)
      throw new ArchiveError('DICOM_NOT_DICOM', { why: 'it has no DICM prefix and does not begin with an element' })
    if (!this.#leniencies['no-meta'])
      throw new ArchiveError('DICOM_NOT_DICOM', { why: 'it has no DICM prefix (leniency no-meta is off)' })
    this.#forgiven.add('no-meta')
    this.#dataSetStart = first === undefined ? PREAMBLE : 0
    this.#phase = 'start'
    return this.#dataSetStart
  }

  #openMeta(bytes: Bytes, at: number): number {
    const explicit = sniffEncoding(bytes, at) !== IMPLICIT_LITTLE || bytes.length - at < FIRST_ELEMENT
    if (!explicit) this.#forgive('implicit-meta', 'group 0002 is in implicit VR', at)
    this.#metaParser = new ElementParser({
      ...this.#parserOptions(explicit ? EXPLICIT_LITTLE : IMPLICIT_LITTLE, at),
      limits: { ...this.#limits, ...META_LIMITS },
      onlyGroup: 0x0002,
    })
    this.#metaStart = at
    this.#phase = 'meta'
    return at
  }

  #closeMeta(meta: ElementParser): void {
    this.#phase = 'start'
    const start = meta.position
    this.#dataSetStart = start
    const length = meta.root.elements.get(T.FileMetaInformationGroupLength)?.value
    const stated = length?.kind === 'bytes' && length.bytes.length === 4 ? littleEndian32(length.bytes) : undefined
    if (stated === undefined || this.#metaStart + META_LENGTH + stated !== start)
      this.#forgive('meta-group-length', '(0002,0000) is absent or wrong', start)
    const uid = uidText(meta.root, T.TransferSyntaxUID)
    if (uid === '') this.#forgive('no-transfer-syntax', 'no Transfer Syntax UID', start)
    else this.#syntax = this.#known(uid)
  }

  #known(uid: string): TransferSyntax {
    if (isTransferSyntax(uid) || !this.#leniencies['unknown-transfer-syntax']) return transferSyntax(uid)
    this.#forgiven.add('unknown-transfer-syntax')
    return { ...EXPLICIT_LITTLE, uid: uid as Uid, keyword: '', name: uid, encapsulated: true }
  }

  // --- the data set's beginning -------------------------------------------------------------

  #begin(bytes: Bytes): void {
    const start = this.#dataSetStart ?? 0
    const stated = this.#syntax
    if (stated === undefined) {
      const seen = sniffEncoding(bytes, 0)
      if (seen === undefined && bytes.length > 0)
        throw new ArchiveError('DICOM_MALFORMED', { at: start, why: 'no transfer syntax, and none to be seen' })
      this.#syntax = seen ?? IMPLICIT_LITTLE
    } else if (!stated.deflated) {
      const seen = sniffContradiction(bytes, stated)
      if (seen !== undefined) this.#syntax = this.#readAs(seen, stated)
    }
    const syntax = this.#syntax ?? IMPLICIT_LITTLE
    const parser = new ElementParser(this.#parserOptions(syntax, start))
    this.#parser = parser
    if (syntax.deflated) this.#inflation = new Inflation(start, this.#limits, (piece) => parser.feed(piece, 0))
    this.#phase = 'data set'
  }

  /** Fragments are read in any encoding; the codec is what was stated. */
  #readAs(seen: TransferSyntax, stated: TransferSyntax): TransferSyntax {
    const why = `not in transfer syntax ${stated.uid} but in ${seen.uid}`
    this.#forgive('transfer-syntax-mismatch', why, this.#dataSetStart ?? 0)
    const { explicit, littleEndian } = seen
    return stated.encapsulated ? { ...stated, explicit, littleEndian } : seen
  }

  #parserOptions(syntax: TransferSyntax, position: number): ParserOptions {
    return {
      explicit: syntax.explicit,
      littleEndian: syntax.littleEndian,
      encapsulated: syntax.encapsulated,
      keepUpTo: this.#keepUpTo,
      leniencies: this.#leniencies,
      limits: this.#limits,
      forgiven: this.#forgiven,
      position,
    }
  }

  #checkIdentity(root: DataSet): void {
    for (const of of IDENTITY) {
      const text = uidText(root, of)
      if (!isUsableUid(text) || isUid(text)) continue
      if (!this.#leniencies['uid-leading-zeros']) throw new ArchiveError('DICOM_INVALID_UID', { uid: text })
      this.#forgiven.add('uid-leading-zeros')
    }
  }

  #forgive(name: LeniencyName, why: string, at: number): void {
    if (!this.#leniencies[name])
      throw new ArchiveError('DICOM_MALFORMED', { at, why: `${why} (leniency ${name} is off)` })
    this.#forgiven.add(name)
  }
}

/** (0002,0000) itself, from whose end it counts, in bytes. */
const META_LENGTH = 12
const NOTHING = new Uint8Array(0)
const IDENTITY: readonly Tag[] = [T.StudyInstanceUID, T.SeriesInstanceUID, T.SOPInstanceUID, T.SOPClassUID].map(tag)

const littleEndian32 = (b: Bytes): number => new DataView(b.buffer, b.byteOffset, b.length).getUint32(0, true)

/** A UID as it stands, without padding: trailing NULs, or spaces where a device pads with those. */
function uidText(dataSet: DataSet, of: Tag): string {
  const value = dataSet.elements.get(of)?.value
  if (value?.kind !== 'bytes') return ''
  let end = value.bytes.length
  while (end > 0 && (value.bytes[end - 1] === 0 || value.bytes[end - 1] === 0x20)) end -= 1
  let text = ''
  for (let at = 0; at < end; at += 1) text += String.fromCharCode(value.bytes[at] ?? 0)
  return text
}
