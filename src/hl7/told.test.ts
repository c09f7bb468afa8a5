import { describe, expect, it } from 'vitest'
import { asArchiveError } from '../base/errors.ts'
import { writeAcknowledgement } from './acknowledgement.ts'
import { readMessage } from './reading.ts'
import { toldBy } from './told.ts'

const read = (type: string, ...segments: string[]) =>
  readMessage(
    new TextEncoder().encode([`MSH|^~\\&|HIS|HOSP|CK|HOSP|20260101120000||${type}|1|P|2.5.1`, ...segments].join('\r')),
  )
const told = (type: string, ...segments: string[]) => toldBy(read(type, ...segments))
const refused = (type: string, ...segments: string[]) => {
  try {
    told(type, ...segments)
    return 'no error'
  } catch (thrown) {
    return asArchiveError(thrown).code
  }
}
/** A segment by the numbers of its fields. */
const segment = (name: string, fields: Readonly<Record<number, string>>): string =>
  [name, ...Array.from({ length: Math.max(...Object.keys(fields).map(Number)) }, (_, at) => fields[at + 1] ?? '')].join(
    '|',
  )
const PID = 'PID|1||4711^^^HOSP&1.2.3&ISO^PI~99^^^STATE^SS||Doe^Jane^Q^Jr^Dr^^L||19700203|F'

describe('what a message says about a person', () => {
  it.each(['A01', 'A04', 'A08', 'A28', 'A31'])('ADT^%s tells who the patient is', (event) => {
    expect(told(`ADT^${event}`, PID).persons).toEqual([
      {
        patient: { id: '4711', issuer: 'HOSP' },
        name: 'Doe^Jane^Q^Dr^Jr',
        birthDate: '19700203',
        sex: 'F',
      },
    ])
  })

  it('an empty field says nothing, two quotation marks take away', () => {
    expect(told('ADT^A08', 'PID|1||4711||Doe||""|').persons[0]).toEqual({
      patient: { id: '4711', issuer: '' },
      name: 'Doe',
      birthDate: '',
      sex: undefined,
    })
  })

  it('a name in three scripts becomes one with three component groups', () => {
    const name = 'Yamada^Tarou^^^^^L^A~山田^太郎^^^^^L^I~やまだ^たろう^^^^^L^P'
    expect(told('ADT^A04', `PID|1||4711||${name}`).persons[0]?.name).toBe('Yamada^Tarou=山田^太郎=やまだ^たろう')
  })

  it.each(['A18', 'A34', 'A36', 'A40', 'A46', 'A47'])(
    'ADT^%s gives the identifier of MRG up for that of PID',
    (event) => {
      expect(told(`ADT^${event}`, PID, 'MRG|99^^^LAB^PI~12^^^HOSP^PI').relations).toEqual([
        { op: 'merge', from: { id: '12', issuer: 'HOSP' }, into: { id: '4711', issuer: 'HOSP' } },
      ])
    },
  )

  it('each MRG belongs to the PID before it; without an issuer it has that one’s', () => {
    const second = 'PID|2||5^^^LAB^PI||Roe^Rick'
    expect(told('ADT^A40', PID, 'MRG|12^^^HOSP^PI', second, 'MRG|6').relations).toEqual([
      { op: 'merge', from: { id: '12', issuer: 'HOSP' }, into: { id: '4711', issuer: 'HOSP' } },
      { op: 'merge', from: { id: '6', issuer: 'LAB' }, into: { id: '5', issuer: 'LAB' } },
    ])
  })

  it('two PIDs are linked by A24 and parted by A37', () => {
    const other = 'PID|2||9^^^LAB^PI||Doe^Jane'
    const pair = { from: { id: '4711', issuer: 'HOSP' }, into: { id: '9', issuer: 'LAB' } }
    expect(told('ADT^A24', PID, other).relations).toEqual([{ op: 'link', ...pair }])
    expect(told('ADT^A37', PID, other).relations).toEqual([{ op: 'unlink', ...pair }])
  })

  it('a merge that lacks one of the two, or names one twice, is in error; a move of visits is refused', () => {
    expect(refused('ADT^A40', PID)).toBe('HL7_CONTENT')
    expect(refused('ADT^A40', PID, 'MRG|')).toBe('HL7_CONTENT')
    expect(refused('ADT^A40', PID, 'MRG|4711^^^HOSP^PI')).toBe('HL7_CONTENT')
    expect(refused('ADT^A24', PID)).toBe('HL7_CONTENT')
    for (const event of ['A30', 'A39', 'A43', 'A44', 'A45'])
      expect(refused(`ADT^${event}`, PID, 'MRG|12^^^HOSP^PI')).toBe('HL7_UNSUPPORTED')
  })

  it('admitted, discharged and died: days that decide how long images are kept', () => {
    const visit = segment('PV1', { 2: 'I', 44: '202501020830', 45: '20250110' })
    expect(told('ADT^A03', PID, visit).contacts).toEqual([
      { patient: { id: '4711', issuer: 'HOSP' }, lastSeen: '20250110', discharge: '20250110' },
    ])
    expect(told('ADT^A01', PID, segment('PV1', { 44: '20250102' })).contacts).toMatchObject([{ lastSeen: '20250102' }])
    const died = `${PID}${'|'.repeat(Math.max(0, 29 - PID.split('|').length + 1))}20250203101500`
    expect(told('ADT^A08', died).contacts).toMatchObject([{ death: '20250203' }])
    for (const message of [told('ADT^A08', PID), told('ADT^A02', PID, visit), told('ADT^A08', PID, 'PV1|1|I')])
      expect(message.contacts).toBeUndefined()
  })

  it('lacks what it needs, or is of a kind nothing is done with', () => {
    expect(refused('ADT^A08', 'PID|1||||Doe')).toBe('HL7_CONTENT')
    expect(refused('ORM^O01', PID)).toBe('HL7_CONTENT')
    expect(refused('ORM^O01', PID, 'ORC|NW', 'OBR|1|||X')).toBe('HL7_CONTENT')
    expect(refused('SIU^S12', PID)).toBe('HL7_UNSUPPORTED')
    expect(told('ADT^A02', PID)).toMatchObject({ persons: [], orders: [] })
  })
})

describe('what a message says about an order', () => {
  it('ORM^O01 as IHE has it: each field is an attribute of the worklist', () => {
    const { orders } = told(
      'ORM^O01',
      PID,
      segment('PV1', { 2: 'I', 3: 'WARD 3^12^B', 8: '9^Ref^Rita', 19: 'V99' }),
      segment('ORC', { 1: 'NW', 2: 'P1^HIS', 3: 'F1^RIS', 7: '^^^20260102093000^^S', 12: '7^Order^Olga' }),
      segment('OBR', {
        2: 'P1^HIS',
        3: 'F1^RIS',
        4: 'CTHEAD^CT head^L^CTP1^CT head plain^L',
        18: 'ACC1',
        19: 'RP1',
        20: 'SPS1',
        21: 'CT01',
        24: 'CT',
        31: '^trauma',
        34: '5&Tech&Tom',
        44: 'CT HEAD^CT of the head^99HIS',
      }),
      'ZDS|1.2.3.4^HIS^Application^DICOM',
    )
    expect(orders).toEqual([
      {
        control: 'schedule',
        placer: 'P1^HIS',
        filler: 'F1^RIS',
        accession: 'ACC1',
        procedureId: 'RP1',
        step: 'SPS1',
        study: '1.2.3.4',
        modality: 'CT',
        stationAet: 'CT01',
        date: '20260102',
        time: '093000',
        priority: 'STAT',
        performer: 'Tech^Tom',
        requester: 'Order^Olga',
        referrer: 'Ref^Rita',
        description: 'CT head',
        procedureCode: { value: 'CT HEAD', scheme: '99HIS', meaning: 'CT of the head' },
        protocol: { value: 'CTP1', scheme: 'L', meaning: 'CT head plain' },
        reason: 'trauma',
        admission: 'V99',
        patientLocation: 'WARD 3 12 B',
      },
    ])
  })

  it('OMI^O23: each IPC is a step of its own', () => {
    const { orders } = told(
      'OMI^O23',
      PID,
      'ORC|NW|P2|F2',
      'TQ1|1||||||202601030800||R',
      'OBR|1|P2|F2|MRB^MR brain^L',
      'IPC|ACC2^RIS|RP2|1.2.3.5|SPS1|MR|P1^Plain^L|MR ROOM|2nd floor|MR01',
      'IPC|ACC2^RIS|RP2|1.2.3.5|SPS2|MR|P2^Contrast^L|||MR01',
    )
    expect(
      orders.map(({ step, accession, study, stationAet, date, time }) => [
        step,
        accession,
        study,
        stationAet,
        date,
        time,
      ]),
    ).toEqual([
      ['SPS1', 'ACC2', '1.2.3.5', 'MR01', '20260103', '080000'],
      ['SPS2', 'ACC2', '1.2.3.5', 'MR01', '20260103', '080000'],
    ])
  })

  it.each([
    ['NW', '', 'schedule'],
    ['XO', '', 'schedule'],
    ['CA', '', 'cancel'],
    ['DC', '', 'cancel'],
    ['SC', 'IP', 'start'],
    ['SC', 'CM', 'complete'],
    ['SC', 'DC', 'cancel'],
  ])('ORC-1 %s with status "%s" means %s', (control, status, meaning) => {
    expect(told('ORM^O01', PID, `ORC|${control}|P1|||${status}`, 'OBR|1|P1||X').orders[0]?.control).toBe(meaning)
  })
})

describe('an acknowledgement', () => {
  const answer = {
    code: 'AA' as const,
    controlId: '17|x',
    sender: 'HIS|HOSP',
    receiver: 'CK|HOSP',
    type: 'ADT^A08',
    version: '2.5.1',
    processingId: 'P',
    why: '',
    ownId: 'ABC',
    at: '20260101120000+0000',
  }

  it('goes to who sent, and names what it answers', () => {
    expect(writeAcknowledgement(answer)).toBe(
      'MSH|^~\\&|CK|HOSP|HIS|HOSP|20260101120000+0000||ACK^A08^ACK|ABC|P|2.5.1\rMSA|AA|17\\F\\x\r',
    )
  })

  it('says why not, in ASCII', () => {
    const text = writeAcknowledgement({ ...answer, code: 'AE', why: 'The message lacks a patient’s number.' })
    expect(text).toContain('\rMSA|AE|17\\F\\x|The message lacks a patient?s number.\r')
    expect(text).toContain('\rERR|||101^Required field missing|E||||The message lacks')
    expect(text).toMatch(/^[\x0d\x20-\x7e]+$/)
  })
})
