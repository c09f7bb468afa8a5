/** A program that speaks FHIR R4 finds patients and their studies, and says itself whether what it gets is FHIR. */
import { Fhir } from 'fhir'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, type Session, storeAs } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

interface Resource {
  readonly resourceType: string
  readonly id: string
  readonly subject?: { readonly reference?: string }
  readonly contained?: readonly { readonly address: string }[]
  readonly series?: readonly { readonly uid: string; readonly instance: readonly { readonly uid: string }[] }[]
}
interface Bundle {
  readonly link: readonly { readonly relation: string; readonly url: string }[]
  readonly entry?: readonly { readonly fullUrl: string; readonly resource: Resource }[]
}

const validator = new Fhir()
/** Value sets it does not have are no fault of ours. */
function faultsOf(resource: object): readonly string[] {
  const { messages } = validator.validate(resource, { errorOnUnexpected: true })
  return messages
    .filter(({ severity }) => severity === 'error')
    .map(({ location, message }) => `${location}: ${message}`)
}

describe('studies and patients by FHIR', { timeout: 240_000 }, () => {
  let server: RunningServer
  let clinician: Session
  let privacy: Session
  let student: Session
  let technologist: Session
  const made = (seed: number, study: number, day: string, patientId: string, patientName: string) =>
    syntheticInstance({ seed, study, studyDate: day, patientId, patientName, rows: 4, columns: 4 })
  const eva = [made(1, 1, '20200317', 'EVA-1', 'Müller^Eva'), made(2, 2, '20240502', 'EVA-1', 'Müller-Braun^Eva')]
  const second = made(3, 2, '20240502', 'EVA-1', 'Müller-Braun^Eva')
  const max = made(4, 3, '20221130', 'MAX-1', 'Braun^Max')
  const nobody = made(5, 4, '', '', 'Unknown^Person')
  const longId = made(6, 5, '20100101', 'a-patient-id-of-an-old-system-that-needed-64-characters', 'Long^Id')

  beforeAll(async () => {
    server = await startServer({ open: false })
    const admin = await firstAdministrator(server)
    clinician = await newPerson(admin, 'marie', 'radiologist')
    privacy = await newPerson(admin, 'petra', 'privacy')
    student = await newPerson(admin, 'sam', 'administrator')
    technologist = await newPerson(admin, 'tom', 'technologist')
    for (const { bytes } of [...eva, second, max, nobody, longId])
      expect((await storeAs(server, technologist, bytes)).status).toBe(200)
  })
  afterAll(() => server.stop())

  async function search(query: string, session = clinician) {
    const answer = await session.ask(
      'GET',
      query.startsWith('http') ? query.slice(server.url.length) : `/fhir/${query}`,
    )
    const bundle = answer.json as unknown as Bundle
    if (answer.status === 200) expect(faultsOf(bundle)).toEqual([])
    return { ...answer, bundle, ids: (bundle.entry ?? []).map(({ resource }) => resource.id) }
  }
  async function read(path: string, session = clinician) {
    const answer = await session.ask('GET', `/fhir/${path}`)
    if (answer.status === 200) expect(faultsOf(answer.json)).toEqual([])
    return { ...answer, resource: answer.json as unknown as Resource }
  }
  const [first, latest] = eva.map(({ study }) => study) as [string, string]

  it('says what it can do, and that is FHIR', async () => {
    const { resource } = await read('metadata')
    expect(resource.resourceType).toBe('CapabilityStatement')
  })

  it('finds all studies, newest first, those without a date last, and oldest first when asked', async () => {
    const newest = [latest, max.study, first, longId.study, nobody.study]
    expect((await search('ImagingStudy')).ids).toEqual(newest)
    expect((await search('ImagingStudy?_sort=started')).ids).toEqual(newest.toReversed())
  })

  it.each([
    ['identifier=urn:dicom:uid|urn:oid:STUDY', [first]],
    ['identifier=SYN3', [max.study]],
    ['identifier=|SYN3', [max.study]],
    ['identifier=http://elsewhere.example|SYN3', []],
    ['_id=STUDY', [first]],
    ['patient.identifier=EVA-1', [latest, first]],
    ['patient:identifier=|EVA-1', [latest, first]],
    ['patient.identifier=urn:oid:1.2|EVA-1', []],
    ['started=2020', [first]],
    ['started=ge2020-03-17&started=lt2022-12', [max.study, first]],
    ['started=gt2024-05-02', []],
    ['modality=CT&started=2024-05', [latest]],
    ['modality=http://dicom.nema.org/resources/ontology/DCM|CT,MR&started=le2010', [longId.study]],
    ['modality=MR', []],
    ['dicom-class=urn:oid:1.2.840.10008.5.1.4.1.1.2&started=2020', [first]],
    ['status=available&started=2020', [first]],
    ['status=cancelled', []],
    ['_lastUpdated=gt2020&started=2020', [first]],
    ['_lastUpdated=lt2020', []],
  ])('finds studies by %s', async (query, found) => {
    expect((await search(`ImagingStudy?${query.replace('STUDY', first)}`)).ids).toEqual(found)
  })

  it('refuses what it would answer otherwise than asked', async () => {
    for (const query of [
      'basedon=1',
      'identifier=S*',
      'started=2020-03-17T10:00Z',
      '_sort=status',
      '_count=0',
      'after=x',
    ]) {
      const { status, json } = await search(`ImagingStudy?${query}`)
      expect([status, json['resourceType']], query).toEqual([400, 'OperationOutcome'])
    }
  })

  it('gives a study whole: patient, series, instances, and where they are by WADO-RS', async () => {
    const { resource } = await read(`ImagingStudy/${latest}`)
    const [{ uid, instance } = { uid: '', instance: [] }] = resource.series ?? []
    expect(instance.map((one) => one.uid)).toEqual([eva[1]?.instance, second.instance])
    const address = resource.contained?.[0]?.address ?? ''
    const wado = await clinician.ask(
      'GET',
      `${address.slice(server.url.length)}/studies/${latest}/series/${uid}/metadata`,
    )
    expect(wado.status).toBe(200)
    const patient = await read(resource.subject?.reference ?? '')
    expect(patient.resource).toMatchObject({
      resourceType: 'Patient',
      name: [{ family: 'Müller-Braun', given: ['Eva'] }],
    })
    expect((await search(`ImagingStudy?patient=${resource.subject?.reference}`)).ids).toEqual([latest, first])
  })

  it('gives each patient once, as their newest study says', async () => {
    const names = async (query: string) => {
      const { bundle } = await search(`Patient${query}`)
      return (bundle.entry ?? []).map(
        ({ resource }) => (resource as unknown as { name: [{ text: string }] }).name[0].text,
      )
    }
    expect(await names('')).toEqual(['Müller-Braun, Eva', 'Braun, Max', 'Long, Id'])
    expect(await names('?name=muller')).toEqual(['Müller-Braun, Eva'])
    expect(await names('?family=bra')).toEqual(['Braun, Max'])
    expect(await names('?identifier=MAX-1')).toEqual(['Braun, Max'])
    expect(await names('?gender=female')).toEqual([])
    const paged = await search('Patient?_count=1')
    expect((await search(paged.bundle.link[1]?.url ?? '')).bundle.entry).toMatchObject([
      { resource: { identifier: [{ value: 'MAX-1' }] } },
    ])
  })

  it('leads back to a patient whose identifier is too long for an id', async () => {
    const [id = ''] = (await search('Patient?family=Long')).ids
    expect(id).toMatch(/^\./)
    expect((await read(`Patient/${id}`)).resource.id).toBe(id)
    expect((await search(`ImagingStudy?patient=Patient/${id}`)).ids).toEqual([longId.study])
  })

  it('says that there is no such thing', async () => {
    for (const path of ['ImagingStudy/1.2.3', 'ImagingStudy/x', 'Patient/nobody', `Patient/.${'A'.repeat(43)}`]) {
      const { status, resource } = await read(path)
      expect([status, resource.resourceType], path).toEqual([404, 'OperationOutcome'])
    }
    expect((await search('ImagingStudy?patient=Patient/nobody')).ids).toEqual([])
  })

  it('gives pages that lead on, each study once, whatever arrives meanwhile', async () => {
    const seen: string[] = []
    let next: string | undefined = `${server.url}/fhir/ImagingStudy?_count=2&started=le2024`
    for (let turn = 0; next !== undefined; turn += 1) {
      const arrival = made(100 + turn, 100 + turn, '20241201', 'NEW-1', 'New^Patient')
      const { bundle, ids } = await search(next)
      seen.push(...ids)
      next = bundle.link.find(({ relation }) => relation === 'next')?.url
      expect((await storeAs(server, technologist, arrival.bytes)).status).toBe(200)
    }
    expect(seen).toEqual([latest, max.study, first, longId.study])
  })

  it('is for whoever may find studies, and each question is on record', async () => {
    for (const path of ['ImagingStudy', `ImagingStudy/${latest}`, 'Patient']) {
      expect((await read(path, student)).status).toBe(403)
      expect((await fetch(`${server.url}/fhir/${path}`)).status).toBe(401)
    }
    await expect.poll(async () => (await privacy.ask('GET', '/fhir/AuditEvent?type=110112')).text).toContain('fhir')
  })
})
