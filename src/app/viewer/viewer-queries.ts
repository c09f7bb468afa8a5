/** What the viewer asks the archive: the metadata of each series, and in which syntax each object is stored now. */
import { queryOptions } from '@tanstack/react-query'
import type { StudyInstances } from '../../api/studies.ts'
import type { z } from 'zod'
import { request } from '../http/client.ts'
import type { JsonDataSet } from './model/dicom-json.ts'
import { type FrameSet, frameSetsOf } from './model/frame-sets.ts'
import { readObject } from './model/image.ts'
import { isVideo } from './frames/syntaxes.ts'

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
      const stored = new Map(instances?.map(({ instance, transferSyntax }) => [instance, transferSyntax]))
      const metadata = (await response.json()) as readonly JsonDataSet[]
      const objects = metadata.map((json) => {
        const object = readObject(json)
        const transferSyntax = stored.get(object.sop) ?? object.transferSyntax
        // A moving picture has no frames to fetch one by one.
        return { ...object, transferSyntax, image: isVideo(transferSyntax) ? undefined : object.image }
      })
      return frameSetsOf(objects)
    },
    staleTime: Number.POSITIVE_INFINITY,
    enabled: instances !== undefined,
  })
