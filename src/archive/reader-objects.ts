/**
 * What a reader leaves in a study beside measurements: the picture as it was left (a presentation state) and the images that
 * matter (a key object selection). Each goes in by the way of everything else and is never changed: the next is another.
 */
import { createHash } from 'node:crypto'
import type { Context } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import type { DataSet } from '../dicom/data-set.ts'
import { UIDS } from '../dicom/dictionary.ts'
import { fromDicomJson } from '../dicom/from-json.ts'
import type { Uid } from '../dicom/uid.ts'
import { type KeyObjectTitle, keyObjects } from '../findings/write-key-objects.ts'
import { type NewPresentation, presentationState, type ShownImage } from '../pixels/write-presentation.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive } from './archive.ts'
import type { Intake } from './intake.ts'
import { makerIn, momentIn, newUid, takeIn } from './made-here.ts'
import { currentInstances } from './read.queries.ts'
import { studyAttributes } from './rejections.queries.ts'
import { openGuard } from './restrictions/guard.ts'

export interface NamedImage {
  readonly instance: string
  /** Empty: all of them. */
  readonly frames: readonly number[]
}

export interface KeepView
  extends Pick<NewPresentation, 'name' | 'grey' | 'rotation' | 'flipped' | 'area' | 'spacing' | 'aspect' | 'drawn'> {
  readonly study: Uid
  readonly images: readonly NamedImage[]
}

export interface KeepKeyImages {
  readonly study: Uid
  readonly title: KeyObjectTitle
  readonly words: string
  readonly images: readonly NamedImage[]
}

/** What every object made here begins with. */
interface Beginning {
  readonly of: DataSet
  readonly study: Uid
  readonly series: string
  readonly instance: string
  readonly instanceNumber: number
  readonly date: string
  readonly time: string
  readonly images: readonly ShownImage[]
}

export function openReaderObjects(
  { db, acts }: { readonly db: Database; readonly acts: Acts },
  intake: Pick<Intake, 'receive'>,
  random: (bytes: number) => Uint8Array,
): Pick<Archive, 'keepView' | 'keepKeyImages'> {
  return {
    keepView: async (context, ask) => {
      const begun = await begin(context, ask, 'saved views')
      const made = presentationState({ ...ask, ...begun, creator: makerIn(context) })
      const sopClass = ask.grey
        ? UIDS.GrayscaleSoftcopyPresentationStateStorage
        : UIDS.ColorSoftcopyPresentationStateStorage
      return takeIn(intake, context, { study: ask.study, sopClass, instance: begun.instance, made })
    },
    keepKeyImages: async (context, ask) => {
      const begun = await begin(context, ask, 'key images')
      const made = keyObjects({ ...ask, ...begun, observer: makerIn(context) })
      const sopClass = UIDS.KeyObjectSelectionDocumentStorage
      return takeIn(intake, context, { study: ask.study, sopClass, instance: begun.instance, made })
    },
  }

  async function begin(
    context: Context,
    { study, images }: { readonly study: Uid; readonly images: readonly NamedImage[] },
    kind: string,
  ): Promise<Beginning> {
    await admit(acts, context, 'measure')
    await openGuard({ db, acts }).study(context, study)
    const rows = await currentInstances(db, { study })
    if (rows.length === 0) throw new ArchiveError('NOT_FOUND', { what: `study ${study}` })
    const known = new Map(rows.map((row) => [row.sop_uid, row]))
    const series = seriesFor(study, kind)
    return {
      of: fromDicomJson(JSON.parse((await studyAttributes(db, study)) ?? '{}')),
      study,
      series,
      instance: newUid(random),
      instanceNumber: rows.filter(({ series_uid }) => series_uid === series).length + 1,
      ...momentIn(context.now()),
      images: images.map(({ instance, frames }) => {
        const row = known.get(instance)
        if (!row) throw new ArchiveError('NOT_FOUND', { what: `image ${instance} in study ${study}` })
        return { series: row.series_uid, instance, sopClass: row.sop_class_uid, frames }
      }),
    }
  }
}

/** One series a study for each kind: always the same, so that two readers need not find each other's. */
const seriesFor = (study: string, kind: string): string =>
  newUid((bytes) => createHash('sha256').update(`${kind} of ${study}`).digest().subarray(0, bytes))
