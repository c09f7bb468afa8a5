/**
 * The way out: a DICOM inventory of everything, as a ZIP of Inventory SOP Instances (PS3.3 section A.88). Another archive reads
 * from it what there is and takes the files from the disk, without asking ours for one of them (docs/migration.md).
 *
 * Studies are listed as they are found, a part at a time: what is held is one part.
 */
import { crc32 } from 'node:zlib'
import { type ByteStream, concat } from '../../base/bytes.ts'
import type { Context } from '../../base/context.ts'
import { asArchiveError } from '../../base/errors.ts'
import { UIDS } from '../../dicom/dictionary.ts'
import { fromDicomJson } from '../../dicom/from-json.ts'
import { type InventoriedStudy, inventoryPart, type StoredFile } from '../../dicom/inventory.ts'
import { metaGroup } from '../../dicom/part10.ts'
import { EXPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts'
import { encodeElements } from '../../dicom/writer.ts'
import type { ObjectStore } from '../../storage/objects/object-store.ts'
import type { Database } from '../../storage/sql/database.ts'
import { segmentName } from '../../vault/inbox/recover.ts'
import { PackLayout } from '../../vault/pack/zip.ts'
import { STORED_SYNTAX } from '../../vault/recipe/make.ts'
import type { SealedInstance } from '../../vault/seal/order.ts'
import { readStudy } from '../../vault/seal/seal-study.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import { momentIn, newUid } from '../made-here.ts'
import { openGuard } from '../restrictions/guard.ts'
import { instancesOf, type ListedInstance, type ListedStudy, seriesOf, studiesAfter } from './inventory.queries.ts'

export interface Inventories {
  /**
   * Told of before its first byte.
   *
   * @param base  what the URIs of files are relative to: where the reader finds the data folder
   * @param part  a part ends before it has more instances than that; a study is never divided
   */
  inventory(
    context: Context,
    ask: { readonly base: string; readonly part: number },
  ): Promise<{ readonly name: string; readonly bytes: ByteStream }>
}

export interface InventoryParts {
  readonly db: Database
  readonly acts: Acts
  readonly vault: ObjectStore
  readonly random: (bytes: number) => Uint8Array
  readonly version: string
}

const PAGE = 200

export function openInventories(parts: InventoryParts): Inventories {
  const { acts } = parts
  return {
    inventory: async (context, ask) => {
      await admit(acts, context, 'evidence')
      await acts.event(
        context,
        { type: 'aud.110106', action: 'R', outcome: 0, detail: { inventory: 'INSTANCE' } },
        'now',
      )
      const name = `inventory-${context.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}`
      return { name, bytes: zipped(name, files(parts, context, ask)) }
    },
  }
}

interface OutFile {
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

async function* zipped(folder: string, members: AsyncIterable<OutFile>): ByteStream {
  const zip = new PackLayout()
  for await (const { name, bytes } of members) {
    yield zip.begin({ name: `${folder}/${name}`, length: bytes.length, crc: crc32(bytes) }).header
    yield bytes
  }
  yield zip.end()
}

/** The last one completes the others, and is named so that nobody has to look for it. */
async function* files(
  parts: InventoryParts,
  context: Context,
  { base, part }: Parameters<Inventories['inventory']>[1],
): AsyncGenerator<OutFile> {
  const { random, version } = parts
  const moment = momentIn(context.now())
  const others: { readonly instance: string; readonly studies: number }[] = []
  let studies: InventoriedStudy[] = []
  let held = 0

  const file = (last: boolean, partial: boolean): OutFile => {
    const instance = newUid(random)
    const given = { instance, ...moment, base, software: version, studies, others: last ? others : [], partial }
    const sopClass = UIDS.InventoryStorage
    const meta = metaGroup({ sopClass, sopInstance: instance, transferSyntax: EXPLICIT_LITTLE.uid })
    const name = last ? 'inventory.dcm' : `part-${String(others.length + 1).padStart(6, '0')}.dcm`
    if (!last) others.push({ instance, studies: studies.length })
    return { name, bytes: concat([meta, encodeElements(inventoryPart(given), EXPLICIT_LITTLE.uid)]) }
  }

  let withheld = false
  for await (const study of listed(parts, context)) {
    if (study === 'withheld') {
      withheld = true
      continue
    }
    const count = study.series.reduce((sum, { instances }) => sum + instances.length, 0)
    if (held > 0 && held + count > part) {
      yield file(false, true)
      studies = []
      held = 0
    }
    studies.push(study)
    held += count
  }
  // Who takes over must not think they have everything.
  yield file(true, withheld)
}

/** Studies, and once for each page that there are some the asker does not see. */
async function* listed(parts: InventoryParts, context: Context): AsyncGenerator<InventoriedStudy | 'withheld'> {
  const { db, acts } = parts
  const guard = openGuard({ db, acts })
  for (let after = ''; ; ) {
    const page = await studiesAfter(db, after, PAGE)
    const shown = await guard.rows(context, page, ({ study_uid, patient_key }) => ({
      studies: [study_uid],
      patients: [patient_key],
    }))
    if (shown.length < page.length) yield 'withheld'
    for (const row of shown) {
      context.signal.throwIfAborted()
      const study = await studyOf(parts, row, context.now())
      if (study.series.length > 0) yield study
    }
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    after = last.study_uid
  }
}

async function studyOf({ db, vault }: InventoryParts, row: ListedStudy, now: Date): Promise<InventoriedStudy> {
  const [series, instances] = await Promise.all([seriesOf(db, row.study_uid), instancesOf(db, row.study_uid)])
  const sealed = instances.some(({ pack }) => pack !== null)
    ? await sealedIn(vault, row.study_uid)
    : new Map<number, SealedInstance>()
  return {
    study: row.study_uid,
    attributes: fromDicomJson(JSON.parse(row.attributes)),
    modalities: row.modalities === '' ? [] : row.modalities.split('\\'),
    updated: dateTime(new Date(row.received_last)),
    listed: dateTime(now),
    series: series
      .map(({ series_uid, attributes }) => ({
        series: series_uid,
        attributes: fromDicomJson(JSON.parse(attributes)),
        instances: instances
          .filter((one) => one.series_uid === series_uid)
          .map((one) => ({
            sopClass: one.sop_class_uid,
            instance: one.sop_uid,
            number: one.instance_number === null ? undefined : Number(one.instance_number),
            file: one.pack === null ? inInbox(one) : inVault(one.pack, sealed.get(Number(one.id))),
          })),
      }))
      // All of it may have been rejected.
      .filter((one) => one.instances.length > 0),
  }
}

const UNREADABLE: readonly string[] = ['VAULT_DAMAGED', 'OBJECT_NOT_FOUND']

/** By ledger number. A study whose object cannot be read is listed without files: `clearkeep fixity` says what is wrong. */
async function sealedIn(vault: InventoryParts['vault'], study: string): Promise<ReadonlyMap<number, SealedInstance>> {
  try {
    const { instances } = await readStudy(vault, study)
    return new Map(instances.map((one) => [one.n, one]))
  } catch (thrown) {
    if (!UNREADABLE.includes(asArchiveError(thrown).code)) throw thrown
    return new Map()
  }
}

function inVault(pack: string, sealed: SealedInstance | undefined): StoredFile | undefined {
  if (sealed === undefined) return undefined
  return {
    uri: `./vault/${pack}`,
    container: { type: 'ZIP', name: sealed.entry },
    offset: sealed.start,
    length: sealed.length,
    transferSyntax: sealed.form === 'htj2k' ? STORED_SYNTAX : sealed.transferSyntax,
    sha256: Uint8Array.from(Buffer.from(sealed.sha256, 'hex')),
  }
}

/** Until it is sealed: a range of a journal segment, or of a spool file of its own. */
const inInbox = (row: ListedInstance): StoredFile => ({
  uri: `./inbox/${row.spool === '' ? segmentName(Number(row.segment)) : row.spool}`,
  container: { type: 'BLOB' },
  offset: Number(row.start),
  length: Number(row.length),
  transferSyntax: row.transfer_syntax,
})

/** DT (PS3.5 section 6.2). */
function dateTime(at: Date): string {
  const { date, time } = momentIn(at)
  return `${date}${time}+0000`
}
