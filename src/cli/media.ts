/**
 * What a medium's DICOMDIR lists (PS3.3 Annex F), so that an import can say what is missing from the medium.
 */
import { dirname } from 'node:path'
import { asArchiveError } from '../base/errors.ts'
import type { DataSet } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import { openReader } from '../dicom/reader.ts'
import { items, texts } from '../dicom/values.ts'
import type { Output } from './command.ts'
import { type Candidate, shortName } from './sources.ts'

export interface Listed {
  /** Named as the candidates are, so the two can be compared. */
  readonly name: string
}

/** A DICOMDIR that cannot be read is said and passed over: the objects beside it are imported all the same. */
export async function listedObjects(candidate: Candidate, out: Output): Promise<readonly Listed[]> {
  try {
    const reader = openReader({ format: 'part10' })
    for await (const chunk of candidate.open()) reader.push(chunk)
    return referencedFiles(reader.end().dataSet).map((file) => ({ name: beside(candidate.name, file) }))
  } catch (thrown) {
    out.say(`${shortName(candidate.name)} cannot be read as a DICOMDIR: ${asArchiveError(thrown).fact}`)
    return []
  }
}

/** Referenced File ID (0004,1500) of every directory record, components joined by `/`. */
export function referencedFiles(dicomdir: DataSet): readonly string[] {
  return items(dicomdir, T.DirectoryRecordSequence)
    .map((record) => texts(record, T.ReferencedFileID).join('/'))
    .filter((path) => path !== '')
}

function beside(dicomdir: string, file: string): string {
  const [archive, member] = splitMember(dicomdir)
  if (member === undefined) return `${dirname(archive)}/${file}`.replace(/^\.\//, '')
  const folder = dirname(member)
  return `${archive}!${folder === '.' ? '' : `${folder}/`}${file}`
}

function splitMember(name: string): [string, string | undefined] {
  const at = name.lastIndexOf('!')
  return at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)]
}
