/** What the four questions share: acts as sentences, and the checkpoint an answer ends at. */
import type { TransparencyLog } from '../../ledger/log/log.ts'
import { sentenceOf } from '../../ledger/sentence.ts'
import type { ToldAct } from '../answers.ts'
import type { ActRow } from './questions.queries.ts'

export type Body = Readonly<Record<string, unknown>>

/** A body as it was journaled; {} for one that was erased. */
export const bodyOf = (text: string): Body => (text === '' ? {} : (JSON.parse(text) as Body))

export const told = ({ n, ts, type, body }: ActRow): ToldAct => ({
  n,
  ts,
  type,
  sentence: body === '' ? 'What it was has been erased.' : sentenceOf(JSON.parse(body)),
})

export const member = (body: Body, name: string): Body => {
  const value = body[name]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {}
}
export const list = (body: Body, name: string): readonly unknown[] => {
  const value = body[name]
  return Array.isArray(value) ? value : []
}
export const words = (value: unknown): string => (typeof value === 'string' ? value : '')
export const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

/** The newest checkpoint, with the signatures it has. */
export function lastCheckpoint(ledger: Pick<TransparencyLog, 'years' | 'checkpoint'>): string {
  const year = ledger.years().at(-1)
  return (year && ledger.checkpoint(year)) || ''
}

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`
/** `2026-11-26 23:22`, UTC. */
export const moment = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
