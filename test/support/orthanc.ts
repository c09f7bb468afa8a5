/** Orthanc, Debian's, with its DICOMweb plugin: an archive that is not ours, which knows ours and is known to it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const PROGRAM = '/usr/sbin/Orthanc'
const DICOMWEB = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so'
const START_SECONDS = 60

/** Why there is none; '' when there is. */
export const missing: string =
  existsSync(PROGRAM) && existsSync(DICOMWEB) ? '' : 'needs Orthanc: apt-get install orthanc orthanc-dicomweb'

export interface Orthanc {
  readonly url: string
  /** `ORTHANC@127.0.0.1:PORT` */
  readonly address: string
  get<T>(path: string): Promise<T>
  /** @throws what it answers when that is not success */
  post<T>(path: string, body: object | Uint8Array): Promise<T>
  stop(): Promise<void>
}

export interface OrthancOptions {
  readonly httpPort: number
  readonly dicomPort: number
  /** The archive it knows as `clearkeep`. */
  readonly archive: { readonly aet: string; readonly dicomPort: number; readonly dicomweb: string }
}

export async function openOrthanc({ httpPort, dicomPort, archive }: OrthancOptions): Promise<Orthanc> {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-orthanc-'))
  const configuration = join(folder, 'orthanc.json')
  writeFileSync(
    configuration,
    JSON.stringify({
      Name: 'Orthanc',
      StorageDirectory: folder,
      IndexDirectory: folder,
      Plugins: [DICOMWEB],
      HttpPort: httpPort,
      RemoteAccessAllowed: false,
      AuthenticationEnabled: false,
      DicomAet: 'ORTHANC',
      DicomPort: dicomPort,
      DicomCheckCalledAet: true,
      DicomAlwaysAllowFind: true,
      DicomAlwaysAllowGet: true,
      DicomModalities: { clearkeep: [archive.aet, '127.0.0.1', archive.dicomPort] },
      DicomWeb: { Enable: true, Root: '/dicom-web/', Servers: { clearkeep: [`${archive.dicomweb}/`] } },
    }),
  )
  const child: ChildProcess = spawn(PROGRAM, [configuration], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const url = `http://127.0.0.1:${httpPort}`

  async function ask<T>(path: string, body?: object | Uint8Array): Promise<T> {
    const bytes = body instanceof Uint8Array
    const response = await fetch(url + path, {
      ...(body !== undefined && { method: 'POST', body: bytes ? Buffer.from(body) : JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}\n${said.slice(-2000)}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  for (let waited = 0; ; waited += 0.2) {
    if (await ask('/system').then(Boolean, () => false)) break
    if (child.exitCode !== null || waited > START_SECONDS)
      throw new Error(`Orthanc did not start: ${said.slice(-2000)}`)
    await sleep(200)
  }
  return {
    url,
    address: `ORTHANC@127.0.0.1:${dicomPort}`,
    get: (path) => ask(path),
    post: (path, body) => ask(path, body),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
