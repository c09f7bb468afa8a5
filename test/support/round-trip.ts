/**
 * Objects in by STOW-RS and out by C-GET, C-MOVE, WADO-RS and WADO-URI, as they are stored and in Explicit VR Little
 * Endian, before and after the study is sealed: what each door gave, reduced to digests.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { normalisedDigest, PIXEL_ENCODING } from '../../src/archive/normalised.ts'
import { gather } from '../../src/base/bytes.ts'
import { withElements } from '../../src/dicom/build.ts'
import { type DataSet, type Element, type Tag, tagText } from '../../src/dicom/data-set.ts'
import { T } from '../../src/dicom/dictionary.ts'
import { metaGroup } from '../../src/dicom/part10.ts'
import { readWhole } from '../../src/dicom/reader.ts'
import { transferSyntax } from '../../src/dicom/transfer-syntaxes.ts'
import { number, text } from '../../src/dicom/values.ts'
import { transferSyntaxFor } from '../../src/network/accepted-syntaxes.ts'
import { COMMAND_FIELD } from '../../src/network/dimse/commands.ts'
import { EXCHANGE_LIMITS } from '../../src/network/dimse/exchange.ts'
import { get, move } from '../../src/network/services/query.ts'
import { isStored } from '../../src/network/services/store.ts'
import { Session } from '../../src/network/session.ts'
import { UPPER_LAYER_DEFAULTS } from '../../src/network/upper-layer/association.ts'
import { listenForTransport } from '../../src/network/upper-layer/listener.ts'
import type { CorpusFile } from './corpus.ts'
import type { RunningServer } from './server.ts'

export const EXPLICIT = '1.2.840.10008.1.2.1'
export const DOORS = ['WADO-RS', 'WADO-URI', 'C-GET', 'C-MOVE'] as const
export type Door = (typeof DOORS)[number]
export type FormAsked = 'stored' | 'explicit'

export interface Known {
  readonly file: CorpusFile
  readonly bytes: Buffer
  readonly study: string
  readonly series: string
  readonly instance: string
  readonly sopClass: string
  readonly dataSet: Buffer
}

/** Undefined for objects without UIDs. */
export function known(file: CorpusFile): Known | undefined {
  const bytes = readFileSync(file.file)
  const { dataSet, dataSetStart } = readWhole(bytes)
  const of = (tag: Tag): string => {
    const value = dataSet.elements.get(tag)?.value
    return value?.kind === 'bytes'
      ? Buffer.from(value.bytes)
          .toString('latin1')
          .replace(/[ \0]+$/, '')
      : ''
  }
  const [study, series] = [of(T.StudyInstanceUID), of(T.SeriesInstanceUID)]
  const [instance, sopClass] = [of(T.SOPInstanceUID), of(T.SOPClassUID)]
  if ([study, series, instance, sopClass].includes('')) return undefined
  return { file, bytes, study, series, instance, sopClass, dataSet: bytes.subarray(dataSetStart) }
}

/** A data set that came, by its instance. */
export interface Came {
  readonly transferSyntax: string
  readonly dataSet: Buffer
}
export type Arrivals = Map<string, Came>

/** A destination of C-MOVE that takes these transfer syntaxes only. */
export async function openDestination(accepts: (transferSyntax: string) => boolean) {
  let arrivals: Arrivals = new Map()
  const options = { acceptUnknownSopClasses: true }
  const isKnown = transferSyntaxFor(new Set())
  const transport = await listenForTransport(
    '127.0.0.1',
    0,
    { maxConnections: 64, maxConnectionsPerAddress: 64 },
    (socket, address) =>
      new Session(1, socket, address, {
        services: [
          {
            commandField: COMMAND_FIELD['C-STORE-RQ'],
            act: 'store',
            serves: (abstractSyntax) => isStored(abstractSyntax, options),
            perform: async ({ command, context, dataSet }) => {
              arrivals.set(command.affectedSopInstanceUid ?? '', {
                transferSyntax: context.transferSyntax,
                dataSet: Buffer.from(await gather(dataSet ?? (async function* () {})())),
              })
              return { response: { status: 0 }, outcome: 'stored' }
            },
          },
        ],
        policy: {
          serves: (abstractSyntax) => isStored(abstractSyntax, options),
          transferSyntax: (uid) => (accepts(uid) ? isKnown(uid) : undefined),
          extended: () => undefined,
          provides: () => false,
          maxPdu: UPPER_LAYER_DEFAULTS.maxPdu,
          window: 1,
          implementationClassUid: '2.25.1',
          implementationVersion: 'DESTINATION',
        },
        layer: UPPER_LAYER_DEFAULTS,
        limits: EXCHANGE_LIMITS,
        now: () => new Date(),
        judge: () => undefined,
        isListed: () => true,
        vouchForAll: false,
        rejected: () => undefined,
        failed: () => undefined,
        ended: () => undefined,
        closed: () => undefined,
      }).start(),
  )
  return {
    port: transport.port,
    close: () => transport.close(),
    /** What came since the last call. */
    take: () => {
      const came = arrivals
      arrivals = new Map()
      return came
    },
  }
}
export type Destination = Awaited<ReturnType<typeof openDestination>>

const behindMeta = (part10: Buffer): Came => {
  const { dataSetStart, transferSyntax } = readWhole(part10)
  return { transferSyntax, dataSet: part10.subarray(dataSetStart) }
}

const studyKey = (study: string) => ({
  [tagText(T.QueryRetrieveLevel)]: { vr: 'CS' as const, Value: ['STUDY'] },
  [tagText(T.StudyInstanceUID)]: { vr: 'UI' as const, Value: [study] },
})

/** A study out of one door. What a door could not give is not in it. */
export async function out(
  door: Door,
  form: FormAsked,
  server: RunningServer,
  instances: readonly Known[],
  destinations: Readonly<Record<FormAsked, Destination>>,
): Promise<Arrivals> {
  const arrivals: Arrivals = new Map()
  const [{ study = '' } = {}] = instances
  const options = {
    ...{ host: '127.0.0.1', port: server.dicomPort, calledAet: server.aet, callingAet: 'ROUNDTRIP' },
    root: 'study' as const,
  }
  switch (door) {
    case 'WADO-RS':
    case 'WADO-URI':
      for (const one of instances) {
        const answer = await (door === 'WADO-RS' ? rs(server, one, form) : uri(server, one, form))
        if (answer.status === 200) arrivals.set(one.instance, behindMeta(Buffer.from(await answer.arrayBuffer())))
        else await answer.arrayBuffer()
      }
      return arrivals
    case 'C-GET': {
      const classes = [...new Set(instances.map(({ sopClass }) => sopClass))]
      const offer = { classes, syntaxes: form === 'explicit' ? [EXPLICIT] : await syntaxesOf(server, instances) }
      const keep = async ({ instance, transferSyntax, dataSet }: Parameters<Parameters<typeof get>[3]>[0]) =>
        void arrivals.set(instance, { transferSyntax, dataSet: Buffer.from(await gather(dataSet)) })
      await get(studyKey(study), offer, options, keep, () => undefined)
      return arrivals
    }
    case 'C-MOVE':
      await move(studyKey(study), form.toUpperCase(), options, () => undefined)
      return destinations[form].take()
  }
}

const rs = (server: RunningServer, { study, series, instance }: Known, form: FormAsked) =>
  fetch(`${server.dicomweb}/studies/${study}/series/${series}/instances/${instance}`, {
    headers: { accept: `application/dicom${form === 'stored' ? '; transfer-syntax=*' : ''}` },
  })

async function uri(server: RunningServer, one: Known, form: FormAsked): Promise<Response> {
  const syntax = form === 'stored' ? ((await syntaxesOf(server, [one]))[0] ?? '') : EXPLICIT
  const query = `studyUID=${one.study}&seriesUID=${one.series}&objectUID=${one.instance}`
  return fetch(`${server.url}/wado?requestType=WADO&${query}&contentType=application/dicom&transferSyntax=${syntax}`)
}

/** What they are stored in, as QIDO-RS says. */
async function syntaxesOf(server: RunningServer, instances: readonly Known[]): Promise<readonly string[]> {
  const syntaxes = new Set<string>()
  for (const one of instances) {
    const answer = await rs(server, one, 'stored')
    syntaxes.add(/transfer-syntax="?([\d.]+)/.exec(answer.headers.get('content-type') ?? '')?.[1] ?? '')
    await answer.body?.cancel()
  }
  return [...syntaxes]
}

/** Of every attribute but those that say how pixels are encoded, whatever the encoding of the data set. */
export async function attributesOf({ transferSyntax: syntax, dataSet }: Came): Promise<string> {
  const part10 = Buffer.concat([metaGroup({ sopClass: '1', sopInstance: '1', transferSyntax: syntax }), dataSet])
  const read = readWhole(part10)
  if (transferSyntax(syntax).deflated) throw new Error('a deflated data set is not compared here')
  return normalisedDigest(withoutInnerPixels(read.dataSet), async function* ({ start, end }) {
    yield part10.subarray(start, end)
  })
}

/**
 * SHA-256 of the frames in Pixel Data; '' without. What some writers leave behind the last frame, and the byte that makes
 * an odd length even (PS3.5 8.1.1), is no pixel: once sealed it is in the original as received, and nowhere else.
 */
export function pixelsOf({ transferSyntax: syntax, dataSet }: Came): string {
  const part10 = Buffer.concat([metaGroup({ sopClass: '1', sopInstance: '1', transferSyntax: syntax }), dataSet])
  const read = readWhole(part10).dataSet
  const value = read.elements.get(T.PixelData)?.value
  if (value === undefined) return ''
  if (value.kind !== 'distant' && value.kind !== 'bytes') return ''
  const bytes = value.kind === 'bytes' ? value.bytes : part10.subarray(value.range.start, value.range.end)
  const samples = [T.Rows, T.Columns, T.SamplesPerPixel, T.BitsAllocated].map((tag) => number(read, tag) ?? 0)
  const frames = Number(text(read, T.NumberOfFrames)) || 1
  const length = samples.reduce((all, one) => all * one, frames / 8) // PS3.5 8.1.1: bits follow without a gap
  return sha256(bytes.subarray(0, Math.ceil(length)))
}

/** Icons and other images in sequences are decoded with the image: what says how they stand is left out, as for the image. */
function withoutInnerPixels(dataSet: DataSet, isRoot = true): DataSet {
  const changes: (Element | readonly [Tag, undefined])[] = []
  for (const element of dataSet.elements.values()) {
    const { tag, value } = element
    if (!isRoot && dataSet.elements.has(T.PixelData) && PIXEL_ENCODING.has(tag)) changes.push([tag, undefined])
    if (value.kind === 'items')
      changes.push({
        ...element,
        value: { kind: 'items', items: value.items.map((item) => withoutInnerPixels(item, false)) },
      })
  }
  return withElements(dataSet, changes)
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
