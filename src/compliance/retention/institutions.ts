/** What a site says of itself when it chooses rules (compliance specification 2.2, 2.5). */

/** Kinds of institution rules tell apart; '': not stated, and then the rules of every kind count. */
export const INSTITUTIONS: readonly string[] = [
  '',
  'hospital',
  'hospital-inpatient',
  'cah',
  'practice',
  'public',
  'vha',
]

/** Where a patient may have a record destroyed (Netherlands, BW 7:455): rules that nobody can shorten would forbid it. */
export const NO_COMPLIANCE: readonly string[] = ['nl']
