/** Names of objects: what every medium and system can name. */
import { ArchiveError } from '../../base/errors.ts'

/** Path elements of letters, digits, `-`, `_`, `.`, `=`, not beginning with a dot. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._=-]*(\/[A-Za-z0-9_-][A-Za-z0-9._=-]*)*$/

/** @throws {ArchiveError} `DEFECT` for a name that leads out of a store or hides in it */
export function mustBeName(name: string): string {
  if (!NAME.test(name)) throw new ArchiveError('DEFECT', { what: 'an object name that is no path' })
  return name
}
