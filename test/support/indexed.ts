/**
 * Part 10 files in an index, without the sequencer around them: what intake keeps of each, put there by the code that
 * puts it there in life, and the bytes at hand for reading. For tests of finding and reading alone.
 */
import { createHash } from 'node:crypto'
import type { Acts } from '../../src/archive/acts.ts'
import { applyGroups } from '../../src/archive/apply.ts'
import type { Happening } from '../../src/archive/archive.ts'
import { describe } from '../../src/archive/description.ts'
import { intakeStatements } from '../../src/archive/intake.queries.ts'
import type { Applicable } from '../../src/archive/project.ts'
import { type ByteRange, type Bytes, gather } from '../../src/base/bytes.ts'
import type { Context, Role } from '../../src/base/context.ts'
import { element, dataSet as made, sequence } from '../../src/dicom/build.ts'
import type { DataSet, Element, Tag } from '../../src/dicom/data-set.ts'
import { T } from '../../src/dicom/dictionary.ts'
import { metaGroup } from '../../src/dicom/part10.ts'
import { openReader } from '../../src/dicom/reader.ts'
import { uid } from '../../src/dicom/uid.ts'
import { text } from '../../src/dicom/values.ts'
import { encodeElements, writeDataSet } from '../../src/dicom/writer.ts'
import { eventStatements } from '../../src/ledger/events.queries.ts'
import type { ObjectStore } from '../../src/storage/objects/object-store.ts'
import type { Database } from '../../src/storage/sql/database.ts'
import type { Inbox } from '../../src/vault/inbox/inbox.ts'

/** Where nothing is sealed. */
export const NO_VAULT: Pick<ObjectStore, 'read'> = {
  read: (name) => {
    throw new Error(`nothing is sealed here, and ${name} was asked for`)
  },
}

export interface IndexedFiles {
  readonly inbox: Pick<Inbox, 'read'>
  /** Gives their ids. Versions of a SOP Instance UID count up in the order given; the first is current. */
  add(files: readonly Bytes[], receivedAt?: string): Promise<readonly number[]>
}

export function indexedFiles(db: Database): IndexedFiles {
  const payloads: Bytes[] = []
  const versions = new Map<string, number>()
  const projector = { intake: intakeStatements(db.read), events: eventStatements(db.read), node: 'test' }
  let nextN = 1

  const applicable = (bytes: Bytes, receivedAt: string): Applicable => {
    const reader = openReader({ format: 'part10' })
    reader.push(bytes)
    const read = reader.end()
    const { dataSet, dataSetStart } = read
    const instance = uid(text(dataSet, T.SOPInstanceUID))
    const version = (versions.get(instance) ?? 0) + 1
    versions.set(instance, version)
    payloads.push(bytes)
    const n = nextN
    nextN += 1
    return {
      description: describe(read),
      placement: { segment: payloads.length, spool: '', start: 0, length: bytes.length },
      record: {
        kind: 'instance',
        payload: [bytes],
        header: {
          v: 1,
          n,
          study: uid(text(dataSet, T.StudyInstanceUID)),
          series: uid(text(dataSet, T.SeriesInstanceUID)),
          instance,
          sopClass: text(dataSet, T.SOPClassUID),
          version,
          transferSyntax: read.transferSyntax,
          origin: 'file',
          source: { door: 'import', address: '127.0.0.1', actor: 'sys:test' },
          receivedAt,
          ds: createHash('sha256').update(bytes.subarray(dataSetStart)).digest('hex'),
          length: bytes.length,
          dsStart: dataSetStart,
          leniencies: read.leniencies,
        },
      },
    }
  }

  return {
    inbox: {
      read: async function* ({ segment, start }, range: ByteRange) {
        yield (payloads[segment - 1] ?? new Uint8Array(0)).subarray(start + range.start, start + range.end)
      },
    },
    add: async (files, receivedAt = '2026-11-24T12:00:00.000Z') => {
      const applicables = files.map((bytes) => applicable(bytes, receivedAt))
      const position = { segment: 1, group: nextN, end: 0 }
      await db.write((tx) => applyGroups(tx, projector, [{ applicables, position }], nextN))
      return applicables.map(({ record }) => (record.kind === 'instance' ? record.header.n : 0))
    },
  }
}

export interface Witness extends Acts {
  readonly events: (Happening & { readonly when: 'now' | 'soon' })[]
  readonly seenSoFar: Record<string, { instances: number; frames: number; bytes: number }>
}

/** Takes note of acts in the order they were reported, opening leaves included. */
export function witness(): Witness {
  const events: Witness['events'] = []
  const seenSoFar: Witness['seenSoFar'] = {}
  return {
    events,
    seenSoFar,
    event: async (_, happened, when) => {
      events.push({ ...happened, when })
    },
    seeing: async (_, study, patient) => {
      events.push({ type: 'aud.110103', action: 'R', outcome: 0, study, patient, detail: {}, when: 'now' })
    },
    seen: (_, study, { instances = 0, frames = 0, bytes = 0 }) => {
      const before = seenSoFar[study] ?? { instances: 0, frames: 0, bytes: 0 }
      seenSoFar[study] = {
        instances: before.instances + instances,
        frames: before.frames + frames,
        bytes: before.bytes + bytes,
      }
    },
  }
}

export function asker(...roles: readonly Role[]): Context {
  return {
    principal: { kind: 'user', id: 'u:0123456789abcdef', name: 'reader', roles, authMethod: 'password' },
    client: { address: '127.0.0.1' },
    now: () => new Date('2026-11-24T12:00:00Z'),
    signal: new AbortController().signal,
  }
}

export const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1'
export const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2'

/** A text, numbers, or items, by keyword. */
export type Attributes = Readonly<Record<string, string | number | readonly string[] | readonly Attributes[]>>

/** A file of these attributes, text in UTF-8; identity and class are made up where they are not given. */
export function fileOf(attributes: Attributes, extra: readonly Element[] = []): Uint8Array {
  const { meta, dataSet } = partsOf(attributes, extra)
  return Buffer.concat([meta, encodeElements(dataSet, EXPLICIT_VR_LITTLE_ENDIAN)])
}

/** The same, with values of any length. */
export async function largeFileOf(attributes: Attributes, extra: readonly Element[]): Promise<Uint8Array> {
  const { meta, dataSet } = partsOf(attributes, extra)
  const nothing = async function* () {}
  return Buffer.concat([meta, await gather(writeDataSet(dataSet, EXPLICIT_VR_LITTLE_ENDIAN, nothing))])
}

function partsOf(attributes: Attributes, extra: readonly Element[]) {
  const given = {
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: CT_IMAGE_STORAGE,
    SOPInstanceUID: freshUid(),
    StudyInstanceUID: '2.25.1',
    SeriesInstanceUID: '2.25.2',
    ...attributes,
  }
  const dataSet = setOf(given, extra)
  const meta = metaGroup({
    sopClass: String(given.SOPClassUID),
    sopInstance: String(given.SOPInstanceUID),
    transferSyntax: EXPLICIT_VR_LITTLE_ENDIAN,
  })
  return { meta, dataSet }
}

function setOf(attributes: Attributes, extra: readonly Element[] = []): DataSet {
  const elements = Object.entries(attributes).map(([keyword, value]) => {
    const tag: Tag = T[keyword as keyof typeof T]
    if (Array.isArray(value) && typeof value[0] === 'object')
      return sequence(
        tag,
        (value as readonly Attributes[]).map((item) => setOf(item)),
      )
    return element(tag, value as string | number | readonly string[], undefined, UTF8)
  })
  return made([...elements, ...extra], UTF8)
}

const UTF8 = ['ISO_IR 192']
let uids = 0
const freshUid = () => {
  uids += 1
  return `2.25.9${uids}`
}
