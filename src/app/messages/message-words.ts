/** HL7 messages in words. */

export const ANSWERS = { AA: 'Accepted', AE: 'In error', AR: 'Rejected' } as const

/** Trigger events (HL7 table 0003) as people call them. */
const EVENTS: Readonly<Record<string, string>> = {
  A01: 'Admission',
  A02: 'Transfer',
  A03: 'Discharge',
  A04: 'Registration',
  A05: 'Pre-admission',
  A08: 'Patient changed',
  A24: 'Patients linked',
  A28: 'Person added',
  A31: 'Person changed',
  A37: 'Patients parted',
  A40: 'Patients merged',
  A45: 'Visit moved',
  A47: 'Patient number changed',
}
const KINDS: Readonly<Record<string, string>> = { ORM: 'Order', OMI: 'Imaging order', ORU: 'Report', ADT: 'Patient' }

/** @param type  `ADT^A08` */
export function typeInWords(type: string): string {
  const [kind = '', event = ''] = type.split('^')
  return (kind === 'ADT' ? EVENTS[event] : undefined) ?? KINDS[kind] ?? 'Not understood'
}
