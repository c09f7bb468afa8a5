import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import tar from 'tar-stream'
import { afterAll, describe, expect, it } from 'vitest'
import { gather } from '../base/bytes.ts'
import { candidates, isDicomdir } from './sources.ts'

const folder = mkdtempSync(join(tmpdir(), 'clearkeep-sources-'))
afterAll(() => rmSync(folder, { recursive: true }))

const text = (content: string) => new TextEncoder().encode(content)

function write(name: string, content: Uint8Array): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, content)
  return path
}

/** Name and content of everything below the paths; where it cannot be opened, the reason. */
async function found(...paths: string[]): Promise<Record<string, string>> {
  const all: Record<string, string> = {}
  for await (const candidate of candidates(paths)) {
    const name = candidate.name.slice(folder.length + 1)
    try {
      all[name] = new TextDecoder().decode(await gather(candidate.open()))
    } catch (thrown) {
      all[name] = (thrown as Error).message
    }
  }
  return all
}

async function tarOf(members: Record<string, string>): Promise<Buffer> {
  const pack = tar.pack()
  for (const [name, content] of Object.entries(members)) pack.entry({ name }, content)
  pack.finalize()
  return Buffer.from(await gather(pack as AsyncIterable<Uint8Array>))
}

describe('what import and send are pointed at', () => {
  it('walks folders in order of name and takes files whatever they are called', async () => {
    write('walk/b/IM000002', text('two'))
    write('walk/a/IM000001', text('one'))
    expect(await found(join(folder, 'walk'))).toEqual({ 'walk/a/IM000001': 'one', 'walk/b/IM000002': 'two' })
  })

  it('does not follow links below a folder, which may lead in circles', async () => {
    write('links/real', text('real'))
    symlinkSync(join(folder, 'links'), join(folder, 'links', 'circle'))
    expect(await found(join(folder, 'links'))).toEqual({ 'links/real': 'real' })
  })

  it('looks into ZIP archives, known by their content', async () => {
    const path = write('study.bin', zipSync({ 'x/1.dcm': text('one'), 'x/2.dcm': text('two') }))
    expect(await found(path)).toEqual({ 'study.bin!x/1.dcm': 'one', 'study.bin!x/2.dcm': 'two' })
  })

  it('looks into TAR archives, gzipped or not', async () => {
    const archive = await tarOf({ '1.dcm': 'one', '2.dcm': 'two' })
    const members = { '1.dcm': 'one', '2.dcm': 'two' }
    for (const [name, bytes] of [
      ['a.tar', archive],
      ['b.tar.gz', gzipSync(archive)],
    ] as const) {
      const expected = Object.fromEntries(
        Object.entries(members).map(([member, content]) => [`${name}!${member}`, content]),
      )
      expect(await found(write(name, bytes))).toEqual(expected)
    }
  })

  it('lets TAR members be passed over', async () => {
    const path = write('passed.tar', await tarOf({ '1.dcm': 'one'.repeat(10_000), '2.dcm': 'two' }))
    const names: string[] = []
    for await (const candidate of candidates([path])) names.push(candidate.name.slice(path.length))
    expect(names).toEqual(['!1.dcm', '!2.dcm'])
  })

  it('says of a broken archive that it cannot be read, and goes on', async () => {
    const whole = zipSync({ 'a.dcm': text('a'.repeat(1000)) })
    write('broken/1.zip', whole.subarray(0, whole.length - 10))
    write('broken/2.gz', gzipSync(text('no archive')).subarray(0, 15))
    write('broken/3.dcm', text('fine'))
    const all = await found(join(folder, 'broken'))
    expect(all['broken/1.zip']).toContain('cannot be read as a ZIP')
    expect(all['broken/2.gz']).toContain('cannot be read as a gzipped TAR')
    expect(all['broken/3.dcm']).toBe('fine')
  })

  it('says plainly that there is nothing at a path', async () => {
    await expect(found(join(folder, 'nowhere'))).rejects.toThrow('There is nothing at')
  })

  it('knows the directory of a medium by its name, inside archives too', async () => {
    write('medium/DICOMDIR', text('x'))
    write('medium/disc.zip', zipSync({ 'cd/DICOMDIR': text('x'), 'cd/IM1': text('y') }))
    const directories: string[] = []
    for await (const candidate of candidates([join(folder, 'medium')]))
      if (isDicomdir(candidate)) directories.push(candidate.name.slice(folder.length + 1))
    expect(directories).toEqual(['medium/DICOMDIR', 'medium/disc.zip!cd/DICOMDIR'])
  })
})
