/** The power fails between the receipt of a message and its acknowledgement: what was acknowledged is there. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { openMllpListener } from '../../src/network/mllp/listener.ts'
import { removeArchives, runArchive, temporaryFolder } from '../support/archives.ts'
import { answerOf, hl7, hl7Sender, order, pid } from '../support/hl7.ts'
import { lossyFiles } from '../support/lossy-files.ts'
import { person } from '../support/people.ts'
import { below, seeded } from '../support/random.ts'
import { look } from '../support/verify.ts'

vi.setConfig({ testTimeout: 120_000 })
afterAll(removeArchives)

const technologist = person('tom', 'technologist')
const QUIET = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const MESSAGES = 30

/** Every fifth one merges a patient into another. */
const isMerge = (at: number) => at % 5 === 4
const MERGES = Array.from({ length: MESSAGES }, (_, at) => at).filter(isMerge)
const messageNumber = (at: number) => {
  const options = { control: `${at}`, at: `202603010800${10 + at}` }
  return isMerge(at)
    ? hl7('ADT^A40', options, pid(`M${at}`, `Doe^N${at}`), `MRG|${at % 7}^^^HOSP^PI`)
    : hl7('ORM^O01', options, pid(`${at % 7}`, `Doe^N${at}`), ...order({ accession: `A${at}` }))
}

it.each([1, 2, 3, 4, 5, 6])(
  'loses no acknowledged message in three power failures, and follows none twice (history %i)',
  async (seed) => {
    const random = seeded(seed)
    const root = temporaryFolder()
    let data = join(root, 'data')
    const acknowledged = new Set<number>()
    for (let life = 1; life <= 4; life += 1) {
      const files = await lossyFiles(data, random)
      // The index is lost with the power: all that counts is the journal.
      const index = join(root, `index-${life}`)
      await mkdir(index)
      const running = await runArchive({ folder: data, index, files })
      const { archive } = running
      const there = new Set(
        (await archive.messages(technologist, { limit: 100 })).messages.map(({ control }) => Number(control)),
      )
      for (const at of acknowledged) expect(there, `message ${at} after life ${life - 1}`).toContain(at)

      if (life < 4) files.powerOffDuring(1 + below(random, 40))
      const door = await openMllpListener({
        archive,
        host: '127.0.0.1',
        port: 0,
        senders: [],
        undeclared: '8859/1',
        maxMessageBytes: 100_000,
        log: QUIET,
        now: () => new Date(),
      })
      const sender = await hl7Sender(door.port)
      // The sender begins with what it has no answer for, and with some it has.
      for (let at = 0; at < MESSAGES; at += 1) {
        if (acknowledged.has(at) && below(random, 3) > 0) continue
        const answer = answerOf(await sender.send(messageNumber(at)))
        if (answer === 'AA') acknowledged.add(at)
        else if (life < 4) break
      }
      sender.close()
      await door.close()
      if (life < 4) {
        const left = await files.crash()
        await running.close().catch(() => undefined)
        data = left
        continue
      }
      expect(acknowledged.size).toBe(MESSAGES)
      const { messages } = await archive.messages(technologist, { limit: 100 })
      expect(messages.map(({ control }) => Number(control)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: MESSAGES }, (_, at) => at),
      )
      expect(await archive.orders(technologist, { open: true, limit: 100 })).toHaveLength(MESSAGES - MERGES.length)
      for (const at of MERGES)
        expect(await archive.person(technologist, `HOSP|${at % 7}`)).toMatchObject({ person: `HOSP|M${at}` })
      await running.close()
      expect(await look(data)).toMatchObject({ exit: 0, failed: {} })
    }
  },
)
