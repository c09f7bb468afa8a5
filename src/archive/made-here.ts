/** Objects people make in the viewer: what each needs, and the way they go in, which is everything's. */
import { concat } from '../base/bytes.ts'
import type { Context } from '../base/context.ts'
import type { DataSet } from '../dicom/data-set.ts'
import { metaGroup } from '../dicom/part10.ts'
import { EXPLICIT_LITTLE } from '../dicom/transfer-syntaxes.ts'
import type { Uid } from '../dicom/uid.ts'
import { encodeElements } from '../dicom/writer.ts'
import type { Receipt } from './archive.ts'
import type { Intake } from './intake.ts'

/** A UID that names nothing else: a random UUID as a number (PS3.5 B.2). */
export function newUid(random: (bytes: number) => Uint8Array): string {
  const bytes = random(16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return `2.25.${BigInt(`0x${Buffer.from(bytes).toString('hex')}`)}`
}

/** UTC: the data set states no zone of its own. */
export function momentIn(now: Date): { readonly date: string; readonly time: string } {
  const digits = now.toISOString().replaceAll(/[-:T]/g, '')
  return { date: digits.slice(0, 8), time: digits.slice(8, 14) }
}

export const makerIn = ({ principal }: Context): string =>
  principal.kind === 'device' ? principal.aeTitle : principal.name

/** Takes in what was made, into its study alone. */
export function takeIn(
  intake: Pick<Intake, 'receive'>,
  context: Context,
  { study, sopClass, instance, made }: { study: Uid; sopClass: string; instance: string; made: DataSet },
): Promise<Receipt> {
  const meta = metaGroup({ sopClass, sopInstance: instance, transferSyntax: EXPLICIT_LITTLE.uid })
  const bytes = concat([meta, encodeElements(made, EXPLICIT_LITTLE.uid)])
  return intake.receive(context, { door: 'app', bytes: once(bytes), onlyStudy: study })
}

async function* once(bytes: Uint8Array<ArrayBuffer>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield bytes
}
