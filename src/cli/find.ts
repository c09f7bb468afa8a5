/** `clearkeep find`: C-FIND of another archive, each match in words or as DICOM JSON. */

import { tagText } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import { find as findAll } from '../network/services/query.ts'
import { EXIT, type Exit, type Output } from './command.ts'
import { linesOf, type QueryFlags, queryKeys, queryOptions } from './query.ts'

/** What is asked to be told of, when nobody says otherwise. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  PATIENT: ['PatientName', 'PatientID', 'PatientBirthDate'],
  STUDY: ['StudyDate', 'PatientName', 'PatientID', 'AccessionNumber', 'StudyDescription', 'StudyInstanceUID'],
  SERIES: ['Modality', 'SeriesNumber', 'SeriesDescription', 'SeriesInstanceUID'],
  IMAGE: ['InstanceNumber', 'SOPClassUID', 'SOPInstanceUID'],
}

export async function find(address: string, flags: QueryFlags, signal: AbortSignal, out: Output): Promise<Exit> {
  const options = queryOptions(address, flags, signal)
  const given = queryKeys(flags)
  const level = String(given[tagText(T.QueryRetrieveLevel)]?.Value?.[0])
  const keys = { ...queryKeys({ ...flags, level, key: TOLD[level] ?? [] }), ...given }
  let matches = 0
  for await (const match of findAll(keys, options)) {
    out.record(match)
    out.print(`${matches === 0 ? '' : '\n'}${linesOf(match).join('\n')}`)
    matches += 1
  }
  out.say(matches === 1 ? '1 match.' : `${matches} matches.`)
  return EXIT.done
}
