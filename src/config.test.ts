import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isLoopback, loadConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'clearkeep-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(content: string): string {
  const path = join(folder, 'clearkeep.yaml')
  writeFileSync(path, content)
  return path
}

describe('configuration', () => {
  it('takes defaults when nothing else is said', () => {
    const { config, settings } = loadConfig({}, undefined, {})
    expect(config['http.port']).toBe(8080)
    expect(settings.every(({ from }) => from === 'default')).toBe(true)
  })

  it('lets the command line win over the environment, that over the file, that over the default', () => {
    const path = file('http: { port: 1 }\ndicom: { port: 2, aeTitle: FILE }\n')
    const environment = { CLEARKEEP_DICOM__PORT: '3', CLEARKEEP_HTTP__PORT: '4' }
    const { config, settings } = loadConfig({ 'http.port': 5 }, path, environment)
    expect(config['http.port']).toBe(5)
    expect(config['dicom.port']).toBe(3)
    expect(config['dicom.aeTitle']).toBe('FILE')
    expect(settings.find(({ key }) => key === 'dicom.port')?.from).toBe('environment CLEARKEEP_DICOM__PORT')
  })

  it('refuses a key it does not know and names the nearest it knows', () => {
    expect(() => loadConfig({}, file('dicom: { aetitel: X }\n'), {})).toThrow('Did you mean dicom.aeTitle?')
    expect(() => loadConfig({}, undefined, { CLEARKEEP_HTTP__PROT: '1' })).toThrow('Did you mean http.port?')
  })

  it('refuses values that are not of the option’s kind, saying why', () => {
    expect(() => loadConfig({ 'http.port': 'eighty' }, undefined, {})).toThrow('whole number')
    expect(() => loadConfig({ 'http.port': 70000 }, undefined, {})).toThrow('from 0 to 65535')
    expect(() => loadConfig({}, file('dicom: { unknownCallers: maybe }\n'), {})).toThrow('refuse, accept')
    expect(() => loadConfig({}, file('dicom: { devices: [{ aet: ABCDEFGHIJKLMNOPQ }] }\n'), {})).toThrow(
      '16 characters',
    )
  })

  it('reads a secret from the file that the environment names', () => {
    const path = join(folder, 'url')
    writeFileSync(path, 'postgres://localhost/x\n')
    const { config } = loadConfig({}, undefined, { CLEARKEEP_DATABASE__URL_FILE: path })
    expect(config['database.url']).toBe('postgres://localhost/x')
  })

  it('reads lists of devices and destinations', () => {
    const path = file(
      'dicom:\n  devices: [{ aet: CT1, host: 10.0.0.5 }]\n  destinations: [{ aet: WS, host: ws, port: 104 }]\n',
    )
    const { config } = loadConfig({}, path, {})
    expect(config['dicom.devices']).toEqual([{ aet: 'CT1', host: '10.0.0.5' }])
    expect(config['dicom.destinations']).toEqual([{ aet: 'WS', host: 'ws', port: 104 }])
    const certificate = 'AB:'.repeat(31).concat('AB')
    const bound = loadConfig({ 'dicom.devices': [{ aet: 'CT1', certificate }] }, undefined, {}).config
    expect(bound['dicom.devices']).toEqual([{ aet: 'CT1', host: '', certificate: 'ab'.repeat(32) }])
    expect(() => loadConfig({ 'dicom.devices': [{ aet: 'CT1', certificate: 'ab' }] }, undefined, {})).toThrow('64')
    expect(() => loadConfig({ 'dicom.devices': [{ aet: 'CT1', tls: true }] }, undefined, {})).toThrow('an entry has')
  })

  it('reads a list of origins as browsers write them, and refuses what is none', () => {
    const read = (...origins: readonly unknown[]) =>
      loadConfig({ 'http.corsOrigins': origins }, undefined, {}).config['http.corsOrigins']
    expect(read()).toEqual([])
    expect(read('https://viewer.example', 'http://127.0.0.1:3000')).toEqual([
      'https://viewer.example',
      'http://127.0.0.1:3000',
    ])
    for (const wrong of [
      '*',
      'null',
      'viewer.example',
      'https://viewer.example/',
      'https://Viewer.example',
      'file://',
      7,
    ])
      expect(() => read(wrong)).toThrow('each entry is an origin')
  })

  it('reads a list of witnesses, from a file or the environment, and refuses what is none', () => {
    const entry = { url: 'https://witness.example.org', key: 'witness.example.org+0a1b2c3d+BAAA' }
    const { config } = loadConfig({}, undefined, { CLEARKEEP_LOG__WITNESSES: JSON.stringify([entry]) })
    expect(config['log.witnesses']).toEqual([entry])
    const refused = (one: object) => () => loadConfig({ 'log.witnesses': [one] }, undefined, {})
    expect(refused({ ...entry, url: 'ftp://x' })).toThrow('url is an address')
    expect(refused({ ...entry, key: 'x' })).toThrow('name+id+key')
    expect(refused({ ...entry, kez: 'x' })).toThrow('an entry has no kez')
  })

  it('reads a list of audit repositories, with the ports of the standards, and refuses what is none', () => {
    const read = (...entries: readonly object[]) =>
      loadConfig({ 'audit.repositories': entries }, undefined, {}).config['audit.repositories']
    expect(
      read(
        { name: 'arr', url: 'syslog-tls://arr.example.org' },
        { name: 'old', url: 'syslog-udp://[::1]:1514', from: 'now' },
      ),
    ).toEqual([
      { name: 'arr', transport: 'tls', host: 'arr.example.org', port: 6514, from: 'beginning' },
      { name: 'old', transport: 'udp', host: '::1', port: 1514, from: 'now' },
    ])
    const entry = { name: 'arr', url: 'syslog-tls://arr.example.org' }
    for (const [wrong, why] of [
      [{ ...entry, name: '../x' }, 'name is'],
      [{ ...entry, url: 'https://arr' }, 'url is'],
      [{ ...entry, url: 'syslog-tls://arr:70000' }, 'port is'],
      [{ ...entry, from: 'yesterday' }, 'from is'],
      [{ ...entry, nane: 'x' }, 'an entry has no nane'],
    ] as const)
      expect(() => read(wrong)).toThrow(why)
    expect(() => read(entry, entry)).toThrow('two called arr')
  })

  it('reads a list of mirrors, folders and object stores, and refuses what would send images in the clear', () => {
    const read = (value: unknown) =>
      loadConfig({}, undefined, { CLEARKEEP_VAULT__MIRRORS: JSON.stringify(value) }).config['vault.mirrors']
    const store = { url: 'https://s3.example.org/images/archive/', credentials: '/etc/clearkeep/s3' }
    expect(
      read([
        '/mnt/mirror/',
        store,
        { ...store, url: 'http://127.0.0.1:9000/b', region: 'eu', ca: '/ca.pem', encrypt: false },
      ]),
    ).toEqual([
      '/mnt/mirror',
      {
        url: 'https://s3.example.org/images/archive',
        region: 'us-east-1',
        credentials: '/etc/clearkeep/s3',
        ca: '',
        encrypt: true,
      },
      { url: 'http://127.0.0.1:9000/b', region: 'eu', credentials: '/etc/clearkeep/s3', ca: '/ca.pem', encrypt: false },
    ])
    for (const [value, why] of [
      ['mirror', 'a list is needed'],
      [['mirror'], 'absolute path'],
      [['/a', '/a/'], 'twice'],
      [[{ ...store, url: 'http://s3.example.org/images' }], 'https:// is needed'],
      [[{ ...store, url: 'https://s3.example.org/' }], 'url is https://HOST/BUCKET'],
      [[{ ...store, url: 'https://key:secret@s3.example.org/b' }], 'url is https://HOST/BUCKET'],
      [[{ ...store, url: 'https://s3.example.org/../b' }], 'url is https://HOST/BUCKET'],
      [[{ url: store.url }], 'credentials is the absolute path'],
      [[{ ...store, encrypt: 'no' }], 'encrypt is true or false'],
      [[{ ...store, secret: 'x' }], 'an entry has no secret'],
    ] as const)
      expect(() => read(value), JSON.stringify(value)).toThrow(why)
  })

  it('knows loopback when it sees it', () => {
    expect(['127.0.0.1', '127.8.8.8', '::1', 'localhost'].every(isLoopback)).toBe(true)
    expect(['0.0.0.0', '10.0.0.1', '::', 'archive'].some(isLoopback)).toBe(false)
  })
})
