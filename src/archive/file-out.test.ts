import { describe, expect, it } from 'vitest'
import type { ByteStream } from '../base/bytes.ts'
import { gather } from '../base/bytes.ts'
import type { Context } from '../base/context.ts'
import { uid } from '../dicom/uid.ts'
import type { FileOut, InstanceRecord } from './archive.ts'
import { FilesInTurn, fileOut } from './file-out.ts'

const SYNTAX = uid('1.2.840.10008.1.2.1')
const JPEG = uid('1.2.840.10008.1.2.4.50')

/** Files whose bytes are their names, with a diary of what was opened, taken and closed. */
function diaryOf(...names: readonly string[]) {
  const diary: string[] = []
  const records = names.map((name) => ({ name, sopClass: '1.2', transferSyntax: SYNTAX }) as unknown as InstanceRecord)
  const nameOf = (record: InstanceRecord) => (record as unknown as { readonly name: string }).name
  const file = (_context: Context, record: InstanceRecord): FileOut => {
    const name = nameOf(record)
    return fileOut(
      SYNTAX,
      async () => {
        if (name === 'broken') throw new Error('cannot be read')
        return (async function* (): ByteStream {
          diary.push(`open ${name}`)
          try {
            yield Buffer.from(name)
            yield Buffer.from('.')
          } finally {
            diary.push(`close ${name}`)
          }
        })()
      },
      async function* (bytes) {
        diary.push(`take ${name}`)
        yield* bytes
      },
    )
  }
  return { diary, records, files: new FilesInTurn({ file }, {} as Context, records), file }
}

const text = async (bytes: ByteStream) => Buffer.from(await gather(bytes)).toString()

describe('a file on its way out', () => {
  it('is not opened before somebody wants it', async () => {
    const { diary, records, file } = diaryOf('a')
    const { bytes } = file({} as Context, records[0] as InstanceRecord)
    expect(diary).toEqual([])
    expect(await text(bytes)).toBe('a.')
    expect(diary).toEqual(['open a', 'take a', 'close a'])
  })

  it('that was begun gives the same bytes, opened once', async () => {
    const { diary, records, file } = diaryOf('a')
    const out = file({} as Context, records[0] as InstanceRecord)
    await out.begin()
    await out.begin()
    expect(await text(out.bytes)).toBe('a.')
    expect(diary).toEqual(['open a', 'take a', 'close a'])
  })

  it('that was begun and is not wanted is closed, and nobody has taken it', async () => {
    const { diary, records, file } = diaryOf('a')
    const out = file({} as Context, records[0] as InstanceRecord)
    await out.begin()
    await out.end()
    expect(diary).toEqual(['open a', 'close a'])
  })

  it('that cannot be read says so when it is begun, and when it is taken, and is nobody’s view', async () => {
    const { diary, records, file } = diaryOf('broken')
    const out = file({} as Context, records[0] as InstanceRecord)
    await expect(out.begin()).rejects.toThrow('cannot be read')
    await expect(text(out.bytes)).rejects.toThrow('cannot be read')
    await out.end()
    expect(diary).toEqual([])
  })
})

describe('files in turn', () => {
  it('come in their order, each begun while the one before it is taken', async () => {
    const { diary, records, files } = diaryOf('a', 'b', 'c')
    const texts: string[] = []
    for (const record of records) texts.push(await text((await files.of(record, 'stored')).bytes))
    await files.end()
    expect(texts).toEqual(['a.', 'b.', 'c.'])
    expect(diary.indexOf('open b')).toBeLessThan(diary.indexOf('close a'))
    expect(diary.filter((line) => line.startsWith('open'))).toEqual(['open a', 'open b', 'open c'])
  })

  it('let go of the one that was begun when the reader stops', async () => {
    const { diary, records, files } = diaryOf('a', 'b', 'c')
    await text((await files.of(records[0] as InstanceRecord, 'stored')).bytes)
    await files.end()
    expect(diary).toContain('close b')
    expect(diary).not.toContain('take b')
    expect(diary).not.toContain('open c')
  })

  it('begin nothing ahead that may go another way than this one', async () => {
    const { diary, records, files } = diaryOf('a', 'b')
    Object.assign(records[1] as InstanceRecord, { transferSyntax: JPEG })
    await text((await files.of(records[0] as InstanceRecord, 'stored')).bytes)
    expect(diary).not.toContain('open b')
  })

  it('pass over one that is asked for in another form, and open it anew', async () => {
    const { diary, records, files } = diaryOf('a', 'b')
    await text((await files.of(records[0] as InstanceRecord, 'stored')).bytes)
    expect(await text((await files.of(records[1] as InstanceRecord, 'explicit')).bytes)).toBe('b.')
    expect(diary.filter((line) => line === 'open b')).toHaveLength(2)
    expect(diary.filter((line) => line === 'close b')).toHaveLength(2)
  })

  it('say of the broken one when its turn comes, and go on behind it', async () => {
    const { records, files } = diaryOf('a', 'broken', 'c')
    expect(await text((await files.of(records[0] as InstanceRecord, 'stored')).bytes)).toBe('a.')
    await expect(files.of(records[1] as InstanceRecord, 'stored')).rejects.toThrow('cannot be read')
    expect(await text((await files.of(records[2] as InstanceRecord, 'stored')).bytes)).toBe('c.')
  })
})
