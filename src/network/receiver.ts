/**
 * A place objects are sent to, as somebody who sees them: lists of who sees restricted patients name it by its AE title, or, of
 * a DICOMweb destination, by its name. An administrator configured it, so it is a listed device (`ae:*`).
 */
import type { Context } from '../base/context.ts'

export const asReceiver = (context: Context, name: string): Context => ({
  ...context,
  principal: { kind: 'device', aeTitle: name, known: true },
})
