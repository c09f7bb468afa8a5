/** What who approves gives with the approval: a signature is given again each time, whatever session is open. */
import { z } from 'zod'

export const Signed = z.object({
  /** Of one's own account. */
  password: z.string().min(1).max(1000).optional(),
  /** Of the second factor, where there is one: without it the answer is `ACCESS_CODE_NEEDED`, once the password is right. */
  code: z.string().min(1).max(100).optional(),
})
export type Signed = z.infer<typeof Signed>
