/** `/api/studies/{study}/views` and `/key-images`: the picture as a reader left it, and the images that matter. */
import { SavedObject, SaveKeyImages, SaveView } from '../../api/views.ts'
import type { Archive } from '../../archive/archive.ts'
import { type Route, route, uidParam } from '../routes.ts'

export function viewRoutes(archive: Pick<Archive, 'keepView' | 'keepKeyImages'>): readonly Route[] {
  return [
    route({
      method: 'POST',
      url: '/api/studies/:study/views',
      act: 'measure',
      says: 'Keeps the picture as it stands as a presentation state of the study: window, part, turn, what is drawn.',
      body: SaveView,
      answers: [
        { status: 200, says: 'The presentation state.', shape: SavedObject },
        { status: 403, says: 'Not with this role.' },
        { status: 404, says: 'There is no such study, or no such image in it.' },
      ],
      handle: async (ask): Promise<{ instance: string; series: string }> => {
        const { grey, spacing, drawn, ...view } = ask.body
        const { key } = await archive.keepView(ask.context, {
          ...view,
          study: uidParam(ask, 'study'),
          grey: grey ? { ...grey, rescale: grey.rescale ?? undefined } : undefined,
          spacing: spacing ?? undefined,
          drawn: drawn.map((one) => ({ ...one, frame: one.frame ?? undefined })),
        })
        return { instance: key.instance, series: key.series }
      },
    }),
    route({
      method: 'POST',
      url: '/api/studies/:study/key-images',
      act: 'measure',
      says: 'Keeps images that somebody marked as a key object selection of the study.',
      body: SaveKeyImages,
      answers: [
        { status: 200, says: 'The selection.', shape: SavedObject },
        { status: 403, says: 'Not with this role.' },
        { status: 404, says: 'There is no such study, or no such image in it.' },
      ],
      handle: async (ask): Promise<{ instance: string; series: string }> => {
        const { key } = await archive.keepKeyImages(ask.context, { ...ask.body, study: uidParam(ask, 'study') })
        return { instance: key.instance, series: key.series }
      },
    }),
  ]
}
