/**
 * Bytes of one data set to elements (PS3.5 section 7), pushed in pieces cut anywhere.
 *
 * The parser walks a stack of open levels: data sets, sequences, fragment lists. It holds at most the twelve bytes of an
 * unfinished element header and one unfinished value; values that stay distant are passed over by counting. It never
 * recurses, so depth is a limit and not a risk. `reader.ts` finds out what to parse; this file only parses.
 */
import type { Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import { type Tag, tagText, type Value, type Vr } from './data-set.ts'
import { implicitVr, lookUp } from './dictionary.ts'
import type { Leniencies, LeniencyName } from './leniencies.ts'
import type { Limits } from './limits.ts'
import { characterSetTerms, Level, OpenDataSet } from './nesting.ts'
import { looksLikeVr, VR_TRAITS, vrOfLetters } from './vr.ts'

export interface ParserOptions {
  readonly explicit: boolean
  readonly littleEndian: boolean
  readonly encapsulated: boolean
  /** Values longer than this stay where they lie; in bytes. */
  readonly keepUpTo: number
  readonly leniencies: Leniencies
  readonly limits: Limits
  /** Shared by meta group and data set: what was forgiven so far. */
  readonly forgiven: Set<LeniencyName>
  /** Offset of the first byte parsed. */
  readonly position: number
  /** Stop before the first element of another group: for group 0002. */
  readonly onlyGroup?: number
  /** The bytes are the items of this sequence: for one that came as a value of VR UN. */
  readonly within?: { readonly tag: Tag; readonly length: number; readonly characterSet: readonly string[] }
}

const UNDEFINED_LENGTH = 0xffffffff
const SPECIFIC_CHARACTER_SET = 0x00080005
const PIXEL_REPRESENTATION = 0x00280103
const PIXEL_DATA = 0x7fe00010
const ITEM = 0xfffee000
const ITEM_DELIMITER = 0xfffee00d
const SEQUENCE_DELIMITER = 0xfffee0dd
/** Past the limit `keptBytes`, longer values stay distant. */
const ALWAYS_KEPT = 256
const NOTHING = new Uint8Array(0)
/** Float, Double Float and integer Pixel Data (PS3.3 C.7.6.24, C.7.6.25, C.7.6.3): never held. */
const isPixelData = (tag: number) => tag === PIXEL_DATA || tag === 0x7fe00008 || tag === 0x7fe00009
/** Extended Offset Table and its lengths: frames cannot be found without, so they are held whatever their size. */
const isOffsetTable = (tag: number) => tag === 0x7fe00001 || tag === 0x7fe00002

const u16 = (b: Bytes, at: number, little: boolean): number =>
  little ? b[at]! | (b[at + 1]! << 8) : (b[at]! << 8) | b[at + 1]!
const u32 = (b: Bytes, at: number, little: boolean): number =>
  (little
    ? b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)
    : (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0

/** A value of which not all bytes have come. */
interface Pending {
  readonly tag: Tag
  readonly vr: Vr
  readonly bytes: Uint8Array<ArrayBuffer>
  filled: number
}

export class ElementParser {
  /** Offset of the next byte to parse. */
  position: number
  /** The group that alone was wanted has ended, before `position`. */
  done = false
  readonly root: OpenDataSet

  readonly #options: ParserOptions
  readonly #keepUpTo: number
  readonly #onlyGroup: number | undefined
  readonly #stack: Level[]
  #level: Level
  #skipping = 0
  #pending: Pending | undefined
  readonly #carry = new Uint8Array(16)
  #carried = 0
  #need = 8
  #elements = 0
  #items = 0
  #kept = 0
  #depth = 0
  #padding = false
  /** What the last distant value was, should the bytes end inside it. */
  #distant: { readonly level: Level; readonly tag: Tag; readonly vr: Vr; readonly start: number } | undefined
  #page = new Uint8Array(0)
  #pageUsed = 0

  constructor(options: ParserOptions) {
    this.#options = options
    this.#keepUpTo = options.keepUpTo
    this.#onlyGroup = options.onlyGroup
    this.position = options.position
    this.root = new OpenDataSet(options.littleEndian, options.within?.characterSet ?? [])
    this.#level = new Level('set', Number.POSITIVE_INFINITY, options.explicit, options.littleEndian, this.root)
    this.#stack = [this.#level]
    if (options.within !== undefined) {
      const { tag, length } = options.within
      this.#openSequence(tag, this.position + length, options.explicit, options.littleEndian)
      this.#level.unproved = true
    }
  }

  /** Bytes that may be passed over with `skip` instead of being pushed. */
  get skippable(): number {
    return this.#skipping
  }

  skip(count: number): void {
    this.#skipping -= count
    this.position += count
  }

  /** Bytes given but not parsed: the beginning of an element header. */
  get carried(): Bytes {
    return this.#carry.subarray(0, this.#carried)
  }

  /** Parses from `at` on; returns where it stopped: the end, or (`done`) before an element that is not wanted. */
  feed(b: Bytes, at: number): number {
    const end = b.length
    for (;;) {
      if (this.#skipping > 0) {
        const count = Math.min(this.#skipping, end - at)
        at += count
        this.skip(count)
        if (this.#skipping > 0) return at
      }
      if (this.#pending !== undefined) {
        at = this.#fill(this.#pending, b, at)
        if (this.#pending !== undefined) return at
      }
      if (this.#padding) {
        for (let index = at; index < end; index += 1)
          if (b[index] !== 0) throw this.#malformed('bytes that are no element follow zero bytes')
        this.position += end - at
        return end
      }
      if (this.#carried > 0) {
        while (this.#carried < this.#need) {
          if (at === end) return at
          this.#carry[this.#carried] = b[at]!
          this.#carried += 1
          at += 1
        }
        const taken = this.#step(this.#carry, 0, this.#carried)
        if (this.done) return at
        if (taken > 0) this.#carried = 0
        continue
      }
      const taken = this.#step(b, at, end)
      if (this.done) return at
      if (taken < 0) {
        for (; at < end; at += 1) {
          this.#carry[this.#carried] = b[at]!
          this.#carried += 1
        }
        return at
      }
      at += taken
    }
  }

  /** No more bytes come. @throws {ArchiveError} `DICOM_TRUNCATED` unless a leniency allows it */
  end(): void {
    const missing = this.#missing()
    if (missing === undefined) return
    const { leniencies } = this.#options
    if (missing.inPixels && leniencies['truncated-pixel-data']) this.#cutPixels()
    else if (leniencies['truncated-data-set']) this.#dropUnfinished()
    else throw new ArchiveError('DICOM_TRUNCATED', { at: this.position, why: missing.why })
  }

  /** What the bytes ended in the middle of; undefined when nothing is missing. */
  #missing(): { readonly why: string; readonly inPixels: boolean } | undefined {
    const distant = this.#distant
    if (this.#skipping > 0 || this.#pending !== undefined) {
      const tag = this.#pending?.tag ?? distant?.tag ?? (0 as Tag)
      const isOutermost = distant?.level === this.#stack[0] || distant?.level === this.#stack[1]
      return { why: `inside the value of ${tagText(tag)}`, inPixels: isPixelData(tag) && isOutermost }
    }
    while (this.#level.end <= this.position || this.#level.doubtful) this.#pop()
    const { kind } = this.#level
    if (kind === 'fragments')
      return { why: 'encapsulated Pixel Data is not ended', inPixels: this.#level === this.#stack[1] }
    if (this.#stack.length > 1)
      return { why: `${kind === 'set' ? 'an item' : 'a sequence'} is not ended`, inPixels: false }
    if (this.#carried === 0) return undefined
    if (!this.carried.every((byte) => byte === 0)) return { why: 'inside the header of an element', inPixels: false }
    this.#forgive('trailing-zeros', 'zero bytes at the end')
    return undefined
  }

  // --- one element, item or delimiter ------------------------------------------------

  /** Takes what begins at `at`; returns how many bytes that was, or -1 when it wants `#need` of them. */
  #step(b: Bytes, at: number, end: number): number {
    while (this.#level.end <= this.position) this.#pop()
    const level = this.#level
    if (end - at < 8) {
      this.#need = 8
      return -1
    }
    if (level.end - this.position < 8) this.#overrun(8)
    const little = level.little
    const group = u16(b, at, little)
    const tag = group * 0x10000 + u16(b, at + 2, little)
    if (group !== this.#onlyGroup && this.#onlyGroup !== undefined && this.#stack.length === 1) {
      this.done = true
      return 0
    }
    if (group === 0xfffe || level.kind !== 'set') return this.#structure(tag, u32(b, at + 4, little), level)
    if (tag === 0 && this.#stack.length === 1 && isZero(b, at)) {
      this.#forgive('trailing-zeros', 'zero bytes where an element is expected')
      this.#padding = true
      this.position += 8
      return 8
    }
    return this.#element(b, at, end, level, tag as Tag)
  }

  #element(b: Bytes, at: number, end: number, level: Level, tag: Tag): number {
    const little = level.little
    if (level.unproved) {
      // An item of a UN sequence is implicit VR by PS3.5 section 6.2.2; some writers state VRs all the same.
      level.unproved = false
      if (vrOfLetters(b[at + 4]!, b[at + 5]!) !== undefined) {
        this.#forgive('explicit-un-items', 'explicit VR in an item of a sequence of VR UN')
        level.explicit = true
      }
    }
    let vr: Vr
    let length: number
    let header = 8
    if (level.explicit) {
      const stated = vrOfLetters(b[at + 4]!, b[at + 5]!)
      if (stated === undefined) {
        const form = this.#withoutVr(b, at, level, tag)
        if (form === 'long' && end - at < 12) {
          this.#need = 12
          return -1
        }
        vr = implicitVr(tag, level.signedPixels)
        if (form === 'implicit') {
          this.#forgive('implicit-element', 'has no VR', tag)
          length = u32(b, at + 4, little)
        } else {
          this.#forgive('unknown-vr', 'has letters that are no VR', tag)
          if (form === 'long') header = 12
          length = form === 'long' ? u32(b, at + 8, little) : u16(b, at + 6, little)
        }
      } else {
        vr = stated
        if (VR_TRAITS[vr].long) {
          if (end - at < 12) {
            this.#need = 12
            return -1
          }
          header = 12
          length = u32(b, at + 8, little)
        } else length = u16(b, at + 6, little)
        if (vr !== 'UN') this.#checkVr(tag, vr)
      }
    } else {
      vr = implicitVr(tag, level.signedPixels)
      length = u32(b, at + 4, little)
    }
    this.#countElement()
    this.position += header
    if (length === UNDEFINED_LENGTH) this.#openUndefined(tag, vr, level)
    else if (vr === 'SQ') this.#openSequence(tag, this.position + length, level.explicit, little)
    else {
      if (level.end - this.position < length) this.#overrun(length)
      return header + this.#value(tag, vr, length, b, at + header, end)
    }
    return header
  }

  /** What follows a tag in explicit VR when the letters are none: guessed from what is there. */
  #withoutVr(b: Bytes, at: number, level: Level, tag: Tag): 'implicit' | 'short' | 'long' {
    const first = b[at + 4]!
    const second = b[at + 5]!
    if (looksLikeVr(first, second)) return b[at + 6] === 0 && b[at + 7] === 0 ? 'long' : 'short'
    const isBlank = (byte: number) => byte === 0 || byte === 0x20 || byte === 0x3f
    const length = u32(b, at + 4, level.little)
    if (isBlank(first) && isBlank(second) && length !== 0) return 'short'
    if (tag < level.lastTag || (length > 0x7fffffff && length !== UNDEFINED_LENGTH))
      throw this.#malformed(`no VR after ${tagText(tag)}`)
    return 'implicit'
  }

  #checkVr(tag: Tag, vr: Vr): void {
    if (Math.floor(tag / 0x10000) % 2 === 1) return
    const known = lookUp(tag)
    if (known !== undefined && known.vr !== vr && !known.vrs.includes(vr))
      this.#forgive('vr-mismatch', 'has a VR the standard does not give it', tag)
  }

  /** Takes as much of a value as is here; the rest is waited for or passed over. */
  #value(tag: Tag, vr: Vr, length: number, b: Bytes, at: number, end: number): number {
    if (length % 2 === 1) this.#forgive('odd-length', 'has an odd length', tag)
    if (length === 0) {
      this.#put(tag, vr, { kind: 'bytes', bytes: NOTHING })
      return 0
    }
    if (this.#staysDistant(tag, length)) {
      const start = this.position
      if (tag === PIXEL_DATA && this.#options.encapsulated && this.#stack.length === 1)
        this.#forgive('native-in-encapsulated', 'has a length of its own', tag)
      this.#put(tag, vr, { kind: 'distant', range: { start, end: start + length } })
      this.#distant = { level: this.#level, tag, vr, start }
      const count = Math.min(length, end - at)
      this.#skipping = length
      this.skip(count)
      return count
    }
    this.#kept += length
    if (end - at >= length) {
      const bytes = this.#keep(b, at, length)
      this.position += length
      this.#put(tag, vr, { kind: 'bytes', bytes })
      return length
    }
    const pending = { tag, vr, bytes: new Uint8Array(length), filled: 0 }
    this.#pending = pending
    return this.#fill(pending, b, at, end) - at
  }

  #staysDistant(tag: Tag, length: number): boolean {
    if (length > this.#keepUpTo) return !isOffsetTable(tag) || length > this.#options.limits.items * 8
    if (isPixelData(tag) && this.#stack.length === 1) return true
    return this.#kept + length > this.#options.limits.keptBytes && length > ALWAYS_KEPT
  }

  #fill(pending: Pending, b: Bytes, at: number, end = b.length): number {
    const count = Math.min(pending.bytes.length - pending.filled, end - at)
    pending.bytes.set(b.subarray(at, at + count), pending.filled)
    pending.filled += count
    this.position += count
    if (pending.filled === pending.bytes.length) {
      this.#pending = undefined
      if (this.#level.kind === 'fragments') this.#readOffsets(pending.bytes)
      else this.#put(pending.tag, pending.vr, { kind: 'bytes', bytes: pending.bytes })
    }
    return at + count
  }

  /** A copy: the chunk may be used again by who pushed it. Small values share a page. */
  #keep(b: Bytes, at: number, length: number): Uint8Array<ArrayBuffer> {
    if (length > 1024) {
      const own = new Uint8Array(length)
      own.set(b.subarray(at, at + length))
      return own
    }
    if (this.#page.length - this.#pageUsed < length) {
      this.#page = new Uint8Array(8192)
      this.#pageUsed = 0
    }
    const page = this.#page
    const start = this.#pageUsed
    if (length <= 48) for (let index = 0; index < length; index += 1) page[start + index] = b[at + index]!
    else page.set(b.subarray(at, at + length), start)
    this.#pageUsed += length
    return new Uint8Array(page.buffer, start, length)
  }

  #put(tag: Tag, vr: Vr, value: Value): void {
    const level = this.#level
    const { set } = level
    if (tag > level.lastTag) {
      level.lastTag = tag
      set.elements.set(tag, { tag, vr, value })
    } else if (set.elements.has(tag)) {
      this.#forgive('duplicate-element', 'comes again', tag)
      return
    } else {
      this.#forgive('element-order', 'comes after a higher tag', tag)
      set.elements.set(tag, { tag, vr, value })
    }
    if (value.kind !== 'bytes') return
    if (tag === SPECIFIC_CHARACTER_SET) set.characterSet = characterSetTerms(value.bytes)
    else if (tag === PIXEL_REPRESENTATION && value.bytes.length >= 2)
      level.signedPixels = u16(value.bytes, 0, level.little) === 1
  }

  // --- sequences, items, fragments -----------------------------------------------------

  #openUndefined(tag: Tag, vr: Vr, level: Level): void {
    if (tag === PIXEL_DATA || vr === 'OB' || vr === 'OW') this.#openFragments(tag, vr === 'UN' ? 'OB' : vr, level)
    else if (vr === 'UN' && level.explicit) {
      // PS3.5 section 6.2.2: UN of undefined length is a sequence in Implicit VR Little Endian.
      this.#openSequence(tag, Number.POSITIVE_INFINITY, false, true)
      this.#level.unproved = true
    } else {
      if (vr !== 'SQ' && vr !== 'UN') this.#forgive('undefined-length', 'has undefined length', tag)
      this.#openSequence(tag, Number.POSITIVE_INFINITY, level.explicit, level.little)
    }
  }

  #openFragments(tag: Tag, vr: Vr, level: Level): void {
    if (!this.#options.encapsulated) this.#forgive('encapsulated-in-native', 'has fragments', tag)
    const opened = new Level('fragments', Number.POSITIVE_INFINITY, true, level.little, level.set, level)
    this.#put(tag, vr, { kind: 'fragments', basicOffsets: opened.basicOffsets, fragments: opened.fragments })
    this.#push(opened)
    this.#distant = { level: opened, tag, vr, start: this.position }
  }

  #openSequence(tag: Tag, end: number, explicit: boolean, little: boolean): void {
    const outer = this.#level
    if (end !== Number.POSITIVE_INFINITY && outer.end < end) this.#overrun(end - this.position)
    const { depth } = this.#options.limits
    this.#depth += 1
    if (this.#depth > depth) throw this.#limit('depth', depth)
    const level = new Level('sequence', end, explicit, little, outer.set, outer)
    level.unproved = outer.unproved
    this.#put(tag, 'SQ', { kind: 'items', items: level.items })
    this.#push(level)
  }

  /** Items and delimiters, in any level: they have no VR in any transfer syntax (PS3.5 section 7.5). */
  #structure(tag: number, length: number, level: Level): number {
    if (tag === ITEM && level.kind !== 'set') {
      this.#countItem()
      this.position += 8
      if (level.kind === 'sequence') this.#openItem(level, length)
      else this.#openFragment(level, length)
      return 8
    }
    if (tag === ITEM_DELIMITER || tag === SEQUENCE_DELIMITER) {
      this.#close(tag, level)
      if (length !== 0) this.#forgive('delimiter-length', 'has a length', tag as Tag)
      this.position += 8
      return 8
    }
    if (tag === ITEM && level.kind === 'set' && this.#stack.length > 1) {
      this.#forgive('missing-delimiter', 'an item begins inside an item')
      this.#pop()
      return 0
    }
    const where = level.kind === 'set' ? 'a data set' : level.kind === 'sequence' ? 'a sequence' : 'Pixel Data'
    throw this.#malformed(`${tagText(tag as Tag)} stands in ${where}`)
  }

  #openItem(sequence: Level, length: number): void {
    const end = length === UNDEFINED_LENGTH ? Number.POSITIVE_INFINITY : this.position + length
    const contradicts = length !== UNDEFINED_LENGTH && sequence.end < end
    if (contradicts) this.#overrun(length)
    const set = new OpenDataSet(sequence.little, sequence.set.characterSet)
    const item = new Level('set', end, sequence.explicit, sequence.little, set, sequence)
    item.unproved = sequence.unproved
    item.doubtful = contradicts
    sequence.items.push(set)
    this.#push(item)
  }

  #openFragment(level: Level, length: number): void {
    if (length === UNDEFINED_LENGTH) throw this.#malformed('a fragment of undefined length')
    if (level.lastTag === -1) {
      // The first item is the Basic Offset Table, empty or not.
      level.lastTag = 0
      if (length === 0) return
      if (length / 4 > this.#options.limits.items) throw this.#limit('items', this.#options.limits.items)
      this.#pending = { tag: PIXEL_DATA as Tag, vr: 'OB', bytes: new Uint8Array(length), filled: 0 }
      return
    }
    if (length % 2 === 1) this.#forgive('odd-length', 'a fragment has an odd length')
    level.fragments.push({ start: this.position, end: this.position + length })
    this.#skipping = length
  }

  #readOffsets(bytes: Bytes): void {
    const level = this.#level
    if (bytes.length % 4 !== 0)
      this.#forgive('offset-table', 'a Basic Offset Table of another length than four for each entry')
    for (let at = 0; at + 4 <= bytes.length; at += 4) level.basicOffsets.push(u32(bytes, at, level.little))
  }

  /** A delimiter came: it ends the innermost open item or sequence of undefined length that it can end. */
  #close(tag: number, level: Level): void {
    const delimited = level.end === Number.POSITIVE_INFINITY && this.#stack.length > 1
    const wanted = tag === ITEM_DELIMITER ? level.kind === 'set' : level.kind !== 'set'
    const outer = this.#stack[this.#stack.length - 2]
    if (delimited && wanted) this.#pop()
    else if (delimited && tag === SEQUENCE_DELIMITER && outer?.end === Number.POSITIVE_INFINITY) {
      this.#forgive('missing-delimiter', 'a sequence ends inside an item')
      this.#pop()
      this.#pop()
    } else this.#forgive('stray-delimiter', 'ends nothing', tag as Tag)
  }

  #push(level: Level): void {
    this.#stack.push(level)
    this.#level = level
  }

  #pop(): void {
    const closed = this.#stack.pop()
    if (closed?.kind === 'sequence') this.#depth -= 1
    this.#level = this.#stack[this.#stack.length - 1]!
  }

  // --- what is not right ------------------------------------------------------------------

  /** @param why  completes the sentence that begins with `tag`, when there is one */
  #forgive(name: LeniencyName, why: string, tag?: Tag): void {
    const { forgiven, leniencies } = this.#options
    if (forgiven.has(name)) return
    if (!leniencies[name])
      throw this.#malformed(`${tag === undefined ? '' : `${tagText(tag)} `}${why} (leniency ${name} is off)`)
    forgiven.add(name)
  }

  /** Something needs `length` bytes that the levels around it do not have: their lengths were wrong. */
  #overrun(length: number): void {
    this.#forgive('overrun', 'a length does not fit into what holds it')
    const end = this.position + length
    for (const level of this.#stack)
      if (level.end < end) {
        level.end = end
        level.doubtful = true
      }
  }

  #malformed(why: string): ArchiveError {
    return new ArchiveError('DICOM_MALFORMED', { at: this.position, why })
  }

  #limit(limit: keyof Limits, allowed: number): ArchiveError {
    return new ArchiveError('DICOM_LIMIT', { limit, allowed, at: this.position })
  }

  #countElement(): void {
    this.#elements += 1
    if (this.#elements > this.#options.limits.elements) throw this.#limit('elements', this.#options.limits.elements)
  }

  #countItem(): void {
    this.#items += 1
    if (this.#items > this.#options.limits.items) throw this.#limit('items', this.#options.limits.items)
  }

  #cutPixels(): void {
    this.#forgive('truncated-pixel-data', 'the object ends inside Pixel Data')
    if (this.#distant === undefined) return
    const { level, tag, vr, start } = this.#distant
    if (level.kind !== 'fragments')
      level.set.elements.set(tag, { tag, vr, value: { kind: 'distant', range: { start, end: this.position } } })
    else if (this.#skipping > 0) {
      const last = level.fragments.pop()
      if (last !== undefined) level.fragments.push({ start: last.start, end: this.position })
    }
  }

  #dropUnfinished(): void {
    this.#forgive('truncated-data-set', 'the object ends inside an element')
    if (this.#distant === undefined || this.#skipping === 0) return
    const { level, tag } = this.#distant
    if (level.kind === 'fragments') level.fragments.pop()
    else level.set.elements.delete(tag)
  }
}

const isZero = (b: Bytes, at: number): boolean => {
  for (let index = at; index < at + 8; index += 1) if (b[index] !== 0) return false
  return true
}
