/**
 * Is a report what the archive gave out, and do the entries it rests on stand in the log? Each step apart, never one green
 * tick. A report is lines of canonical JSON (docs/answers.md); needs nothing but the file and the keys its reader got elsewhere.
 */
import { type Bytes, concat, fromHex, toHex } from '../base/bytes.ts'
import { canonicalJson, type Json } from '../base/canonical-json.ts'
import { asArchiveError } from '../base/errors.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { leafHash, verifyInclusion } from './merkle.ts'
import { parseKey, type VerifierKey } from './note.ts'
import type { Elsewhere } from './pack.ts'
import { type OpenStep, openReport, type PackStep } from './pack-report.ts'
import { sha256 } from './sha256.ts'
import { parseTlogProof } from './tlog-proof.ts'
import { isWitnessKey, signatureSteps } from './verify.ts'

type Line = Readonly<Record<string, unknown>>

const utf8 = new TextEncoder()

/** Does a text begin as a report does? */
export const isReportFile = (beginning: string): boolean =>
  beginning.startsWith('{') && /"kind":"report"/.test(beginning.slice(0, 4096))

export function verifyReportFile(text: string, { keys }: Elsewhere): readonly PackStep[] {
  const report = openReport()
  const lines = readLines(text, report.step('lines'))
  const seal = lines.at(-1)
  const entries = lines.filter(({ kind }) => kind === 'entry')
  const bodies = new Map<number, Line>()

  const acts = report.step('entries')
  for (const line of [...entries, ...(seal?.['kind'] === 'seal' ? [seal] : [])]) {
    const fault = bodyFault(line)
    if (fault !== undefined) acts.finding(fault)
    else if (line['body'] !== '') bodies.set(Number(line['n']), bodyOf(line))
  }
  acts.end(
    `${entries.length} entries the report rests on, and the one that tells of it: each body is what its leaf commits to`,
  )

  checkSeal(text, seal, bodies, report.step('report'))
  checkObjects(lines, bodies, report.step('objects'))
  const logs = keysFor(lines[0], keys, report.step('key'))
  checkProofs(
    lines.filter(({ kind }) => kind === 'entry' || kind === 'seal'),
    { logs, keys },
    report,
  )
  report
    .step('all there is')
    .skip(
      'whether the report leaves something out cannot be seen from it alone: the archive says what it counted, and the whole log shows whether that is all',
    )
  return report.steps
}

function readLines(text: string, step: OpenStep): readonly Line[] {
  const lines: Line[] = []
  const texts = text.split('\n')
  if (texts.pop() !== '') step.finding('the last line does not end')
  for (const [at, line] of texts.entries())
    try {
      const value = JSON.parse(line) as Json
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error()
      if (canonicalJson(value) !== line) step.finding(`line ${at + 1} is not canonical JSON (RFC 8785)`)
      lines.push(value as Line)
    } catch {
      step.finding(`line ${at + 1} is no JSON object`)
    }
  if (lines[0]?.['kind'] !== 'report') step.finding('the first line is not that of a report')
  if (lines.at(-1)?.['kind'] !== 'seal')
    step.finding('the last line is not the entry that tells of the report: it was cut short')
  step.end(`${lines.length} lines of canonical JSON, from the first to the one that tells of them`)
  return lines
}

const bodyOf = (line: Line): Line => JSON.parse(String(line['body'])) as Line

/** What is wrong with the body of an entry; undefined when it is what the leaf commits to. */
function bodyFault(line: Line): string | undefined {
  const n = Number(line['n'])
  try {
    const leaf = JSON.parse(String(line['leaf'])) as Line
    if (leaf['n'] !== n) return `entry ${n} says it is leaf ${String(leaf['n'])}`
    if (line['body'] === '') return undefined
    if (leaf['b'] !== commitment(String(line['salt']), String(line['body'])))
      return `entry ${n}: its body is not the one it commits to`
    const body = bodyOf(line)
    return body['type'] === leaf['t'] && body['ts'] === leaf['ts']
      ? undefined
      : `entry ${n}: its body tells of another act`
  } catch (thrown) {
    return `entry ${n}: ${asArchiveError(thrown).fact}`
  }
}

/** hex(SHA-256(`b1` ‖ 00 ‖ salt ‖ body)): docs/ledger.md. */
const commitment = (salt: string, body: string): string =>
  toHex(sha256(concat([utf8.encode('b1\0'), fromHex(salt), utf8.encode(body)])))

/** The digest of all lines but the last stands in the body of the entry that the last line is. */
function checkSeal(text: string, seal: Line | undefined, bodies: ReadonlyMap<number, Line>, step: OpenStep): void {
  const body = seal?.['kind'] === 'seal' ? bodies.get(Number(seal['n'])) : undefined
  if (body === undefined) {
    step.fail('the entry that tells of the report is not here or not sound')
    return
  }
  const before = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)
  if (body['sha256'] !== toHex(sha256(utf8.encode(before)))) step.finding('a line of it is not what was given out')
  step.end(`given out on ${String(body['ts'])} by entry ${String(seal?.['n'])}, and the same since`)
}

/** Each object has the fingerprint and the name that the entry of its arrival has. */
function checkObjects(lines: readonly Line[], bodies: ReadonlyMap<number, Line>, step: OpenStep): void {
  let [count, erased] = [0, 0]
  for (const line of lines) {
    if (line['kind'] !== 'object') continue
    count += 1
    const n = Number(line['n'])
    const body = bodies.get(n)
    if (body === undefined) {
      if (line['logged'] === 'erased') erased += 1
      else step.finding(`object ${String(line['instance'])}: the entry of its arrival, ${n}, is not here or not sound`)
      continue
    }
    const object = (body['objects'] as readonly Line[] | undefined)?.[0]
    const instances = object?.['instanceUids'] as readonly string[] | undefined
    if (body['ds'] !== line['ds'] || instances?.[0] !== line['instance'] || object?.['studyUid'] !== line['study'])
      step.finding(`object ${String(line['instance'])}: the entry of its arrival tells of another`)
  }
  if (count === 0) step.skip('the report lists none')
  else
    step.end(
      `${count} objects, each with the fingerprint the log has of its arrival${erased > 0 ? `; of ${erased} the entry was lawfully erased` : ''}`,
    )
}

function keysFor(head: Line | undefined, given: readonly VerifierKey[], step: OpenStep): readonly VerifierKey[] {
  const logs = given.filter((key) => !isWitnessKey(key))
  if (logs.length > 0) {
    step.end(`the key you gave: ${logs.map(({ name }) => name).join(', ')}`)
    return logs
  }
  const own = Array.isArray(head?.['keys']) ? head['keys'].map(String) : []
  step.skip(
    `you gave none, so those in the report were used, which proves nothing about who signed. Hold them against what you got elsewhere: ${own.join(', ')}`,
  )
  try {
    return own.map(parseKey)
  } catch {
    return []
  }
}

/** Each leaf in a tree that the log signed. */
function checkProofs(
  lines: readonly Line[],
  { logs, keys }: { readonly logs: readonly VerifierKey[]; readonly keys: readonly VerifierKey[] },
  report: ReturnType<typeof openReport>,
): void {
  const [signatures, inclusion, cosigned] = [
    report.step('signatures'),
    report.step('inclusion'),
    report.step('witnesses'),
  ]
  const witnesses = keys.filter(isWitnessKey)
  const known = new Map<string, ReturnType<typeof parseCheckpoint>>()
  let seen = 0
  for (const line of lines) {
    const n = Number(line['n'])
    try {
      if (typeof line['proof'] !== 'string') throw new Error('no proof')
      const proof = parseTlogProof(line['proof'])
      let checkpoint = known.get(proof.checkpoint)
      if (checkpoint === undefined) {
        checkpoint = parseCheckpoint(proof.checkpoint)
        known.set(proof.checkpoint, checkpoint)
        const { size } = checkpoint
        signatureSteps(checkpoint, { logs, witnesses, quorum: 0 }, (what, passed, fact) => {
          if (what === 'witnesses' && passed) seen += 1
          if (!passed) signatures.finding(`checkpoint of ${size} leaves: ${fact}`)
          return passed
        })
      }
      const leaf: Bytes = utf8.encode(String(line['leaf']))
      if (!verifyInclusion(proof.index, checkpoint.size, leafHash(leaf), proof.hashes, checkpoint.root))
        inclusion.finding(`entry ${n} is not in the tree its checkpoint signs`)
    } catch (thrown) {
      inclusion.finding(
        `entry ${n}: ${typeof line['proof'] === 'string' ? asArchiveError(thrown).fact : 'it has no proof'}`,
      )
    }
  }
  signatures.end(`checkpoints of ${[...known.values()].map(({ size }) => size).join(', ')} leaves, signed by the log`)
  inclusion.end(`${lines.length} entries, each in the tree its checkpoint signs`)
  if (witnesses.length === 0) cosigned.skip('you gave no key of a witness')
  else if (seen === known.size)
    cosigned.end(`every checkpoint is cosigned by ${witnesses.map(({ name }) => name).join(', ')}`)
  else cosigned.fail(`only ${seen} of ${known.size} checkpoints are cosigned by a witness you named`)
}
