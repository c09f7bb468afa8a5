/** The rows of the table of errors about keeping: holds, rules of retention, dates let go, erasure, destruction. */
import { row } from './error-row.ts'

export const KEEPING_ERRORS = {
  DISPOSITION_STATE: row(
    'Disposition {disposition} {why}.',
    'Look at it again: somebody may have been quicker.',
    409,
    0x0110,
  ),
  DISPOSITION_SAME_PERSON: row(
    'Whoever proposed a destruction or approved it once cannot approve it.',
    'It takes three people: let another one look at it.',
    403,
    0x0124,
  ),
  DISPOSITION_NOT_DUE: row(
    'Study {study} may not be destroyed: {why}.',
    'Leave it out, or settle what stands in the way.',
    409,
    0x0110,
  ),
  HOLD_SAME_PERSON: row(
    'Whoever asked for the release of a hold cannot release it.',
    'Let another person with the privacy role look at it and release it.',
    403,
    0x0124,
  ),
  HOLD_STATE: row('Legal hold {hold} {why}.', 'Look at it again: somebody may have been quicker.', 409, 0x0110),
  RULES_STATE: row(
    'Proposal {adoption} of rules {why}.',
    'Look at it again: somebody may have been quicker.',
    409,
    0x0110,
  ),
  RULES_SAME_PERSON: row(
    'Whoever proposed rules of retention, or approved them once, cannot approve them.',
    'Let another person look at them.',
    403,
    0x0124,
  ),
  REDUCTION_STATE: row(
    'Reduction {reduction} {why}.',
    'Look at it again: somebody may have been quicker.',
    409,
    0x0110,
  ),
  REDUCTION_SAME_PERSON: row(
    'Whoever proposed to let a date go, or approved it once, cannot approve it.',
    'It takes three people: let another one look at it.',
    403,
    0x0124,
  ),
  ERASURE_STATE: row(
    'Request for erasure {request} {why}.',
    'Look at it again: somebody may have been quicker.',
    409,
    0x0110,
  ),
} as const
