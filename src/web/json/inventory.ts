/** `/api/inventory`: a DICOM inventory of everything, for an archive that takes over. */
import { Readable } from 'node:stream'
import { InventoryAsk } from '../../api/inventory.ts'
import type { Inventories } from '../../archive/inventory/inventory.ts'
import { type Route, route } from '../routes.ts'

export function inventoryRoutes(archive: Inventories): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/inventory',
      act: 'evidence',
      says: 'Every study, series and instance, and where its file lies: Inventory SOP Instances in a ZIP.',
      query: InventoryAsk,
      answers: [{ status: 200, says: 'A ZIP; inventory.dcm names the others.', types: ['application/zip'] }],
      handle: async ({ context, query }, reply) => {
        const { name, bytes } = await archive.inventory(context, query)
        return reply
          .type('application/zip')
          .header('content-disposition', `attachment; filename="${name}.zip"`)
          .send(Readable.from(bytes, { objectMode: false }))
      },
    }),
  ]
}
