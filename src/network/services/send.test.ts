import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { type DoorForTests, openDoor } from '../../../test/support/dicom-door.ts'
import { syntheticInstance } from '../../../test/support/synthetic.ts'
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { registeredUids } from '../../dicom/dictionary.ts'
import { type SendResult, type SendSource, send } from './send.ts'

const doors: DoorForTests[] = []
afterEach(async () => {
  for (const one of doors.splice(0)) await one.close()
})

async function door(options: Parameters<typeof openDoor>[0] = {}): Promise<DoorForTests> {
  const one = await openDoor({ graceMs: 50, ...options })
  doors.push(one)
  return one
}

const destination = ({ port }: DoorForTests) => ({
  host: '127.0.0.1',
  port,
  calledAet: 'CLEARKEEP',
  callingAet: 'SENDER',
})

const source = (name: string, bytes: Buffer, inOrder = false): SendSource => ({
  name,
  inOrder,
  open: async function* () {
    for (let at = 0; at < bytes.length; at += 4096) yield bytes.subarray(at, at + 4096)
  },
})

const instance = (seed: number) => syntheticInstance({ seed, rows: 32, columns: 32 })

/** A synthetic instance of another SOP class: the UID in it is replaced by one of any length. */
function ofClass(seed: number, sopClass: string): Buffer {
  const { bytes, dataSetStart } = instance(seed)
  const at = bytes.indexOf(Buffer.from([0x08, 0x00, 0x16, 0x00, 0x55, 0x49]), dataSetStart)
  const length = bytes.readUInt16LE(at + 6)
  const value = Buffer.from(sopClass.length % 2 === 1 ? `${sopClass}\0` : sopClass, 'latin1')
  const header = Buffer.from(bytes.subarray(at, at + 8))
  header.writeUInt16LE(value.length, 6)
  return Buffer.concat([bytes.subarray(0, at), header, value, bytes.subarray(at + 8 + length)])
}

async function results(iterable: AsyncIterable<SendResult>): Promise<SendResult[]> {
  const list: SendResult[] = []
  for await (const result of iterable) list.push(result)
  return list
}

const states = (here: DoorForTests) => here.associations().map((summary) => summary.state)

describe('sending objects', () => {
  it('sends each data set as it is stored and gives a result for each, in order', async () => {
    const here = await door()
    const objects = Array.from({ length: 20 }, (_, seed) => instance(seed))
    const sent = await results(
      send(
        objects.map((object, index) => source(`file${index}`, object.bytes)),
        destination(here),
      ),
    )
    expect(sent.map((result) => [result.name, result.outcome, result.sopInstance])).toEqual(
      objects.map((object, index) => [`file${index}`, 'stored', object.instance]),
    )
    expect(here.archive.kept.map((kept) => kept.sha256)).toEqual(objects.map((object) => object.ds))
    expect(states(here)).toEqual(['released by the peer'])
    expect(here.associations()[0]?.contexts).toHaveLength(1)
  })

  it('keeps several outstanding where the peer grants it', async () => {
    const here = await door()
    const objects = Array.from({ length: 30 }, (_, seed) => source(`${seed}`, instance(seed).bytes))
    const sent = await results(send(objects, { ...destination(here), asyncWindow: 4 }))
    expect(sent.map((result) => result.name)).toEqual(objects.map((object) => object.name))
    expect(sent.every((result) => result.outcome === 'stored')).toBe(true)
  })

  it('opens another association when there are more than 128 presentation contexts', async () => {
    const here = await door()
    const classes = registeredUids('storage').slice(0, 150)
    const objects = classes.map(({ uid }, index) => source(uid, ofClass(index, uid)))
    const sent = await results(send(objects, destination(here)))
    expect(sent.filter((result) => result.outcome !== 'stored')).toEqual([])
    expect(here.associations().map((summary) => summary.contexts.length)).toEqual([128, 128])
    expect(here.archive.kept.map((kept) => kept.arrival.stream?.sopClass)).toEqual(classes.map(({ uid }) => uid))
  })

  it('says which objects the peer takes none of, and sends the others', async () => {
    const here = await door({ acceptUnknownSopClasses: false })
    const objects = [
      source('a', instance(1).bytes),
      source('b', ofClass(2, '1.2.826.0.1.9')),
      source('c', instance(3).bytes),
    ]
    const sent = await results(send(objects, destination(here)))
    expect(sent.map((result) => result.outcome)).toEqual(['stored', 'not accepted', 'stored'])
  })

  it('says which files are no objects, and sends the others', async () => {
    const here = await door()
    const whole = instance(1).bytes
    const sent = await results(
      send(
        [
          source('text', Buffer.from('this is no DICOM object, it only looks long enough to be one'.repeat(10))),
          source('empty', Buffer.alloc(0)),
          source('cut', whole.subarray(0, 200)),
          source('good', whole),
        ],
        destination(here),
      ),
    )
    expect(sent.map((result) => [result.name, result.outcome])).toEqual([
      ['text', 'unreadable'],
      ['empty', 'unreadable'],
      ['cut', 'unreadable'],
      ['good', 'stored'],
    ])
    expect(sent[0]?.why).toMatch(/not a DICOM object/)
  })

  it('tells a refusal with what the peer said, and goes on', async () => {
    const here = await door()
    here.archive.before = (arrival) => {
      if (arrival.stream?.sopInstance === instance(1).instance) throw new ArchiveError('STORE_BUSY')
    }
    const sent = await results(
      send(
        [1, 2].map((seed) => source(`${seed}`, instance(seed).bytes)),
        destination(here),
      ),
    )
    expect(sent).toMatchObject([
      { outcome: 'refused', status: 0xa700, why: 'The archive is at its limit of work in hand.' },
      { outcome: 'stored', status: 0, why: '' },
    ])
  })

  it('takes members of archives in order, each opened but once', async () => {
    const here = await door()
    const opened: string[] = []
    async function* members() {
      for (let seed = 0; seed < 5; seed += 1) {
        const object = source(`${seed}`, instance(seed).bytes, true)
        yield {
          ...object,
          open: () => {
            opened.push(object.name)
            return object.open()
          },
        }
        // Where the next begins, the one before must have been taken.
        expect(here.archive.kept).toHaveLength(seed + 1)
      }
    }
    const sent = await results(send(members(), destination(here)))
    expect(sent.every((result) => result.outcome === 'stored')).toBe(true)
    expect(opened).toEqual(['0', '1', '2', '3', '4'])
    expect(here.archive.kept.map((kept) => kept.sha256)).toEqual([0, 1, 2, 3, 4].map((seed) => instance(seed).ds))
    expect(here.associations()).toHaveLength(1)
  })

  it('opens a new association after one was lost, and sends the rest', async () => {
    const here = await door({ limits: { maxDrain: 10 } })
    here.archive.before = (arrival) => {
      if (arrival.stream?.sopInstance === instance(1).instance) throw new ArchiveError('STORE_BUSY')
    }
    const large = syntheticInstance({ seed: 1, rows: 1024, columns: 1024 }).bytes
    const objects = [source('0', instance(0).bytes), source('1', large), source('2', instance(2).bytes)]
    const sent = await results(send(objects, destination(here)))
    expect(sent.map((result) => result.outcome)).toEqual(['stored', 'failed', 'stored'])
    expect(states(here)).toEqual(['released by the peer', 'aborted by us: the rest of a refused data set is too long'])
  })

  it('gives up when association after association is lost', async () => {
    const here = await door({ limits: { maxDrain: 10 } })
    here.archive.before = () => {
      throw new ArchiveError('STORE_BUSY')
    }
    const objects = Array.from({ length: 10 }, (_, seed) =>
      source(`${seed}`, syntheticInstance({ seed, rows: 1024, columns: 1024 }).bytes),
    )
    const sent = await results(send(objects, destination(here)))
    expect(sent.map((result) => result.outcome)).toEqual(Array(10).fill('failed'))
    expect(here.associations()).toHaveLength(3)
  })

  it('tells a file that cannot be read to its end from a peer that is gone', async () => {
    const here = await door()
    const { bytes } = instance(1)
    let times = 0
    const failing: SendSource = {
      name: 'failing',
      inOrder: false,
      open: async function* (): AsyncGenerator<Bytes> {
        times += 1
        yield bytes.subarray(0, 1000)
        if (times > 1) throw new Error('EIO')
        yield bytes.subarray(1000)
      },
    }
    const sent = await results(send([failing, source('good', instance(2).bytes)], destination(here)))
    expect(sent.map((result) => result.outcome)).toEqual(['unreadable', 'stored'])
  })

  it('fails all when there is nobody to send to', async () => {
    const here = await openDoor()
    await here.close()
    const sent = await results(
      send(
        [1, 2].map((seed) => source(`${seed}`, instance(seed).bytes)),
        destination(here),
      ),
    )
    expect(sent.map((result) => result.outcome)).toEqual(['failed', 'failed'])
    expect(sent[0]?.why).toMatch(/cannot be reached/)
  })

  it('reads headers ahead, and not objects', async () => {
    const here = await door()
    const { bytes } = syntheticInstance({ seed: 1, rows: 2048, columns: 2048 })
    const read: number[] = []
    const counted: SendSource = {
      name: 'large',
      inOrder: false,
      open: async function* () {
        read.push(0)
        for (let at = 0; at < bytes.length; at += 4096) {
          read[read.length - 1] = (read.at(-1) ?? 0) + 4096
          yield bytes.subarray(at, at + 4096)
        }
      },
    }
    await results(send([counted], destination(here)))
    expect(read).toHaveLength(2)
    expect(read[0]).toBe(4096)
    const sha256 = createHash('sha256')
      .update(bytes.subarray(syntheticInstance({ seed: 1 }).dataSetStart))
      .digest('hex')
    expect(here.archive.kept[0]?.sha256).toBe(sha256)
  })
})
