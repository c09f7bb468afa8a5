/**
 * The query of a search (PS3.18 sections 8.3.4 and 10.6.1.2): the address's parameters as what the archive is asked.
 *
 * Attributes are named by keyword, by tag, or by a path of either through sequences
 * (`00081110.00081155`, `RequestAttributesSequence.ScheduledProcedureStepID`). What is not understood is refused by name:
 * a search that quietly ignores a key answers with other patients' studies.
 */
import type { Level, Match, Query } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import { type Tag, tagFromText } from '../../dicom/data-set.ts'
import { lookUp, tagOf } from '../../dicom/dictionary.ts'
import type { Uid } from '../../dicom/uid.ts'

const MATCHES_AT_MOST = 100
const INCLUDES_AT_MOST = 1000

const wrong = (parameter: string, why: string) =>
  new ArchiveError('BAD_REQUEST', { why: `parameter ${parameter.slice(0, 80)} ${why}` })

/** Parameters that are not matching keys and are not about the search. */
const OTHERS: ReadonlySet<string> = new Set(['accept', 'charset'])

/**
 * @param search  the address's query, without `?`
 * @throws {ArchiveError} `BAD_REQUEST`, naming the parameter
 */
export function readQuery(
  search: string,
  level: Level,
  within: { readonly study?: Uid; readonly series?: Uid },
): Query {
  const matches: Match[] = []
  const include: Tag[] = []
  const seen = new Set<string>()
  let all = false
  let fuzzy = false
  let limit: number | undefined
  let offset: number | undefined
  let after: string | undefined

  for (const [name, value] of new URLSearchParams(search)) {
    if (OTHERS.has(name)) continue
    if (name === 'includefield') {
      for (const field of value.split(',').map((one) => one.trim()))
        if (field === 'all') all = true
        // A path is included with the sequence it begins with.
        else if (field !== '') include.push(...pathOf(field, 'includefield').slice(0, 1))
      if (include.length > INCLUDES_AT_MOST) throw wrong(name, `names more than ${INCLUDES_AT_MOST} attributes`)
      continue
    }
    if (seen.has(name)) throw wrong(name, 'is given twice')
    seen.add(name)
    if (name === 'fuzzymatching') {
      if (value !== 'true' && value !== 'false') throw wrong(name, 'must be true or false')
      fuzzy = value === 'true'
    } else if (name === 'after') after = value
    else if (name === 'limit') limit = whole(name, value)
    else if (name === 'offset') offset = whole(name, value)
    else {
      const path = pathOf(name, name)
      if (matches.some((match) => match.path.join() === path.join())) throw wrong(name, 'is given twice')
      matches.push({ path, value })
      if (matches.length > MATCHES_AT_MOST) throw wrong(name, `is one of more than ${MATCHES_AT_MOST}`)
    }
  }
  return {
    level,
    ...within,
    matches,
    include: all ? 'all' : include.length === 0 ? 'default' : include,
    fuzzy,
    ...(limit === undefined ? {} : { limit }),
    ...(offset === undefined ? {} : { offset }),
    ...(after === undefined ? {} : { after }),
    raw: search,
  }
}

function whole(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw wrong(name, 'must be a whole number, 0 or more')
  return Number(value)
}

/** Keyword, tag, or a path of them with dots between. */
function pathOf(text: string, parameter: string): Tag[] {
  const path = text.split('.').map((step) => {
    const found = /^[0-9A-Fa-f]{8}$/.test(step) ? tagFromText(step) : tagOf(step)
    if (found === undefined)
      throw wrong(
        parameter,
        parameter === text ? 'is no attribute' : `names ${step.slice(0, 40)}, which is no attribute`,
      )
    return found
  })
  for (const sequence of path.slice(0, -1)) {
    const attribute = lookUp(sequence)
    if (attribute !== undefined && attribute.vr !== 'SQ')
      throw wrong(parameter, 'leads through an attribute that is no sequence')
  }
  return path
}
