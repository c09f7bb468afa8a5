/** The suite of `round-trip.journey.test.ts` and `round-trip.long.test.ts`, over files each of them chooses. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { stow } from './client.ts'
import { type CorpusFile, corpus, corpusDir, corpusTable } from './corpus.ts'
import {
  type Arrivals,
  attributesOf,
  type Came,
  type Destination,
  DOORS,
  EXPLICIT,
  type FormAsked,
  type Known,
  known,
  openDestination,
  out,
  pixelsOf,
  sha256,
} from './round-trip.ts'
import { type RunningServer, startServer } from './server.ts'

const DEFLATED = '1.2.840.10008.1.2.1.99'
const FORMS: readonly FormAsked[] = ['stored', 'explicit']

export function roundTrip(title: string, choose: (files: readonly CorpusFile[]) => readonly CorpusFile[]): void {
  vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 1_800_000 })
  describe.skipIf(corpusDir() === undefined)(`in and out again: ${title}`, () => {
    const usable = corpus().filter(({ expect, path }) => expect === 'ok' && !/(^|\/)DICOMDIR$/.test(path))
    const chosen = choose(usable).flatMap((file) => known(file) ?? [])
    /** One file a UID. */
    const instances = [...new Map(chosen.map((one) => [one.instance, one])).values()]
    const studies = [...Map.groupBy(instances, ({ study }) => study).values()]
    let server: RunningServer
    let destinations: Record<FormAsked, Destination>
    /** What every door agreed on, by state and form. */
    const given = new Map<string, Arrivals>()

    beforeAll(async () => {
      destinations = {
        stored: await openDestination(() => true),
        explicit: await openDestination((uid) => uid === EXPLICIT),
      }
      const list = FORMS.map((form) => ({ aet: form.toUpperCase(), host: '127.0.0.1', port: destinations[form].port }))
      server = await startServer({ environment: { CLEARKEEP_DICOM__DESTINATIONS: JSON.stringify(list) } })
      for (const { bytes, file } of instances)
        expect([200, 202], file.path).toContain((await stow(server.dicomweb, bytes)).status)
    })
    afterAll(async () => {
      await server?.stop()
      for (const form of FORMS) await destinations?.[form].close()
    })

    const pathOf = (one: Known): string => one.file.path
    /** Every study out of every door; the doors must agree to the byte, or all have nothing to give. */
    async function fetchAll(state: string, form: FormAsked): Promise<void> {
      const agreed: Arrivals = new Map()
      const disagree: string[] = []
      for (const study of studies) {
        const [first = new Map<string, Came>(), ...others] = await inTurn(study, form)
        for (const one of study) {
          const came = first.get(one.instance)
          const name = (door: Arrivals) => {
            const it = door.get(one.instance)
            return it === undefined ? 'nothing' : `${it.transferSyntax} ${sha256(it.dataSet)}`
          }
          const told = [first, ...others].map((door, at) => `${DOORS[at]} ${name(door)}`)
          if (new Set(told.map((words) => words.slice(words.indexOf(' ')))).size > 1)
            disagree.push(`${pathOf(one)}: ${told.join('; ')}`)
          if (came !== undefined) agreed.set(one.instance, came)
        }
      }
      given.set(`${state} ${form}`, agreed)
      expect(disagree).toEqual([])
    }
    async function inTurn(study: readonly Known[], form: FormAsked): Promise<Arrivals[]> {
      const all: Arrivals[] = []
      for (const door of DOORS) all.push(await out(door, form, server, study, destinations))
      return all
    }
    const of = (state: string, form: FormAsked, one: Known): Came | undefined =>
      given.get(`${state} ${form}`)?.get(one.instance)

    it('has something of every kind', () => {
      expect(instances.length).toBeGreaterThan(60)
      expect(new Set(instances.map(({ file }) => file.transferSyntax)).size).toBeGreaterThan(15)
    })

    it('gives by every door, as stored, the very bytes that were received', async () => {
      await fetchAll('inbox', 'stored')
      const different = instances.filter((one) => of('inbox', 'stored', one)?.dataSet.equals(one.dataSet) !== true)
      expect(different.map(pathOf)).toEqual([])
    })

    it('gives by every door the same in Explicit VR Little Endian: attributes as received, pixels as others decode them', async () => {
      await fetchAll('inbox', 'explicit')
      const truths = new Map(corpusTable('pixels.tsv').map((row) => [row['path'] ?? '', row]))
      let compared = 0
      for (const one of instances) {
        const came = of('inbox', 'explicit', one)
        if (came === undefined) continue // nothing here decodes it; every door said so
        expect(came.transferSyntax, pathOf(one)).toBe(EXPLICIT)
        const received = of('inbox', 'stored', one)
        if (received === undefined || received.transferSyntax === DEFLATED) continue
        expect(await attributesOf(came), pathOf(one)).toBe(await attributesOf(received))
        const truth = truths.get(pathOf(one))
        // Colour by pixel: as the truths are written. Others are compared in archive/transcode.test.ts.
        if (truth?.['kind'] !== 'lossless' || truth['samples'] !== '1') continue
        expect(pixelsOf(came), pathOf(one)).toBe(truth['sha256'])
        compared += 1
      }
      expect(compared).toBeGreaterThan(5)
    })

    it('gives by every door what is sealed: attributes and decoded pixels are those from before', async () => {
      const answer = await fetch(`${server.url}/api/seal`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ studies: studies.map(([one]) => one?.study) }),
      })
      expect(await answer.text()).not.toContain('"outcome":"failed"')
      await fetchAll('vault', 'stored')
      await fetchAll('vault', 'explicit')
      for (const one of instances) {
        const [before, after] = [of('inbox', 'explicit', one), of('vault', 'explicit', one)]
        expect(after === undefined, pathOf(one)).toBe(before === undefined)
        const received = of('inbox', 'stored', one)
        const kept = of('vault', 'stored', one)
        if (received === undefined || kept === undefined) throw new Error(`${pathOf(one)} is not there`)
        if (before !== undefined && after !== undefined) {
          expect(pixelsOf(after), pathOf(one)).toBe(pixelsOf(before))
          expect(await attributesOf(after), pathOf(one)).toBe(await attributesOf(before))
        }
        if (kept.transferSyntax === received.transferSyntax)
          expect(kept.dataSet.equals(received.dataSet), pathOf(one)).toBe(true)
        else expect(await attributesOf(kept), pathOf(one)).toBe(await attributesOf(received))
      }
    })
  })
}
