/**
 * HL7 v2 at the door: what is acknowledged is durable, what comes again or late changes nothing, what cannot be followed is
 * kept for a person; the worklist follows, on either engine and after a rebuild.
 */
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import type { DicomJson } from '../../src/dicom/json.ts'
import { openMllpListener } from '../../src/network/mllp/listener.ts'
import { ENGINES, type Running, removeArchives, runArchive } from '../support/archives.ts'
import { openAuthority } from '../support/authority.ts'
import { answerOf, hl7, hl7Sender, order, pid } from '../support/hl7.ts'
import { person } from '../support/people.ts'
import { look } from '../support/verify.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(removeArchives)

const technologist = person('tom', 'technologist')
const administrator = person('adam', 'administrator')
const QUIET = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

async function door({ archive }: Pick<Running, 'archive'>, options: object = {}) {
  const listener = await openMllpListener({
    archive,
    host: '127.0.0.1',
    port: 0,
    senders: [],
    undeclared: '8859/1',
    maxMessageBytes: 100_000,
    log: QUIET,
    now: () => new Date(),
    ...options,
  })
  ends.push(() => listener.close())
  const sender = await hl7Sender(listener.port)
  ends.push(() => sender.close())
  return { listener, ...sender }
}

/** Name, accession number and state of what is to be done, as a modality is told. */
async function worklist({ archive }: Pick<Running, 'archive'>): Promise<readonly string[]> {
  const { items } = await archive.scheduled(technologist, { matches: [], raw: '{}' })
  return items.map((item) => {
    const [name] = item['00100010']?.Value ?? []
    const [step] = item['00400100']?.Value ?? []
    const { Alphabetic = '' } = (name ?? {}) as { Alphabetic?: string }
    const [status] = (step as DicomJson)['00400020']?.Value ?? []
    return [Alphabetic, item['00080050']?.Value?.[0], status].join(' ')
  })
}
const messages = async ({ archive }: Pick<Running, 'archive'>) =>
  (await archive.messages(technologist, { limit: 100 })).messages.map(({ type, outcome, note }) => [
    type,
    outcome,
    note,
  ])

describe.each(ENGINES)('HL7 messages, the index on %s', (engine) => {
  it('orders become the worklist, and follow what is told of the patient and the order', async () => {
    const running = await runArchive({ engine })
    const { send } = await door(running)
    const tell = async (...message: Parameters<typeof hl7>) => answerOf(await send(hl7(...message)))

    expect(await tell('ORM^O01', { control: '1' }, pid('4711', 'Doe^Jane'), ...order({ accession: 'A1' }))).toBe('AA')
    expect(
      await tell(
        'ORM^O01',
        { control: '2' },
        pid('12', 'Roe^Rick'),
        ...order({ accession: 'A2', start: '202603020800' }),
      ),
    ).toBe('AA')
    expect(await worklist(running)).toEqual(['Roe^Rick A2 SCHEDULED', 'Doe^Jane A1 SCHEDULED'])

    expect(await tell('ADT^A08', { control: '3', at: '20260301090000' }, pid('4711', 'Doe-Smith^Jane'))).toBe('AA')
    expect(await worklist(running)).toEqual(['Roe^Rick A2 SCHEDULED', 'Doe-Smith^Jane A1 SCHEDULED'])

    const moved = order({ accession: 'A2', control: 'XO', start: '202603031200' })
    await tell('ORM^O01', { control: '4', at: '20260301100000' }, pid('12', 'Roe^Rick'), ...moved)
    await tell(
      'ORM^O01',
      { control: '5', at: '20260301100100' },
      pid('4711', ''),
      ...order({ accession: 'A1', control: 'CA' }),
    )
    expect(await worklist(running)).toEqual(['Roe^Rick A2 SCHEDULED'])
    const [changed] = await running.archive.orders(technologist, { open: true, limit: 10 })
    expect(changed).toMatchObject({ accession: 'A2', date: '20260303', time: '120000', status: 'scheduled' })

    const dump = (await running.dump()).filter((line) => /"table":"(messages|orders|persons|procedures)"/.test(line))
    expect(dump.length).toBe(5 + 2 + 2)
    const rebuilt = await running.withoutIndex()
    expect(await rebuilt.dump()).toEqual(expect.arrayContaining(dump))
    expect(await worklist(rebuilt)).toEqual(['Roe^Rick A2 SCHEDULED'])
    await rebuilt.close()
    expect(await look(rebuilt.folder)).toMatchObject({ exit: 0, failed: {} })
  })

  it('a message that comes again is answered alike and changes nothing, also after a restart', async () => {
    const running = await runArchive({ engine })
    const here = await door(running)
    const first = hl7('ORM^O01', { control: '1' }, pid('4711', 'Doe^Jane'), ...order({ accession: 'A1' }))
    const answer = await here.send(first)
    await here.send(
      hl7(
        'ORM^O01',
        { control: '2', at: '20260301090000' },
        pid('4711', ''),
        ...order({ accession: 'A1', control: 'CA' }),
      ),
    )
    expect(await worklist(running)).toEqual([])

    const again = running.restart()
    for (const end of ends.splice(0).reverse()) await end()
    const restarted = await again
    const { send } = await door(restarted)
    const second = await send(first)
    const withoutTime = (text: string | undefined) => text?.replace(/\|\d{14}\+0000\|/, '||')
    expect(withoutTime(second)).toBe(withoutTime(answer))
    expect(await worklist(restarted)).toEqual([])
    expect(await messages(restarted)).toHaveLength(2)

    // The control ID of another message: nothing is lost because a sender counts from 1 again.
    expect(
      answerOf(
        await send(
          hl7('ORM^O01', { control: '1', at: '20260302080000' }, pid('5', 'Fox^Fay'), ...order({ accession: 'A3' })),
        ),
      ),
    ).toBe('AA')
    expect(await worklist(restarted)).toEqual(['Fox^Fay A3 SCHEDULED'])
    expect((await messages(restarted))[0]).toEqual([
      'ORM^O01',
      'AA',
      'its control ID was used before, for another message',
    ])
  })

  it('a message that comes late does not undo what was told after it', async () => {
    const running = await runArchive({ engine })
    const { send } = await door(running)
    const cancel = hl7(
      'ORM^O01',
      { control: '2', at: '20260301090000' },
      pid('4711', 'New^Name'),
      ...order({ accession: 'A1', control: 'CA' }),
    )
    const first = hl7(
      'ORM^O01',
      { control: '1', at: '20260301080000' },
      pid('4711', 'Old^Name'),
      ...order({ accession: 'A1' }),
    )
    for (const message of [cancel, first]) expect(answerOf(await send(message))).toBe('AA')
    expect(await worklist(running)).toEqual([])
    const [found] = await running.archive.orders(technologist, { open: false, limit: 10 })
    expect(found).toMatchObject({ status: 'cancelled', patient: { name: 'New^Name' } })
    expect((await messages(running))[0]?.[2]).toMatch(/written before what is known of the patient/)
  })

  it('what cannot be read or followed is kept, answered AE or AR, and waits for a person', async () => {
    const running = await runArchive({ engine })
    const { archive } = running
    const { send } = await door(running)
    for (const [message, expected] of [
      ['Good morning', 'AR'],
      ['', 'AR'],
      [hl7('ADT^A08', { control: '1' }, 'PID|1||||Doe^Jane'), 'AE'],
      [hl7('SIU^S12', { control: '2' }, pid('4711', 'Doe^Jane')), 'AR'],
      [hl7('ADT^A08', { control: '3', characterSet: 'KLINGON' }, pid('4711', 'Doe^Jane')), 'AR'],
      [hl7('ADT^A08', { control: '' }, pid('4711', 'Doe^Jane')), 'AE'],
      [Buffer.from([0x4d, 0x53, 0x48, 0xff, 0xfe, 0x00, 0x80]), 'AR'],
      [hl7('ADT^A02', { control: '4' }, pid('4711', 'Doe^Jane')), 'AA'],
    ] as const)
      expect(answerOf(await send(message))).toBe(expected)

    const waiting = await archive.messages(administrator, { attention: true, limit: 100 })
    expect(waiting.attention).toBe(7)
    expect(waiting.messages).toHaveLength(7)
    const last = waiting.messages.at(-1)
    const whole = await archive.message(technologist, last?.id ?? 0)
    expect(Buffer.from(whole.raw).toString()).toBe('Good morning')
    expect(whole).toMatchObject({ outcome: 'AR', why: expect.stringContaining('does not begin with an MSH') })

    await expect(archive.settleMessage(administrator, whole.id, 'Looked at.')).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    })
    await archive.settleMessage(technologist, whole.id, 'The interface engine was tried out.')
    await expect(archive.settleMessage(technologist, whole.id, 'Again.')).rejects.toMatchObject({ code: 'HL7_SETTLED' })
    expect((await archive.messages(administrator, { attention: true, limit: 100 })).attention).toBe(6)
    const rebuilt = await running.withoutIndex()
    expect(await rebuilt.archive.message(technologist, whole.id)).toMatchObject({
      attention: false,
      settled: { by: 'tom', reason: 'The interface engine was tried out.' },
    })
    await rebuilt.close()
    expect(await look(rebuilt.folder)).toMatchObject({ exit: 0, failed: {} })
  })
})

describe('the HL7 door', () => {
  it('takes pieces and many messages at once, answers in order, and reads names in any character set', async () => {
    const running = await runArchive()
    const { send, raw } = await door(running)
    const names = ['Müller^Jörg', 'Østergård^Åse', '山田^太郎']
    const answers = names.map((name, at) =>
      send(
        hl7(
          'ORM^O01',
          { control: `${at}`, characterSet: 'UNICODE UTF-8' },
          pid(`${at}`, name),
          ...order({ accession: `A${at}` }),
        ),
      ),
    )
    for (const [at, text] of (await Promise.all(answers)).entries()) expect(text).toContain(`\rMSA|AA|${at}\r`)
    expect(await worklist(running)).toEqual(names.map((name, at) => `${name} A${at} SCHEDULED`))

    const slow = hl7('ADT^A08', { control: '9', at: '20260302000000' }, pid('0', 'Miller^Joe'))
    for (const byte of Buffer.from(`noise\x0b${slow}`)) raw(Uint8Array.of(byte))
    raw('\x1c')
    await expect.poll(() => worklist(running)).toContain('Miller^Joe A0 SCHEDULED')
  })

  it('speaks TLS on a port of its own, to senders certified by the right authority and to no others', async () => {
    const [ours, others] = [openAuthority('the hospital'), openAuthority('elsewhere')]
    ends.push(ours.remove, others.remove)
    for (const [authority, name] of [
      [ours, 'archive'],
      [ours, 'engine'],
      [others, 'stranger'],
    ] as const)
      authority.certify(name)
    const running = await runArchive()
    const { listener } = await door(running, {
      tls: { cert: ours.text('archive.pem'), key: ours.text('archive.key'), ca: ours.text('ca.pem'), port: 0 },
    })
    const ca = ours.text('ca.pem')
    const port = listener.tlsPort ?? 0
    const sender = await hl7Sender(port, { ca, cert: ours.text('engine.pem'), key: ours.text('engine.key') })
    ends.push(() => sender.close())
    const message = hl7('ORM^O01', { control: '1' }, pid('4711', 'Doe^Jane'), ...order({ accession: 'A1' }))
    expect(answerOf(await sender.send(message))).toBe('AA')
    expect(await worklist(running)).toEqual(['Doe^Jane A1 SCHEDULED'])

    const stranger = await hl7Sender(port, { ca, cert: others.text('stranger.pem'), key: others.text('stranger.key') })
    expect(await stranger.send(hl7('ADT^A08', { control: '2' }, pid('4711', 'Roe^Rick')))).toBeUndefined()
    expect(await messages(running)).toHaveLength(1)
  })

  it('lets nobody in whose address is not listed, and tells the audit log', async () => {
    const running = await runArchive()
    const listener = await openMllpListener({
      archive: running.archive,
      host: '127.0.0.1',
      port: 0,
      senders: ['10.1.2.3'],
      undeclared: '8859/1',
      maxMessageBytes: 100_000,
      log: QUIET,
      now: () => new Date(),
    })
    ends.push(() => listener.close())
    const sender = await hl7Sender(listener.port)
    expect(await sender.send(hl7('ADT^A08', { control: '1' }, pid('1', 'Doe')))).toBeUndefined()
    await sender.ended
    await expect
      .poll(async () => {
        const auditor = person('paula', 'privacy')
        const { events } = await running.archive.audit(auditor, { type: 'aud.110113', limit: 10 })
        return events.map(({ body }) => body).join()
      })
      .toContain('its address is not listed')
  })

  it('ends a connection whose message has no end, after answering what came before', async () => {
    const running = await runArchive()
    const here = await door(running, { maxMessageBytes: 2000 })
    expect(answerOf(await here.send(hl7('ADT^A08', { control: '1' }, pid('1', 'Doe'))))).toBe('AA')
    here.raw(`\x0b${'x'.repeat(5000)}`)
    await here.ended
    expect(await messages(running)).toHaveLength(1)
  })
})
