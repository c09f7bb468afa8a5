/** What the viewer asks the archive: the metadata of each series, and in which syntax each object is stored now. */
import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { StudyInstances } from '../../api/studies.ts'
import { request } from '../http/client.ts'
import { fetchBulk } from './frames/frame-source.ts'
import { isVideo } from './frames/syntaxes.ts'
import type { JsonDataSet } from './model/dicom-json.ts'
import { type FrameSet, frameSetsOf } from './model/frame-sets.ts'
import { readObject } from './model/image.ts'

export type Instances = z.output<typeof StudyInstances>['instances']

/** The frame sets of one series. Kept for the session: what was received does not change. */
export const frameSetsQuery = (study: string, series: string, instances: Instances | undefined) =>
  queryOptions({
    queryKey: ['study', study, 'frames', series],
    queryFn: async ({ signal }): Promise<readonly FrameSet[]> => {
      const response = await request(`/dicom-web/studies/${study}/series/${series}/metadata`, {
        accept: 'application/dicom+json',
        signal,
      })
      const stored = new Map(instances?.map((row) => [row.instance, row]))
      const metadata = (await response.json()) as readonly JsonDataSet[]
      const objects = metadata.map((json) => {
        const object = readObject(json)
        const row = stored.get(object.sop)
        const transferSyntax = row?.transferSyntax ?? object.transferSyntax
        // Some tell the size of an image and bring no pixels; a moving picture has no frames to fetch one by one.
        const hasFrames = row?.frames !== 0 && !isVideo(transferSyntax)
        return { ...object, transferSyntax, image: hasFrames ? object.image : undefined }
      })
      return Promise.all(frameSetsOf(objects).map((set) => withState(set, signal)))
    },
    staleTime: Number.POSITIVE_INFINITY,
    enabled: instances !== undefined,
  })

/** A presentation state is read at once; the dictionary that takes comes only where there is one. */
async function withState(set: FrameSet, signal: AbortSignal): Promise<FrameSet> {
  const { document } = set
  if (document?.modality !== 'PR') return set
  const { readSavedView } = await import('./model/saved-views.ts')
  const savedView = await readSavedView(document.json, document.sopClass, (address) =>
    fetchBulk(document, address, signal),
  )
  return savedView ? { ...set, savedView } : set
}
