/** The verifier as a page that opens from a folder: the person picks a ZIP or a folder, and reads each step. */
import { type Bytes, toHex } from '../../base/bytes.ts'
import { asArchiveError } from '../../base/errors.ts'
import type { Members } from '../../proof/pack.ts'
import type { PackStep } from '../../proof/pack-report.ts'
import { sha256 } from '../../proof/sha256.ts'
import { zipBytes, zipEntries } from '../../proof/zip.ts'
import { check, summary, withoutFolder } from './check.ts'

const element = <E extends HTMLElement>(id: string): E => {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no ${id}`)
  return found as E
}

export function openPage(): void {
  const status = element('status')
  const results = element<HTMLTableSectionElement>('results')
  let running = false

  const run = async (members: Promise<Members>, what: string): Promise<void> => {
    if (running) return
    running = true
    results.replaceChildren()
    element('report').hidden = true
    const say = (line: string) => {
      status.textContent = line
    }
    say(`Reading ${what} …`)
    try {
      const checkpoints = await Promise.all(
        [...(element<HTMLInputElement>('checkpoints').files ?? [])].map((file) => file.text()),
      )
      const keys = element<HTMLTextAreaElement>('keys').value
      let last = 0
      const { steps } = await check(await members, { keys, checkpoints }, (done) => {
        if (performance.now() - last < 100) return
        last = performance.now()
        say(`Checking ${done} …`)
      })
      say(summary(steps))
      status.dataset['state'] = steps.some(({ outcome }) => outcome === 'FAIL') ? 'failed' : 'passed'
      results.replaceChildren(...steps.map(row))
      element('report').hidden = false
    } catch (thrown) {
      status.dataset['state'] = 'failed'
      say(thrown instanceof Error && thrown.constructor === Error ? thrown.message : asArchiveError(thrown).fact)
    } finally {
      running = false
    }
  }

  element<HTMLInputElement>('zip').addEventListener('change', ({ target }) => {
    const file = (target as HTMLInputElement).files?.[0]
    if (file) void run(file.name.endsWith('.ndjson') ? oneFile(file) : zip(file), file.name)
  })
  element<HTMLInputElement>('folder').addEventListener('change', ({ target }) => {
    const files = [...((target as HTMLInputElement).files ?? [])]
    if (files.length > 0) void run(Promise.resolve(folder(files)), `${files.length} files`)
  })
}

const WORDS: Readonly<Record<PackStep['outcome'], string>> = { pass: 'Passed', FAIL: 'Failed', skip: 'Not checked' }

function row({ what, outcome, fact, findings }: PackStep): HTMLTableRowElement {
  const line = document.createElement('tr')
  line.dataset['outcome'] = outcome
  const name = document.createElement('th')
  name.scope = 'row'
  name.textContent = what
  const mark = document.createElement('td')
  mark.textContent = WORDS[outcome]
  const said = document.createElement('td')
  said.textContent = fact
  if (findings.length > 0) {
    const list = document.createElement('ul')
    list.append(
      ...findings.map((finding) => {
        const item = document.createElement('li')
        item.textContent = finding
        return item
      }),
    )
    said.append(list)
  }
  line.append(name, mark, said)
  return line
}

async function digestOf(bytes: ArrayBuffer): Promise<string> {
  // A page from a folder has the browser's own digests in most browsers; ours is slower and the same.
  if (globalThis.crypto.subtle === undefined) return toHex(sha256(new Uint8Array(bytes)))
  return toHex(new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes)))
}

function folder(files: readonly File[]): Members {
  const short = withoutFolder(files.map(({ webkitRelativePath, name }) => webkitRelativePath || name))
  const byName = new Map(files.map((file) => [short(file.webkitRelativePath || file.name), file]))
  return fromBlobs([...byName.keys()], async (name) => byName.get(name))
}

const oneFile = async (file: File): Promise<Members> => fromBlobs([file.name], async () => file)

async function zip(file: File): Promise<Members> {
  const read = async ({ start, end }: { start: number; end: number }): Promise<Bytes> =>
    new Uint8Array(await file.slice(start, end).arrayBuffer())
  const entries = await zipEntries(file.size, read)
  const short = withoutFolder(entries.map(({ name }) => name))
  const byName = new Map(entries.map((entry) => [short(entry.name), entry]))
  return fromBlobs([...byName.keys()], async (name) => {
    const entry = byName.get(name)
    if (entry === undefined) return undefined
    const { start, end } = await zipBytes(entry, file.size, read)
    return file.slice(start, end)
  })
}

function fromBlobs(names: readonly string[], blob: (name: string) => Promise<Blob | undefined>): Members {
  const found = async (name: string): Promise<Blob> => {
    const one = await blob(name)
    if (one === undefined) throw new Error(`${name} is not in the pack`)
    return one
  }
  return {
    names: [...names].sort(),
    read: async (name) => new Uint8Array(await (await found(name)).arrayBuffer()),
    digest: async (name, from = 0) => digestOf(await (await found(name)).slice(from).arrayBuffer()),
    length: async (name) => (await found(name)).size,
  }
}
