/**
 * `clearkeep import`: what is on the command line, into the archive it names.
 */
import type { Loaded } from '../config.ts'
import type { Exit, Output } from './command.ts'
import { importAll, resumeFile } from './import.ts'
import { candidates } from './sources.ts'
import { serverOf, withTarget } from './target.ts'

export async function runImport(
  paths: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  loaded: Loaded,
  version: string,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const { data } = loaded.config
  const server = serverOf(flags)
  // What one archive has, another may lack: each server has a list of its own.
  const resume =
    (flags['resume'] as string | undefined) ?? resumeFile(data, server === undefined ? paths : [server, ...paths])
  return withTarget('import', flags, loaded, version, signal, (target) =>
    importAll(target, { from: candidates(paths), resume, signal }, out),
  )
}
