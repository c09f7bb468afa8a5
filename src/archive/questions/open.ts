/** The four questions of an audit, put together. */
import type { TransparencyLog } from '../../ledger/log/log.ts'
import type { Answers } from '../answers.ts'
import { openAccess } from './access.ts'
import { openCompleteness } from './completeness.ts'
import { type DestructionParts, openDestruction } from './destruction.ts'
import { type IntegrityParts, openIntegrity } from './integrity.ts'
import { openReportFile } from './report-file.ts'
import { openSubjects } from './subjects.ts'

export function openQuestions(
  parts: IntegrityParts & DestructionParts & { readonly ledger: TransparencyLog; readonly version: string },
): Answers {
  const answers = {
    ...openAccess(parts),
    ...openIntegrity(parts),
    ...openDestruction(parts),
    ...openCompleteness(parts),
  }
  return { ...openSubjects(parts), ...answers, ...openReportFile(parts, answers) }
}
