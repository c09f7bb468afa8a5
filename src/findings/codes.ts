/** The coded terms of measurements (PS3.16 CID 7469 and others; SNOMED CT, UCUM). */

export interface Coded {
  readonly value: string
  readonly scheme: string
  readonly meaning: string
}

const coded = (value: string, scheme: string, meaning: string): Coded => ({ value, scheme, meaning })
/** What no published code says. */
const own = (value: string, meaning: string) => coded(value, '99CLEARKEEP', meaning)

export const sameCode = (a: Coded | undefined, b: Coded | undefined): boolean =>
  a?.value === b?.value && a?.scheme === b?.scheme

export const CONCEPTS = {
  length: coded('410668003', 'SCT', 'Length'),
  longAxis: coded('103339001', 'SCT', 'Long Axis'),
  shortAxis: coded('103340004', 'SCT', 'Short Axis'),
  angle: coded('1483009', 'SCT', 'Angle'),
  cobb: coded('285285000', 'SCT', 'Cobb angle'),
  area: coded('42798000', 'SCT', 'Area'),
  perimeter: coded('131191004', 'SCT', 'Perimeter'),
  volume: coded('118565006', 'SCT', 'Volume'),
  attenuation: coded('112031', 'DCM', 'Attenuation Coefficient'),
  suv: coded('126401', 'DCM', 'SUVbw'),
  pixelValue: own('PIXELVALUE', 'Pixel value'),
} as const

export const DERIVATIONS = {
  mean: coded('373098007', 'SCT', 'Mean'),
  deviation: coded('386136009', 'SCT', 'Standard Deviation'),
  least: coded('255605001', 'SCT', 'Minimum'),
  greatest: coded('56851009', 'SCT', 'Maximum'),
} as const

export const UNITS = {
  mm: coded('mm', 'UCUM', 'millimeter'),
  mm2: coded('mm2', 'UCUM', 'square millimeter'),
  deg: coded('deg', 'UCUM', 'degree'),
  hu: coded("[hnsf'U]", 'UCUM', 'Hounsfield unit'),
  suv: coded('g/ml{SUVbw}', 'UCUM', 'Standardized Uptake Value body weight'),
  pixels: coded('{pixels}', 'UCUM', 'pixels'),
  one: coded('1', 'UCUM', 'no units'),
} as const

/** Where lesions lie. RECIST counts by organ, and measures lymph nodes across. */
export const SITES = {
  lung: coded('39607008', 'SCT', 'Lung'),
  node: coded('59441001', 'SCT', 'Lymph node'),
  liver: coded('10200004', 'SCT', 'Liver'),
  adrenal: coded('23451007', 'SCT', 'Adrenal gland'),
  kidney: coded('64033007', 'SCT', 'Kidney'),
  bone: coded('272673000', 'SCT', 'Bone'),
  brain: coded('12738006', 'SCT', 'Brain'),
  soft: coded('87784001', 'SCT', 'Soft tissue'),
} as const
export type SiteName = keyof typeof SITES

/** What a lesion counts as in an assessment of response. */
export const ROLES = {
  target: own('TARGET', 'Target lesion'),
  nonTarget: own('NONTARGET', 'Non-target lesion'),
  new: own('NEW', 'New lesion'),
} as const
export type RoleName = keyof typeof ROLES

/** The name of a code in one of the tables above. */
export function nameIn<Name extends string>(
  table: Readonly<Record<Name, Coded>>,
  code: Coded | undefined,
): Name | undefined {
  return (Object.keys(table) as Name[]).find((name) => sameCode(table[name], code))
}
