/** A repository that was away for 200,000 acts is told of them in memory that does not grow with their number. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openReporting, type ReportedEvent } from '../../src/ledger/repository/reporting.ts'
import { diskFiles } from '../../src/storage/files/disk.ts'
import { AUDITED, SOURCE } from '../support/audit-events.ts'
import { openAuthority } from '../support/authority.ts'
import { openTlsReceiver } from '../support/syslog-receiver.ts'
import { hasOpenssl } from '../support/tsa.ts'

const COUNT = 200_000
const WARM = 20_000
/** What the heap may swing by between collections; the messages are ten times as much. */
const MOST_GROWTH = 32 * 1024 * 1024

describe.skipIf(!hasOpenssl)('an audit repository that was away for long', { timeout: 300_000 }, () => {
  it('is told of 200,000 acts, each once and in order, in flat memory', async () => {
    const authority = openAuthority('Hospital')
    for (const name of ['archive', 'repository']) authority.certify(name)
    const folder = mkdtempSync(join(tmpdir(), 'clearkeep-reports-'))
    const heaps: number[] = []
    let [next, wrong, octets] = [0, 0, 0]
    const arr = await openTlsReceiver({
      cert: authority.text('repository.pem'),
      key: authority.text('repository.key'),
      ca: authority.text('ca.pem'),
      taken: ({ sequence, xml }) => {
        if (sequence !== next + 1) wrong += 1
        next = sequence
        octets += xml.length
        if (next % WARM === 0) heaps.push(process.memoryUsage().heapUsed)
      },
    })
    const bodies = AUDITED.map(({ body }) => ({ type: String(body['type']), text: JSON.stringify(body) }))
    const eventOf = (n: number): ReportedEvent => {
      const { type = '', text = '' } = bodies[n % bodies.length] ?? {}
      return { n, type, ts: '2026-11-27T01:02:03.004Z', body: text, patient: undefined }
    }
    const reporting = await openReporting({
      files: diskFiles(),
      folder,
      leaves: async () => COUNT,
      events: async (from, most) => Array.from({ length: Math.min(most, COUNT - from) }, (_, at) => eventOf(from + at)),
      now: () => new Date(),
      log: { info: () => {}, warn: () => {} },
      options: {
        repositories: [{ name: 'arr', transport: 'tls', host: '127.0.0.1', port: arr.port, from: 'beginning' }],
        tls: { cert: authority.text('archive.pem'), key: authority.text('archive.key'), ca: authority.text('ca.pem') },
        source: SOURCE,
        origin: { host: 'archive', process: 1, messageId: 'DICOM+RFC3881' },
        retryMs: 10,
        mostRetryMs: 50,
        gatherMs: 5,
      },
    })
    const began = performance.now()
    try {
      await expect.poll(async () => (await reporting.state())[0]?.told, { timeout: 280_000, interval: 500 }).toBe(COUNT)
      const seconds = (performance.now() - began) / 1000
      const growth = Math.max(...heaps.slice(1)) - (heaps[0] ?? 0)
      console.log(
        `${COUNT} messages, ${Math.round(octets / 2 ** 20)} MiB of XML, ${seconds.toFixed(0)} s; heap after each ${WARM}: ${heaps.map((heap) => Math.round(heap / 2 ** 20)).join(' ')} MiB`,
      )
      expect(wrong).toBe(0)
      expect(growth).toBeLessThan(MOST_GROWTH)
    } finally {
      await reporting.close()
      await arr.close()
      authority.remove()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
