/** What some laws want before a record may be destroyed (compliance specification 2.6). */
export interface PreStep {
  readonly id: string
  /** What has to be done, and shown by a paper. */
  readonly wants: string
}

export const PRE_STEPS: Readonly<Record<string, PreStep>> = {
  fr: { id: 'archives-visa', wants: 'the visa of the archives (public hospitals: Code du patrimoine L212-2)' },
  br: { id: 'commission-minutes', wants: 'the minutes of the standing review commission (Lei 13.787 art. 5)' },
  'uk-eng': { id: 'review-recorded', wants: 'the recorded review (Records Management Code of Practice, appendix II)' },
  'au-vic': { id: 'destruction-register', wants: 'the entry of the register of destruction (HPP 4.2)' },
}

export const preStepsOf = (jurisdictions: readonly string[]): readonly PreStep[] =>
  jurisdictions.flatMap((one) => PRE_STEPS[one] ?? [])
