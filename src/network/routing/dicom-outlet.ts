/** A DICOM node as a place of routing: C-STORE over one association for a batch (PS3.4 Annex B). */
import type { Archive } from '../../archive/archive.ts'
import { statusInWords } from '../dimse/statuses.ts'
import { type Destination, Link, sendOver } from '../services/link.ts'
import type { Outlet } from './outlet.ts'

export const dicomOutlet = (archive: Pick<Archive, 'file'>, to: Destination, aeTitle: string): Outlet => ({
  name: to.aet,
  kind: 'dicom',
  where: `${to.aet}@${to.host}:${to.port}`,
  open: (records, signal) => {
    const link = new Link(to, aeTitle, records, signal)
    return {
      send: async (context, record) => {
        const answer = await sendOver(link, record, async (form) => {
          const file = archive.file(context, record, form)
          await file.begin()
          return file
        })
        if (answer === undefined) return { outcome: 'refused', why: 'it takes no such objects' }
        // A warning says that it keeps it (PS3.4 Table B.2-1).
        if (answer.is === 'success' || answer.is === 'warning') return { outcome: 'kept' }
        return { outcome: 'refused', why: answer.comment || statusInWords(answer.status) }
      },
      close: () => link.close(),
    }
  },
})
