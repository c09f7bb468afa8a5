/** The roles there are, in the order of the table of access. */
import type { Role } from '../base/context.ts'

export const ROLES: readonly Role[] = [
  'administrator',
  'radiologist',
  'clinician',
  'technologist',
  'records',
  'privacy',
  'auditor',
  'student',
  'service',
]
