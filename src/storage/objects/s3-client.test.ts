import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { openS3, partsOf } from './s3-client.ts'
import { inWords } from './s3-probe.ts'

const folder = mkdtempSync(join(tmpdir(), 'clearkeep-s3-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the address of a bucket', () => {
  it('is taken apart into origin, bucket and prefix', () => {
    expect(partsOf('https://s3.example.org/images')).toEqual({
      origin: 'https://s3.example.org',
      bucket: 'images',
      prefix: '',
    })
    expect(partsOf('http://127.0.0.1:9000/images//a/b/')).toEqual({
      origin: 'http://127.0.0.1:9000',
      bucket: 'images',
      prefix: 'a/b/',
    })
  })

  it('is refused when it is none, whatever it is', () => {
    for (const bad of ['ftp://a/b', 'https://a/', 'https://a/b?c', 'https://u:p@a/b', 'https://a/b%2f', 'a/b'])
      expect(() => partsOf(bad), bad).toThrow()
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const { bucket, prefix } = partsOf(`https://a/${text}`)
          expect(`${bucket}/${prefix}`).toMatch(/^([A-Za-z0-9_-][A-Za-z0-9._-]*\/)+$/)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(TypeError)
        }
      }),
    )
  })
})

describe('the credentials of a store', () => {
  const address = (credentials: string, ca = '') => ({
    url: 'https://a/b',
    region: 'r',
    credentials,
    ca,
    encrypt: true,
  })

  it('are read from the file that the AWS command line has, and never said', async () => {
    const path = join(folder, 'credentials')
    writeFileSync(path, '[default]\n aws_access_key_id=KEY\naws_secret_access_key = s3cr/et+\n')
    const { client } = openS3(address(path))
    expect(await client.config.credentials()).toMatchObject({ accessKeyId: 'KEY', secretAccessKey: 's3cr/et+' })
    writeFileSync(path, 'aws_secret_access_key = s3cr/et+\n')
    expect(() => openS3(address(path))).toThrow('needs aws_access_key_id')
    expect(() => openS3(address(path))).not.toThrow('s3cr')
  })

  it('that cannot be read are said to be so', () => {
    expect(() => openS3(address(join(folder, 'none')))).toThrow('its credentials file cannot be read (ENOENT)')
    expect(() => openS3(address(join(folder, 'none'), join(folder, 'ca')))).toThrow('its ca file cannot be read')
  })
})

describe('what a store can do', () => {
  it('is said in plain words, the bad with the good', () => {
    const poor = { conditional: false, md5: false, sha256: false, versions: false, lock: false }
    expect(inWords(poor)).toBe(
      'Cannot refuse a second object under one name: it is looked first. Does not check what it is sent. Cannot lock objects to a date. What was written is read back and compared with our own digests.',
    )
    expect(inWords({ conditional: true, md5: true, sha256: true, versions: true, lock: true })).toContain(
      'Checks what it is sent (MD5, SHA-256). Can lock objects to a date. Keeps older versions',
    )
  })
})
