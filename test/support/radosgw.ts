/**
 * Ceph's radosgw, Debian's, as an S3 store: a whole small Ceph (one monitor, one OSD, the gateway) on loopback, from an empty
 * folder, without authentication between its parts. It takes half a minute to be there.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { CreateBucketCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3'
import { openS3, type S3Address } from '../../src/storage/objects/s3-client.ts'

const PROGRAMS = ['ceph', 'ceph-mon', 'ceph-osd', 'radosgw']
const absent = PROGRAMS.filter((program) => spawnSync(program, ['--version']).error !== undefined)

/** Why there is none; '' when there is. */
export const missing: string =
  absent.length === 0 ? '' : `needs ${absent.join(', ')}: apt-get install radosgw ceph-mon ceph-osd ceph-common`

export interface Radosgw {
  readonly port: number
  /** A bucket of its own each time. @param through  another port, of something between us and it */
  bucket(kind?: 'plain' | 'versioned' | 'lockable', through?: number): Promise<S3Address>
  /** The same bucket by another port. */
  through(address: S3Address, port: number): S3Address
  /** The gateway alone: its objects stay. */
  stop(): Promise<void>
  start(): Promise<void>
  remove(): Promise<void>
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

export async function openRadosgw(): Promise<Radosgw> {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-ceph-'))
  const [monitor, older, port] = [await freePort(), await freePort(), await freePort()]
  const id = randomUUID()
  for (const part of ['mon', 'osd', 'rgw', 'run', 'log']) mkdirSync(join(folder, part))
  const conf = join(folder, 'ceph.conf')
  writeFileSync(conf, configuration(folder, id, monitor, older, port))
  const running = new Map<string, ChildProcess>()

  const run = (program: string, ...words: readonly string[]) =>
    promisify(execFile)(program, ['-c', conf, ...words], { timeout: 60_000, env: { ...process.env, CEPH_CONF: conf } })
  const begin = (name: string, program: string, ...words: readonly string[]): void => {
    const out = openSync(join(folder, 'log', `${name}.out`), 'a')
    const child = spawn(program, ['-c', conf, ...words, '-f'], {
      stdio: ['ignore', out, out],
      env: { ...process.env, CEPH_CONF: conf },
    })
    running.set(name, child)
  }
  const end = async (name: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    const child = running.get(name)
    running.delete(name)
    if (child === undefined || child.exitCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }
  const until = async (what: string, ready: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; !(await ready().catch(() => false)); tries += 1) {
      if (tries > 240) throw new Error(`${what} does not answer`)
      await sleep(500)
    }
  }
  const startGateway = async (): Promise<void> => {
    begin('rgw', 'radosgw', '-n', 'client.rgw')
    await until('radosgw', async () => (await fetch(`http://127.0.0.1:${port}/`)).status < 500)
  }

  const map = join(folder, 'monmap')
  const addresses = `[v2:127.0.0.1:${monitor},v1:127.0.0.1:${older}]`
  await promisify(execFile)('monmaptool', ['--create', '--fsid', id, '--addv', 'a', addresses, map])
  await run('ceph-mon', '-i', 'a', '--mkfs', '--monmap', map)
  begin('mon', 'ceph-mon', '-i', 'a')
  await until('the monitor', async () => (await run('ceph', '-s', '--connect-timeout', '5')) !== undefined)
  const osd = randomUUID()
  await run('ceph', 'osd', 'new', osd)
  await run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd)
  begin('osd', 'ceph-osd', '-i', '0')
  await until('the OSD', async () => /\b1 up\b/.test((await run('ceph', 'osd', 'stat')).stdout))
  await startGateway()
  await run(
    'radosgw-admin',
    'user',
    'create',
    '--uid=test',
    '--display-name=test',
    '--access-key=testkey',
    '--secret-key=testsecret',
  )
  const credentials = join(folder, 'credentials')
  writeFileSync(credentials, '[default]\naws_access_key_id = testkey\naws_secret_access_key = testsecret\n')

  const at = (bucket: string, by: number): S3Address => ({
    url: `http://127.0.0.1:${by}/${bucket}/archive`,
    region: 'us-east-1',
    credentials,
    ca: '',
    encrypt: false,
  })
  let buckets = 0
  return {
    port,
    bucket: async (kind = 'plain', through = port) => {
      buckets += 1
      const Bucket = `bucket-${buckets}`
      const { client } = openS3(at(Bucket, port))
      await client.send(
        new CreateBucketCommand({ Bucket, ...(kind === 'lockable' && { ObjectLockEnabledForBucket: true }) }),
      )
      if (kind === 'versioned')
        await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
      client.destroy()
      return at(Bucket, through)
    },
    through: (address, by) => ({ ...address, url: address.url.replace(/:\d+\//, `:${by}/`) }),
    stop: () => end('rgw', 'SIGTERM'),
    start: startGateway,
    remove: async () => {
      for (const name of ['rgw', 'osd', 'mon']) await end(name, 'SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * One of everything, nothing replicated, no secrets; `ms mon client mode`: the gateway would otherwise insist on encryption
 * that there is no key for, and wait.
 */
const configuration = (folder: string, id: string, monitor: number, older: number, port: number): string => `[global]
fsid = ${id}
mon host = [v2:127.0.0.1:${monitor}/0,v1:127.0.0.1:${older}/0]
mon initial members = a
public network = 127.0.0.0/8
ms bind ipv6 = false
ms mon client mode = crc
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon warn on pool no redundancy = false
osd crush chooseleaf type = 0
osd objectstore = bluestore
bluestore block size = 10737418240
bluestore block create = true
osd memory target = 939524096
bluestore cache autotune = false
bluestore cache size = 134217728
mon data avail crit = 1
mon data avail warn = 2
mgr initial modules =
run dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
log file = ${folder}/log/$name.log
pid file = ${folder}/run/$name.pid
mon data = ${folder}/mon
osd data = ${folder}/osd
rgw data = ${folder}/rgw
keyring = ${folder}/keyring
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw thread pool size = 64
`
