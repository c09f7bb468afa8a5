/**
 * Response of solid tumours after RECIST 1.1 (Eisenhauer et al., European Journal of Cancer 45, 2009, 228–247), as a function of
 * measurements: sums of diameters, response of target and non-target lesions, the whole (tables 1 and 2 of the paper), and from
 * what. It is a computation for review and judges no image.
 */

/** What was found of a lesion at a visit: mm (longest diameter; short axis of a lymph node), or in words. */
export type Found =
  | number
  | 'absent'
  /** Seen, and too small to measure: 5 mm (section 4.3.2). */
  | 'too small'
  /** Of a non-target lesion. */
  | 'present'
  /** Of a non-target lesion: unequivocal progression, as a reader judges it. */
  | 'progressed'
  | undefined

export interface RecistLesion {
  readonly name: string
  readonly role: 'target' | 'nonTarget' | 'new'
  readonly node: boolean
  /** '' when it is not known; then the rule of two an organ cannot be checked. */
  readonly organ: string
  /** One for each visit, the baseline first; undefined: not evaluated. */
  readonly found: readonly Found[]
}

export type TargetResponse = 'CR' | 'PR' | 'SD' | 'PD' | 'NE' | 'none'
export type NonTargetResponse = 'CR' | 'non-CR/non-PD' | 'PD' | 'NE' | 'none'
export type OverallResponse = 'baseline' | 'CR' | 'PR' | 'SD' | 'PD' | 'NE' | 'non-CR/non-PD'

export interface Assessment {
  /** Sum of diameters of the targets that were evaluated, mm; undefined without targets. */
  readonly sum: number | undefined
  /** Were all targets evaluated? */
  readonly complete: boolean
  /** Per cent of the baseline and of the smallest sum before; undefined at baseline. */
  readonly ofBaseline: number | undefined
  readonly ofNadir: number | undefined
  readonly nadir: number | undefined
  readonly target: TargetResponse
  readonly nonTarget: NonTargetResponse
  readonly newLesions: readonly string[]
  readonly overall: OverallResponse
  /** In words, what decided. */
  readonly why: string
}

export interface Course {
  /** One for each visit, the baseline first. */
  readonly visits: readonly Assessment[]
  /** What the rules would have otherwise. */
  readonly warnings: readonly string[]
}

const TOO_SMALL_MM = 5
const NORMAL_NODE_MM = 10
const TARGET_MM = 10
const TARGET_NODE_MM = 15
const MOST_TARGETS = 5
const MOST_OF_AN_ORGAN = 2
/** Sums are of tenths of millimetres: binary fractions must not decide. */
const NEARLY = 1e-9

export function assess(lesions: readonly RecistLesion[], visits: number): Course {
  const targets = lesions.filter(({ role }) => role === 'target')
  const sums = Array.from({ length: visits }, (_, visit) => sumAt(targets, visit))
  return {
    visits: sums.map((_, visit) => assessVisit(lesions, sums, visit)),
    warnings: warningsOf(targets),
  }
}

interface Sum {
  readonly mm: number
  readonly complete: boolean
}

function sumAt(targets: readonly RecistLesion[], visit: number): Sum {
  const sizes = targets.map(({ found }) => millimetres(found[visit]))
  return {
    mm: sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
    complete: sizes.every((size) => size !== undefined),
  }
}

function millimetres(found: Found): number | undefined {
  if (typeof found === 'number') return found
  return found === 'absent' ? 0 : found === 'too small' ? TOO_SMALL_MM : undefined
}

function assessVisit(lesions: readonly RecistLesion[], sums: readonly Sum[], visit: number): Assessment {
  const targets = lesions.filter(({ role }) => role === 'target')
  const now = sums[visit] as Sum
  const [baseline] = sums as [Sum, ...Sum[]]
  const before = sums.slice(0, visit).filter(({ complete }) => complete)
  const nadir = visit === 0 || before.length === 0 ? undefined : Math.min(...before.map(({ mm }) => mm))
  const target = visit === 0 ? 'none' : targetResponse(targets, now, baseline, nadir, visit)
  const nonTarget = visit === 0 ? 'none' : nonTargetResponse(lesions, visit)
  const newLesions = lesions
    .filter(({ role, found }) => role === 'new' && found.slice(0, visit + 1).some(isThere))
    .map(({ name }) => name)
  const overall = visit === 0 ? 'baseline' : overallResponse(target, nonTarget, newLesions.length > 0)
  const change = (of: number | undefined) => (of === undefined || of === 0 ? undefined : ((now.mm - of) / of) * 100)
  return {
    sum: targets.length === 0 ? undefined : now.mm,
    complete: now.complete,
    ofBaseline: visit === 0 || !baseline.complete ? undefined : change(baseline.mm),
    ofNadir: change(nadir),
    nadir,
    target,
    nonTarget,
    newLesions,
    overall,
    why: visit === 0 ? 'baseline' : reason(target, nonTarget, newLesions),
  }
}

const isThere = (found: Found): boolean => found !== undefined && found !== 'absent' && found !== 0

function targetResponse(
  targets: readonly RecistLesion[],
  now: Sum,
  baseline: Sum,
  nadir: number | undefined,
  visit: number,
): TargetResponse {
  if (targets.length === 0) return 'none'
  if (!baseline.complete || nadir === undefined) return 'NE'
  const gone = targets.every(({ node, found }) => {
    const size = millimetres(found[visit])
    return size !== undefined && (node ? size < NORMAL_NODE_MM : size === 0)
  })
  if (gone) return 'CR'
  // What is missing can only add: progression of what was measured is progression.
  const grown = now.mm - nadir
  if (grown >= 5 - NEARLY && now.mm >= nadir * 1.2 - NEARLY) return 'PD'
  if (!now.complete) return 'NE'
  return now.mm <= baseline.mm * 0.7 + NEARLY ? 'PR' : 'SD'
}

function nonTargetResponse(lesions: readonly RecistLesion[], visit: number): NonTargetResponse {
  const others = lesions.filter(({ role }) => role === 'nonTarget')
  if (others.length === 0) return 'none'
  const found = others.map((lesion) => ({ lesion, found: lesion.found[visit] }))
  if (found.some((one) => one.found === 'progressed')) return 'PD'
  const isGone = (one: (typeof found)[number]) =>
    one.found === 'absent' ||
    one.found === 0 ||
    (one.lesion.node && typeof one.found === 'number' && one.found < NORMAL_NODE_MM)
  if (found.some((one) => one.found !== undefined && !isGone(one))) return 'non-CR/non-PD'
  return found.every(isGone) ? 'CR' : 'NE'
}

/** Tables 1 and 2 of the paper. */
export function overallResponse(target: TargetResponse, nonTarget: NonTargetResponse, isNew: boolean): OverallResponse {
  if (isNew || target === 'PD' || nonTarget === 'PD') return 'PD'
  if (target === 'none') return nonTarget === 'none' ? 'NE' : nonTarget
  if (target === 'CR') return nonTarget === 'CR' || nonTarget === 'none' ? 'CR' : 'PR'
  return target
}

function reason(target: TargetResponse, nonTarget: NonTargetResponse, newLesions: readonly string[]): string {
  return [
    target === 'none' ? '' : `target ${target}`,
    nonTarget === 'none' ? '' : `non-target ${nonTarget}`,
    newLesions.length === 0 ? 'no new lesion' : `new: ${newLesions.join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join(', ')
}

function warningsOf(targets: readonly RecistLesion[]): readonly string[] {
  const warnings: string[] = []
  if (targets.length > MOST_TARGETS) warnings.push(`${targets.length} targets: RECIST takes ${MOST_TARGETS} at most.`)
  for (const [organ, of] of Map.groupBy(targets, (lesion) => lesion.organ))
    if (organ !== '' && of.length > MOST_OF_AN_ORGAN)
      warnings.push(`${of.length} targets in one organ (${organ}): RECIST takes ${MOST_OF_AN_ORGAN} at most.`)
  for (const { name, node, found } of targets) {
    const [first] = found
    const least = node ? TARGET_NODE_MM : TARGET_MM
    if (typeof first !== 'number') warnings.push(`${name} was not measured at baseline.`)
    else if (first < least)
      warnings.push(
        `${name} was ${first} mm at baseline: a target ${node ? 'lymph node ' : ''}has ${least} mm at least.`,
      )
  }
  return warnings
}
