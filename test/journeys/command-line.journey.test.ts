import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { original, qido } from '../support/client.ts'
import { corpusDir } from '../support/corpus.ts'
import { startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-cli-'))
afterAll(() => rmSync(scratch, { recursive: true }))

function clearkeep(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(resolve('bin/clearkeep'), words, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return { status, stdout, stderr }
}

function folderOf(name: string, seeds: readonly number[]): string {
  const folder = join(scratch, name)
  mkdirSync(folder)
  for (const seed of seeds) writeFileSync(join(folder, `${seed}.dcm`), syntheticInstance({ seed }).bytes)
  return folder
}

describe('clearkeep import', () => {
  it('brings a folder into a data folder, says what it did, and does nothing the second time', () => {
    const folder = folderOf('first', [1, 2, 3])
    writeFileSync(join(folder, 'notes.txt'), 'no image')
    const data = join(scratch, 'data-1')
    const first = clearkeep('import', folder, '--data', data)
    expect(first.stderr).toContain('3 stored, 0 already there, 0 refused, 1 passed over (no DICOM objects)')
    expect(first.status).toBe(0)
    expect(first.stdout).toBe('')
    const second = clearkeep('import', folder, '--data', data)
    expect(second.stderr).toContain(
      '0 stored, 0 already there, 0 refused, 1 passed over (no DICOM objects), 3 brought in by an earlier run',
    )
    expect(second.status).toBe(0)
  })

  it('answers 1 and gives the reason when an object is refused, and takes the rest', () => {
    const folder = folderOf('mixed', [11, 12])
    writeFileSync(join(folder, '0-cut.dcm'), syntheticInstance({ seed: 13 }).bytes.subarray(0, 20_000))
    const { status, stderr } = clearkeep('import', folder, '--data', join(scratch, 'data-2'))
    expect(stderr).toMatch(/refused {2}.*0-cut\.dcm: The object ends early/)
    expect(stderr).toContain('2 stored, 0 already there, 1 refused')
    expect(status).toBe(1)
  })

  it('brings objects into a running archive, and says of the same again that it is there', async () => {
    const server = await startServer()
    try {
      const folder = folderOf('remote', [21, 22, 23, 24])
      const into = ['import', folder, '--server', server.url]
      expect(clearkeep(...into, '--resume', join(scratch, 'list-1')).stderr).toContain('4 stored')
      expect(clearkeep(...into, '--resume', join(scratch, 'list-1')).stderr).toContain('4 brought in by an earlier run')
      const again = clearkeep(...into, '--resume', join(scratch, 'list-2'))
      expect(again.stderr).toContain('0 stored, 4 already there, 0 refused')
      expect(await qido(server.dicomweb, '/instances')).toHaveLength(4)
    } finally {
      await server.stop()
    }
  })

  it('gives the running archive’s reason in full, and passes over what is no DICOM object', async () => {
    const server = await startServer()
    try {
      const folder = folderOf('remote-refused', [25])
      writeFileSync(join(folder, 'cut.dcm'), syntheticInstance({ seed: 26 }).bytes.subarray(0, 900))
      writeFileSync(join(folder, 'note.txt'), 'no images here')
      const { status, stderr } = clearkeep(
        'import',
        folder,
        '--server',
        server.url,
        '--resume',
        join(scratch, 'list-3'),
      )
      expect(stderr).toMatch(/refused {2}.*cut\.dcm: The object ends early, .*\. Send it again from its source\.\n/)
      expect(stderr).toContain('1 stored, 0 already there, 1 refused, 1 passed over (no DICOM objects)')
      expect(status).toBe(1)
    } finally {
      await server.stop()
    }
  })

  it('ends with the archive’s own words when a login is needed', async () => {
    const server = await startServer({ open: false })
    try {
      const { status, stderr } = clearkeep(
        'import',
        folderOf('locked-out', [31]),
        '--server',
        server.url,
        '--resume',
        join(scratch, 'list-3'),
      )
      expect(stderr).toContain('You are not logged in. Log in, or send an API token.')
      expect(status).toBe(1)
    } finally {
      await server.stop()
    }
  })

  it.skipIf(corpusDir() === undefined)('reads a medium by its DICOMDIR and names what it lists and lacks', () => {
    const medium = join(corpusDir() ?? '', 'dicomdir', 'pydicom-media-set')
    const copy = join(scratch, 'medium')
    spawnSync('cp', ['-r', medium, copy])
    const whole = clearkeep('--json', 'import', copy, '--data', join(scratch, 'data-3'))
    const report = (
      JSON.parse(whole.stdout.trim().split('\n').at(-1) ?? '') as { report: { stored: number; missing: number } }
    ).report
    expect(report.stored).toBeGreaterThan(20)

    const stored =
      whole.stdout.split('\n').find((line) => line.includes('"stored"') && line.includes('77654033')) ?? '{}'
    const gone = (JSON.parse(stored) as { file: string }).file
    rmSync(gone)
    const lacking = clearkeep('import', copy, '--data', join(scratch, 'data-4'))
    expect(lacking.stderr).toContain('the DICOMDIR lists it and it is not there')
    expect(lacking.status).toBe(1)
  })
})

describe('a data folder that is in use', () => {
  it('is refused to a second import, rebuild or archive, which are told who has it and where', async () => {
    const server = await startServer()
    try {
      for (const words of [
        ['import', folderOf('second', [41])],
        ['rebuild'],
        ['serve', '--http-port', '0', '--dicom-port', '0'],
      ]) {
        const { status, stderr } = clearkeep(...words, '--data', server.data)
        expect(stderr, words[0]).toContain(`process ${server.pid}`)
        expect(stderr, words[0]).toContain(server.url)
        expect(stderr, words[0]).toContain('--server')
        expect(status, words[0]).toBe(1)
      }
    } finally {
      await server.stop()
    }
  })

  it('is free again the moment its process is killed', async () => {
    const data = join(scratch, 'data-5')
    const server = await startServer({ data })
    await server.kill()
    const next = await startServer({ data })
    expect(await next.stop()).toBe(0)
  })
})

describe('clearkeep rebuild', () => {
  it('makes the same index from the inbox alone: canonical dumps are equal', async () => {
    const data = join(scratch, 'data-6')
    clearkeep('import', folderOf('rebuilt', [51, 52, 53]), '--data', data)
    const [one, two] = [join(scratch, 'dump-1'), join(scratch, 'dump-2')]
    expect(clearkeep('rebuild', '--data', data, '--dump', one).status).toBe(0)
    for (const ending of ['', '-wal', '-shm']) rmSync(join(data, `index.db${ending}`), { force: true })
    expect(clearkeep('rebuild', '--data', data, '--dump', two).stderr).toContain('3 instances')
    expect(readFileSync(two, 'utf8')).toBe(readFileSync(one, 'utf8'))
    expect(readFileSync(one, 'utf8').split('\n').length).toBeGreaterThan(10)

    const server = await startServer({ data })
    const sent = syntheticInstance({ seed: 52 })
    expect((await original(server.url, sent.study, sent.series, sent.instance)).equals(sent.bytes)).toBe(true)
    await server.stop()
  })
})

describe('clearkeep serve', () => {
  it('prints one line on standard output, ends with 0 when it is told to stop', async () => {
    const server = await startServer()
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    expect(clearkeep('echo', `${server.aet}@127.0.0.1:${server.dicomPort}`).stdout).toMatch(/CLEARKEEP answers/)
    expect(await server.stop()).toBe(0)
  })

  it('refuses to run without a login where others can reach it', () => {
    const { status, stderr } = clearkeep('serve', '--open', '--host', '0.0.0.0', '--data', join(scratch, 'data-7'))
    expect(stderr).toContain('only loopback may listen')
    expect(status).toBe(2)
  })

  it('shows the administrator’s password at first start, and lets it in', async () => {
    const server = await startServer({ open: false })
    const password = /shown once: (\S+)/.exec(server.said())?.[1] ?? ''
    const answer = await fetch(`${server.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'admin', password }),
    })
    expect(answer.status).toBe(200)
    await server.stop()
  })
})

describe('clearkeep doctor', () => {
  it('finds nothing wrong with a fresh installation, and says what is wrong with a spoilt configuration', () => {
    expect(clearkeep('doctor', '--data', join(scratch, 'data-8')).status).toBe(0)
    const file = join(scratch, 'wrong.yaml')
    writeFileSync(file, 'dicom: { prot: 104 }\n')
    const { status, stdout } = clearkeep('doctor', '--config', file)
    expect(stdout).toContain('Did you mean dicom.port?')
    expect(status).toBe(1)
  })
})

describe('clearkeep verify', () => {
  it('says in words what it looked at, and answers 0; names what is wrong, and answers 1', () => {
    const data = join(scratch, 'verified')
    expect(clearkeep('import', folderOf('to-verify', [71, 72]), '--data', data).status).toBe(0)
    const whole = clearkeep('verify', '--data', data)
    expect(whole.stdout).toMatch(/The journal: .* 2 instances, 2 payloads in the inbox/)
    expect(whole.stdout).toContain('not checked: who signed')
    expect(whole.stdout).toContain('Nothing was found that should not be.')
    expect(whole.status).toBe(0)

    const path = join(data, 'inbox', '00000001.journal')
    const bytes = readFileSync(path)
    bytes.writeUInt8(bytes.readUInt8(20_000) ^ 1, 20_000)
    writeFileSync(path, bytes)
    const harmed = clearkeep('verify', data, '--json')
    expect(harmed.status).toBe(1)
    const { steps } = JSON.parse(harmed.stdout) as { steps: { findings: string[] }[] }
    expect(steps.flatMap(({ findings }) => findings)).toContainEqual(
      expect.stringMatching(/^instance 2\.25\.\d+ of study/),
    )
  })

  it('checks a year of a log alone, and refuses what is neither', () => {
    const year = clearkeep('verify', join(scratch, 'verified', 'log', String(new Date().getUTCFullYear())))
    expect(year.stdout).toMatch(/1 checkpoints, \d+ entries/)
    expect(year.status).toBe(0)
    expect(clearkeep('verify', scratch).status).toBe(2)
  })
})
