/** Rejections in words. */
import type { Rejection } from '../../api/rejections.ts'
import { counted } from '../words/numbers.ts'

export type RejectionCode = Rejection['code']
/** Those a person may give. */
export type GivenCode = Exclude<RejectionCode, 'destroyed'>

/** What a person chooses between, and what follows from it. */
export const REASONS: Readonly<Record<RejectionCode, { readonly label: string; readonly about: string }>> = {
  '113001': {
    label: 'Poor quality',
    about: 'It will not do for reading. If it is sent again it stays out of sight.',
  },
  '113037': {
    label: 'Patient safety',
    about: 'It could mislead, such as a wrong side marker. It is refused if it is sent again.',
  },
  '113038': {
    label: 'Wrong worklist entry',
    about: 'It was made for another order or patient. It is refused; the corrected copy comes under new UIDs.',
  },
  '113039': {
    label: 'Retention expired',
    about: 'It is not needed any more. Nothing is removed, and it is shown again if it is sent again.',
  },
  destroyed: {
    label: 'Destroyed before',
    about: 'It was lawfully destroyed here and has been sent again. It waits for a person.',
  },
}

export const rejectedInWords = ({ instances, code }: Rejection): string =>
  `${counted(instances, 'object')}: ${REASONS[code].label.toLowerCase()}`
