/** Any facts of a study, sensible and not, for the properties of retention. */
import fc from 'fast-check'
import { FOREVER } from '../../src/compliance/retention/calendar.ts'
import type { Decision } from '../../src/compliance/retention/decide.ts'
import type { Facts } from '../../src/compliance/retention/facts.ts'

const date = fc
  .date({ min: new Date('1930-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10))
const rarely = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 3 })

/** Facts that may be unknown and must then not shorten (compliance specification 2.7, P2). */
export const OPTIONAL = [
  'birth',
  'modality',
  'inst',
  'diagnosis',
  'transplant',
  'trialEnd',
  'approval',
  'employmentEnd',
] as const satisfies readonly (keyof Facts)[]

export function aFacts(jurisdictions: readonly string[]): fc.Arbitrary<Facts> {
  return fc
    .record({
      jur: fc.uniqueArray(fc.constantFrom(...jurisdictions), { minLength: 1, maxLength: 3 }),
      inst: rarely(fc.constantFrom('hospital', 'hospital-inpatient', 'cah', 'practice', 'public', 'vha')),
      kind: fc.constantFrom('image' as const, 'report' as const),
      modality: rarely(fc.constantFrom('CT', 'MR', 'CR', 'MG', 'US', 'RTDOSE', 'SR', 'OT')),
      tags: fc.uniqueArray(fc.constantFrom('cancer', 'transplant', 'trial-ind', 'obstetric', 'occupational'), {
        maxLength: 2,
      }),
      received: date,
      study: rarely(fc.oneof(date, fc.constant('2015-02-30'))),
      birth: rarely(date),
      death: rarely(date),
      lastImaging: rarely(date),
      lastSeen: rarely(date),
      discharge: rarely(date),
      treatmentEnd: rarely(date),
      lastChange: rarely(date),
      diagnosis: rarely(date),
      transplant: rarely(date),
      trialEnd: rarely(date),
      approval: rarely(date),
      employmentEnd: rarely(date),
      mammoDates: fc.array(date, { maxLength: 2 }),
      suspensions: fc.array(fc.record({ from: date, to: date }), { maxLength: 1 }),
    })
    .map((facts) => facts as Facts)
}

/**
 * A birth date after the study's contradicts it, and then the date of receipt counts, which is later: without the birth date
 * there is no contradiction to see. That is the one case in which knowing less may count from an earlier day.
 */
export const contradicts = ({ birth, study }: Facts): boolean =>
  birth !== undefined && study !== undefined && study !== null && birth > study

/** The last day, so that decisions can be compared: what has no end is the longest. */
export const end = ({ retainThrough }: Decision): string => retainThrough ?? FOREVER

export const heldFor = ({ onRelease }: Decision): string | undefined => onRelease

/** Whether all its rules concern the study only perhaps. */
export const isUndecided = ({ status, missing }: Decision): boolean =>
  status === 'UNDETERMINED' && missing.some((fact) => ['inst', 'modality', 'bodyPart', 'birth'].includes(fact))
