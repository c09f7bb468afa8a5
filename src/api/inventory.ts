/** What is asked of an inventory. */
import { z } from 'zod'

/** A few megabytes. */
export const PART_INSTANCES = 5_000

export const InventoryAsk = z.object({
  /** Where whoever reads it finds the data folder: URIs of files are relative to it. */
  base: z
    .string()
    .max(1024)
    .regex(/^[a-z][a-z0-9+.-]*:\/\/\S*\/$/i, 'a URI that ends in /'),
  /** No more instances in one Inventory SOP Instance, unless a single study has more. */
  part: z.coerce.number().int().min(1).max(20_000).default(PART_INSTANCES),
})
