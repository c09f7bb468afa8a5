/** `dciodvfy` of dicom3tools: an outside judge of objects against the modules of PS3.3. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let found: boolean | undefined

/** Is it here? A warning says once how to have it when it is not; on CI that is a failure. */
export function hasDciodvfy(): boolean {
  found ??= spawnSync('dciodvfy', ['-version']).error === undefined
  const how = 'dciodvfy is not installed: `sh tools/setup.sh test`, or on Debian `apt-get install dicom3tools`'
  if (!found && process.env['CI'] === 'true') throw new Error(how)
  if (!found) console.warn(`${how}. The tests with it as judge are skipped.`)
  return found
}

/** The errors it finds in a Part 10 file, in its own words. */
export async function errorsOf(part10: Uint8Array): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-dciodvfy-'))
  try {
    const file = join(folder, 'one.dcm')
    writeFileSync(file, part10)
    const said = await new Promise<string>((resolve, reject) => {
      const child = spawn('dciodvfy', [file], { stdio: ['ignore', 'pipe', 'pipe'] })
      let text = ''
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('latin1').on('data', (piece: string) => {
          text += piece
        })
      child.once('error', reject)
      child.once('close', (code, signal) => {
        // It ends itself on values it did not foresee, after having said so.
        if (signal === null && code === null) reject(new Error('dciodvfy did not end'))
        else resolve(signal === null ? text : `${text}\nError - dciodvfy ended by ${signal}`)
      })
    })
    if (!/\w/.test(said)) throw new Error('dciodvfy said nothing')
    return said.split('\n').filter((line) => /\bError\b/.test(line))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
