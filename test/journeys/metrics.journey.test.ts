/**
 * What a running archive tells those who watch it: figures at `/metrics`, lines on standard error. Neither names a patient.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { T } from '../../src/dicom/dictionary.ts'
import { readWhole } from '../../src/dicom/reader.ts'
import { text } from '../../src/dicom/values.ts'
import { stow } from '../support/client.ts'
import { corpus } from '../support/corpus.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const clearkeep = (...words: readonly string[]) =>
  spawnSync(resolve('bin/clearkeep'), words, {
    encoding: 'utf8',
    env: { ...process.env, CLEARKEEP_LOG__LEVEL: 'info' },
  })

describe('figures', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.stop())

  it('count what came by each door and what became of it, requests by route, associations by their end', async () => {
    const object = syntheticInstance({ seed: 1 })
    await stow(server.dicomweb, object.bytes)
    await stow(server.dicomweb, object.bytes)
    await stow(server.dicomweb, object.bytes.subarray(0, 900))
    await fetch(`${server.dicomweb}/studies?PatientName=NOBODY`)
    expect(clearkeep('echo', `CLEARKEEP@127.0.0.1:${server.dicomPort}`).status).toBe(0)

    const response = await fetch(`${server.url}/metrics`)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const lines = (await response.text()).split('\n')
    for (const line of [
      'clearkeep_objects_total{door="stow",outcome="stored"} 1',
      'clearkeep_objects_total{door="stow",outcome="already"} 1',
      'clearkeep_objects_total{door="stow",outcome="refused"} 1',
      'clearkeep_errors_total{code="DICOM_TRUNCATED"} 1',
      'clearkeep_intake_seconds_count{door="stow"} 3',
      'clearkeep_http_requests_total{method="GET",route="/dicom-web/studies",status="200"} 1',
      'clearkeep_http_requests_total{method="POST",route="/dicom-web/studies",status="409"} 1',
      'clearkeep_associations_total{ended="released"} 1',
      'clearkeep_dimse_operations_total{outcome="echo"} 1',
      'clearkeep_associations_open 0',
      'clearkeep_studies 1',
      'clearkeep_accepting 1',
      'clearkeep_log_alarm 0',
    ])
      expect(lines).toContain(line)
    expect(lines.join()).not.toContain('NOBODY')
    // Every figure says what it is, once.
    const names = lines.filter((line) => line.startsWith('# HELP')).map((line) => line.split(' ')[2])
    expect(new Set(names).size).toBe(names.length)
  })

  it('are for those who are logged in, unless the configuration gives them to anybody', async () => {
    const closed = await startServer({ open: false })
    try {
      expect((await fetch(`${closed.url}/metrics`)).status).toBe(401)
    } finally {
      await closed.stop()
    }
    const given = await startServer({ open: false, environment: { CLEARKEEP_METRICS__OPEN: 'true' } })
    try {
      expect((await fetch(`${given.url}/metrics`)).status).toBe(200)
      expect((await fetch(`${given.url}/api/status`)).status).toBe(401)
    } finally {
      await given.stop()
    }
  })
})

/** Names and numbers by which a patient could be known, of objects as they were sent. */
function identities(file: Buffer): string[] {
  const { dataSet } = readWhole(file)
  return [T.PatientName, T.PatientID, T.AccessionNumber, T.PatientBirthDate, T.ReferringPhysicianName]
    .map((tag) => text(dataSet, tag))
    .flatMap((value) => value.split(/[\^=]/))
    .map((value) => value.trim())
    .filter((value) => value.length > 3)
}

describe('what is logged', () => {
  it('names no patient, whatever comes, at whatever level', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-logs-'))
    const server = await startServer({ environment: { CLEARKEEP_LOG__LEVEL: 'trace' } })
    try {
      const known = new Set<string>(['GEHEIMNIS', 'SYN-SECRET-1'])
      const files = [
        ...corpus('charsets').map(({ file }) => readFileSync(file)),
        syntheticInstance({ seed: 7, patientName: 'GEHEIMNIS^TOPF', patientId: 'SYN-SECRET-1' }).bytes,
      ]
      for (const file of files) {
        for (const word of identities(file)) known.add(word)
        await stow(server.dicomweb, file)
        await stow(server.dicomweb, file.subarray(0, file.length - 40))
      }
      writeFileSync(join(scratch, 'one.dcm'), files.at(-1) ?? '')
      clearkeep('send', `CLEARKEEP@127.0.0.1:${server.dicomPort}`, scratch)
      for (const word of known) {
        await fetch(`${server.dicomweb}/studies?PatientName=${encodeURIComponent(word)}*`)
        await fetch(`${server.dicomweb}/studies?PatientBirthDate=${encodeURIComponent(word)}`)
        await fetch(`${server.url}/api/worklist?words=${encodeURIComponent(word)}`)
      }
      const said = server.said()
      expect(said).not.toBe('')
      expect([...known].filter((word) => said.includes(word))).toEqual([])
    } finally {
      await server.stop()
      rmSync(scratch, { recursive: true, force: true })
    }
  })
})
