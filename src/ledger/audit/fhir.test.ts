import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AUDITED, HOSTILE, SOURCE, STUDY } from '../../../test/support/audit-events.ts'
import { sentenceOf } from '../sentence.ts'
import { auditEvent } from './fhir.ts'
import { type AuditedEvent, auditMessage } from './message.ts'

const text = z.string().min(1)
const coding = z.strictObject({
  system: z.url().or(z.string().startsWith('urn:')).optional(),
  code: z.string().regex(/^\S+( \S+)*$/),
  display: text.optional(),
})
const concept = z.strictObject({ coding: z.array(coding).min(1) })
const who = z.strictObject({
  type: z.enum(['Practitioner', 'Patient', 'Device']).optional(),
  identifier: z.strictObject({
    system: text.optional(),
    value: text,
    assigner: z.strictObject({ display: text }).optional(),
  }),
  display: text.optional(),
})

/** AuditEvent as FHIR R4 6.4 defines it, for the elements we write: their cardinalities and required codes. */
const R4 = z.strictObject({
  resourceType: z.literal('AuditEvent'),
  id: z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/),
  text: z.strictObject({
    status: z.literal('generated'),
    div: z.string().regex(/^<div xmlns="http:\/\/www.w3.org\/1999\/xhtml">[^<>]+<\/div>$/),
  }),
  type: coding,
  subtype: z.array(coding).min(1).optional(),
  action: z.enum(['C', 'R', 'U', 'D', 'E']),
  recorded: z.iso.datetime(),
  outcome: z.enum(['0', '4', '8', '12']),
  outcomeDesc: text.optional(),
  agent: z
    .array(
      z.strictObject({
        type: concept.optional(),
        role: z.array(concept).min(1).optional(),
        who,
        altId: text.optional(),
        name: text.optional(),
        requestor: z.boolean(),
        media: coding.optional(),
        network: z.strictObject({ address: text, type: z.enum(['1', '2', '3', '4', '5']) }).optional(),
      }),
    )
    .min(1),
  source: z.strictObject({ site: text.optional(), observer: who, type: z.array(coding).min(1) }),
  entity: z
    .array(
      z
        .strictObject({
          what: who,
          type: coding,
          role: coding,
          lifecycle: coding.optional(),
          name: text.optional(),
          query: z.base64().optional(),
          detail: z
            .array(z.strictObject({ type: text, valueString: text }))
            .min(1)
            .optional(),
        })
        .refine(({ name, query }) => name === undefined || query === undefined, 'sev-1'),
    )
    .min(1)
    .optional(),
})

const of = (event: AuditedEvent) => auditEvent(auditMessage(event, SOURCE), sentenceOf(event.body))
const ofType = (type: string) => AUDITED.filter(({ body }) => body['type'] === type).map(of)

describe('events as FHIR AuditEvent (R4)', () => {
  it.each(AUDITED.map((event) => [String(event.body['type']), event] as const))(
    '%s keeps to the definition of the resource',
    (_, event) => {
      expect(R4.parse(of(event))).toMatchObject({ id: String(event.n), recorded: event.body['ts'] })
    },
  )

  it.each(HOSTILE)('does too when names are %j', (value) => {
    for (const { n, body } of AUDITED) {
      const hostile = {
        ...body,
        actor: { userId: `u:${value}`, name: value },
        patient: { idRef: value, issuer: value },
        to: value,
        why: value,
      }
      R4.parse(of({ n, body: hostile }))
    }
  })

  it('says of an arrival from where, to where, which study and whose', () => {
    const [stored] = ofType('obj.ingest')
    expect(stored).toMatchObject({
      type: { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110104' },
      action: 'C',
      agent: [
        {
          type: { coding: [{ code: '110153' }] },
          who: { type: 'Device', identifier: { value: 'CT1' } },
          altId: 'AETITLES=CT1',
          network: { address: '10.0.0.7', type: '2' },
        },
        { type: { coding: [{ code: '110152' }] }, who: { identifier: { value: 'clearkeep-1' } } },
      ],
      entity: [
        { what: { identifier: { system: 'urn:dicom:uid', value: `urn:oid:${STUDY}` } }, lifecycle: { code: '1' } },
        {
          what: { type: 'Patient', identifier: { value: '4711', assigner: { display: 'HOSP' } } },
          role: { code: '1' },
        },
      ],
    })
  })

  it('has BALP’s words for reading, searching and disclosing beside DICOM’s', () => {
    const codes = (type: string) => ofType(type)[0]?.subtype?.map(({ code }) => code)
    expect(codes('aud.110103')).toEqual(['read'])
    expect(codes('obj.reject')).toEqual(['delete'])
    expect(codes('aud.110112')).toEqual(['search'])
    expect(codes('aud.110106')).toEqual(['disclose'])
  })

  it('leaves out whom and what the act does not know', () => {
    const [moved] = ofType('aud.110104')
    expect(JSON.stringify(moved)).not.toContain('<none>')
  })
})
