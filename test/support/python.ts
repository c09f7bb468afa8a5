/** The Python a stranger has: Debian's, with its standard library and nothing else. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const PYTHON = '/usr/bin/python3'
export const hasPython = existsSync(PYTHON)

export interface PythonRun {
  readonly status: number | null
  readonly lines: readonly string[]
}

export function python(...words: readonly string[]): PythonRun {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-I', ...words], { encoding: 'utf8' })
  return { status, lines: `${stdout}${stderr}`.trim().split('\n') }
}
