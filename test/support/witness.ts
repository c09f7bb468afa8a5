/** A witness as an operator starts one: the real program, in a folder and process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'

export interface RunningWitness {
  readonly url: string
  /** Its verifier key. */
  readonly key: string
  /** Everything it wrote to standard error. */
  said(): string
  stop(): Promise<number | null>
}

export async function startWitness(folder: string, logKey: string, port = 0): Promise<RunningWitness> {
  const words = ['--folder', folder, '--name', 'witness.example.org', '--log', logKey, '--port', String(port)]
  const child = spawn(resolve('bin/clearkeep'), ['witness', ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = new Promise<number | null>((settle) => child.once('exit', settle))
  const line = await Promise.race([
    firstLine(child),
    ended.then((code) => {
      throw new Error(`the witness ended with ${code}: ${said}`)
    }),
  ])
  const [, url = '', key = ''] = /^ready (\S+) (\S+)$/.exec(line) ?? []
  return {
    url,
    key,
    said: () => said,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((settle) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (more: string) => {
      text += more
      if (text.includes('\n')) settle(text.slice(0, text.indexOf('\n')))
    })
  })
