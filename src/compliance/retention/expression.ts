/**
 * Periods as rules write them (compliance specification 2.3):
 *
 *   expr := anchor | forever | none | expr + N (y|m|d) | max(expr, …) | min(expr, …) | eoy(expr) | if(cond, expr, expr)
 *   cond := expr < expr | expr > expr | known(anchor)
 *
 * `none`, and an absent day that may never have been, make a term disappear; any other absent day is forever, and named.
 */
import { ArchiveError } from '../../base/errors.ts'
import { addDays, addMonths, addYears, type CalendarDate, earliest, endOfYear, FOREVER, latest } from './calendar.ts'
import { ANCHORS, type Anchor, MAY_NOT_BE, type Resolved } from './facts.ts'

type Unit = 'y' | 'm' | 'd'

export type Expression =
  | { readonly is: 'anchor'; readonly anchor: Anchor }
  | { readonly is: 'forever' | 'none' }
  | { readonly is: 'add'; readonly to: Expression; readonly count: number; readonly unit: Unit }
  | { readonly is: 'max' | 'min'; readonly of: readonly Expression[] }
  | { readonly is: 'eoy'; readonly of: Expression }
  | { readonly is: 'if'; readonly test: Condition; readonly then: Expression; readonly otherwise: Expression }

export type Condition =
  | { readonly is: '<' | '>'; readonly left: Expression; readonly right: Expression }
  | { readonly is: 'known'; readonly anchor: Anchor }

/** @throws {ArchiveError} `CONFIG_INVALID` for a text that is no expression */
export function parseExpression(text: string): Expression {
  const parser = new Parser(text)
  const expression = parser.expression()
  parser.end()
  return expression
}

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  expression(): Expression {
    let expression = this.#term()
    for (let added = this.#match(/\+\s*(\d+)([ymd])/y); added !== undefined; added = this.#match(/\+\s*(\d+)([ymd])/y))
      expression = { is: 'add', to: expression, count: Number(added[1]), unit: added[2] as Unit }
    return expression
  }

  end(): void {
    this.#space()
    if (this.#at !== this.#text.length) throw this.#wrong('something follows it')
  }

  #term(): Expression {
    const word = this.#word()
    if (word === 'forever' || word === 'none') return { is: word }
    if (this.#match(/\(/y) === undefined) return { is: 'anchor', anchor: this.#anchor(word) }
    if (word === 'if') {
      const test = this.#condition()
      this.#need(',')
      const then = this.expression()
      this.#need(',')
      const otherwise = this.expression()
      this.#need(')')
      return { is: 'if', test, then, otherwise }
    }
    const of = [this.expression()]
    while (this.#match(/,/y) !== undefined) of.push(this.expression())
    this.#need(')')
    const [first] = of
    if (word === 'eoy' && first !== undefined && of.length === 1) return { is: 'eoy', of: first }
    if (word === 'max' || word === 'min') return { is: word, of }
    throw this.#wrong(`there is no ${word}(…)`)
  }

  #condition(): Condition {
    if (this.#match(/known\s*\(/y) !== undefined) {
      const anchor = this.#anchor(this.#word())
      this.#need(')')
      return { is: 'known', anchor }
    }
    const left = this.expression()
    const is = this.#match(/[<>]/y)?.[0] as '<' | '>' | undefined
    if (is === undefined) throw this.#wrong('a condition compares with < or >')
    return { is, left, right: this.expression() }
  }

  #anchor(word: string): Anchor {
    const anchor = ANCHORS.find((one) => one === word)
    if (anchor === undefined) throw this.#wrong(`there is no date called ${word}`)
    return anchor
  }

  #word(): string {
    const found = this.#match(/[A-Za-z]+/y)
    if (found === undefined) throw this.#wrong('a word is missing')
    return found[0]
  }

  #need(character: ',' | ')'): void {
    if (this.#match(character === ',' ? /,/y : /\)/y) === undefined) throw this.#wrong(`${character} is missing`)
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    this.#space()
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text) ?? undefined
    if (found !== undefined) this.#at += found[0].length
    return found
  }

  #space(): void {
    while (this.#text[this.#at] === ' ') this.#at += 1
  }

  #wrong(why: string): ArchiveError {
    return new ArchiveError('CONFIG_INVALID', {
      key: 'retention rule',
      why: `${why}, at ${this.#at} of “${this.#text}”`,
    })
  }
}

/**
 * The date an expression gives: `FOREVER` when it has no end or a date is not known, undefined when there is no such term.
 *
 * @param missing  gets the dates that would have to be known
 */
export function evaluate(
  expression: Expression,
  anchors: Resolved['anchors'],
  missing: Set<string>,
): CalendarDate | undefined {
  switch (expression.is) {
    case 'forever':
      return FOREVER
    case 'none':
      return undefined
    case 'anchor': {
      const date = anchors[expression.anchor]
      if (date !== undefined || MAY_NOT_BE.has(expression.anchor)) return date
      missing.add(expression.anchor)
      return FOREVER
    }
    case 'add': {
      const date = evaluate(expression.to, anchors, missing)
      return date === undefined || date === FOREVER ? date : ADD[expression.unit](date, expression.count)
    }
    case 'eoy': {
      const date = evaluate(expression.of, anchors, missing)
      return date === undefined || date === FOREVER ? date : endOfYear(date)
    }
    case 'if':
      return evaluate(holds(expression.test, anchors) ? expression.then : expression.otherwise, anchors, missing)
    default: {
      const [first, ...others] = expression.of
        .map((one) => evaluate(one, anchors, missing))
        .filter((date) => date !== undefined)
      if (first === undefined) return undefined
      return expression.is === 'max' ? latest(first, ...others) : earliest(first, ...others)
    }
  }
}

const ADD: Readonly<Record<Unit, (date: CalendarDate, count: number) => CalendarDate>> = {
  y: addYears,
  m: addMonths,
  d: addDays,
}

function holds(condition: Condition, anchors: Resolved['anchors']): boolean {
  if (condition.is === 'known') return anchors[condition.anchor] !== undefined
  const [left, right] = [condition.left, condition.right].map((one) => evaluate(one, anchors, new Set()))
  if (left === undefined || right === undefined) return false
  return condition.is === '<' ? left < right : left > right
}

/** Every date an expression speaks of. */
export function anchorsOf(expression: Expression): readonly Anchor[] {
  switch (expression.is) {
    case 'anchor':
      return [expression.anchor]
    case 'add':
      return anchorsOf(expression.to)
    case 'eoy':
      return anchorsOf(expression.of)
    case 'if': {
      const { test, then, otherwise } = expression
      const tested = test.is === 'known' ? [test.anchor] : [...anchorsOf(test.left), ...anchorsOf(test.right)]
      return [...tested, ...anchorsOf(then), ...anchorsOf(otherwise)]
    }
    case 'max':
    case 'min':
      return expression.of.flatMap(anchorsOf)
    default:
      return []
  }
}
