/** A hospital’s audit tool reads the audit log by FHIR: who may, what is found, page by page, and that asking is itself told of. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, type Session, storeAs } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

interface Bundle {
  readonly link: readonly { readonly relation: string; readonly url: string }[]
  readonly entry?: readonly {
    readonly fullUrl: string
    readonly resource: {
      readonly id: string
      readonly type: { readonly code: string }
      readonly action: string
      readonly outcome: string
    }
  }[]
}

describe('the audit log by FHIR', { timeout: 240_000 }, () => {
  let server: RunningServer
  let privacy: Session
  let clinician: Session
  const one = syntheticInstance({ seed: 1, study: 1, patientId: 'LOOKED-AT' })
  const other = syntheticInstance({ seed: 2, study: 2, patientId: 'LEFT-ALONE' })

  beforeAll(async () => {
    server = await startServer({ open: false })
    const admin = await firstAdministrator(server)
    privacy = await newPerson(admin, 'petra', 'privacy')
    clinician = await newPerson(admin, 'marie', 'radiologist')
    const technologist = await newPerson(admin, 'tom', 'technologist')
    for (const { bytes } of [one, other]) expect((await storeAs(server, technologist, bytes)).status).toBe(200)
    // An act that names its study and not its patient.
    await clinician.ask('GET', `/dicom-web/studies/${one.study}/series`)
    await clinician.ask('GET', `/dicom-web/studies/${one.study}/metadata`)
  })
  afterAll(() => server.stop())

  const search = async (query: string, session = privacy) => {
    const answer = await session.ask('GET', query.startsWith('/') ? query : `/fhir/AuditEvent${query}`)
    return { ...answer, bundle: answer.json as unknown as Bundle }
  }
  const codes = ({ entry = [] }: Bundle) => entry.map(({ resource }) => resource.type.code)
  const settled = (query: string, count: number) =>
    expect.poll(async () => (await search(query)).bundle.entry?.length ?? 0).toBe(count)

  it('says what it can do to whoever asks', async () => {
    const answer = await fetch(`${server.url}/fhir/metadata`)
    expect(answer.headers.get('content-type')).toContain('application/fhir+json')
    expect(await answer.json()).toMatchObject({
      resourceType: 'CapabilityStatement',
      fhirVersion: '4.0.1',
      rest: [
        {
          resource: ['ImagingStudy', 'Patient', 'AuditEvent'].map((type) => ({
            type,
            interaction: [{ code: 'read' }, { code: 'search-type' }],
          })),
        },
      ],
    })
  })

  it('is for whoever may see the audit page, and for nobody else; the refusal is an OperationOutcome and an alert', async () => {
    const nobody = await fetch(`${server.url}/fhir/AuditEvent`)
    expect(nobody.status).toBe(401)
    expect(await nobody.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'login' }] })
    const refused = await search('', clinician)
    expect(refused.status).toBe(403)
    expect(refused.json).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'forbidden' }] })
    await settled('?agent=marie&type=110113&subtype=110132', 1)
  })

  it('finds what was done with a patient’s images, acts that named the study alone too', async () => {
    await settled('?patient=LOOKED-AT', 3)
    const { bundle } = await search('?patient=LOOKED-AT')
    expect(codes(bundle).sort()).toEqual(['110103', '110104', '110112'])
    await settled(`?entity=${other.study}`, 1)
    await settled('?patient=LOOKED-AT&agent=marie&action=R', 1)
    await settled('?patient=LOOKED-AT&outcome=4,8,12', 0)
    await settled('?patient=LOOKED-AT&date=lt2020', 0)
    await settled(`?patient=LOOKED-AT&date=ge2020&date=lt2999`, 3)
  })

  it('gives everything page by page, each event once, newest first', async () => {
    const first = await search('?_count=7&date=lt2999')
    const ids: number[] = []
    let { bundle } = first
    for (let pages = 0; pages < 100; pages += 1) {
      ids.push(...(bundle.entry ?? []).map(({ resource }) => Number(resource.id)))
      const next = bundle.link.find(({ relation }) => relation === 'next')
      if (next === undefined) break
      expect(next.url.startsWith(`${server.url}/fhir/AuditEvent?`)).toBe(true)
      bundle = (await search(next.url.slice(server.url.length))).bundle
    }
    const [newest = 0] = ids
    expect(ids).toEqual(Array.from({ length: newest + 1 }, (_, at) => newest - at))
  })

  it('gives one by its ledger number, under which its proof is', async () => {
    const { bundle } = await search('?patient=LEFT-ALONE')
    const [entry] = bundle.entry ?? []
    if (entry === undefined) throw new Error('nothing was found')
    const read = await search(entry.fullUrl.slice(server.url.length))
    expect(read.headers.get('content-type')).toContain('application/fhir+json')
    expect(read.json).toEqual(entry.resource)
    await expect.poll(async () => (await search(`/api/log/proof/${entry.resource.id}`)).status).toBe(200)
    for (const id of ['999999999', 'x', '-1'])
      expect(await search(`/fhir/AuditEvent/${id}`)).toMatchObject({
        status: 404,
        json: { resourceType: 'OperationOutcome' },
      })
  })

  it('refuses a parameter it does not know, rather than answer something else', async () => {
    const refused = await search('?patient=LOOKED-AT&purpose=TREAT')
    expect(refused.status).toBe(400)
    expect(refused.json).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ code: 'invalid', details: { text: expect.stringContaining('purpose') } }],
    })
  })

  it('is itself an act: who asked for whom', async () => {
    await settled('?agent=petra&type=110101&patient=NOBODY-ELSE', 0)
    const { bundle } = await search('?agent=petra&type=110101&_count=500')
    expect(JSON.stringify(bundle)).toContain('Security Audit Log')
    const { json } = await privacy.ask('GET', '/api/audit?who=petra&type=aud.110101&limit=500')
    expect((json['events'] as unknown[]).length).toBeGreaterThan(10)
  })
})
