import { afterAll, describe, expect, it } from 'vitest'
import { memoryArchive, webDoor } from '../../../test/support/web-door.ts'
import type { AuditQuery } from '../../archive/archive.ts'

/** An archive in which as many events happened, their numbers counting down from the newest. */
function eventful(count: number) {
  const asked: AuditQuery[] = []
  const archive = memoryArchive()
  archive.audit = async (_context, query) => {
    asked.push(query)
    const start = query.before ?? count
    const numbers = Array.from({ length: Math.min(start, query.limit) }, (_, at) => start - 1 - at)
    const events = numbers.map((n) => ({ n, ts: '', type: 'obj.ingest', actor: 'ae:CT1', body: '{}' }))
    const last = numbers.at(-1)
    return { events, next: last === undefined || last === 0 ? undefined : last }
  }
  return { archive, asked }
}

const { archive, asked } = eventful(1203)
const door = await webDoor(archive)
afterAll(() => door.close())

describe('the audit log as a table', () => {
  it('has every event once, newest first, fetched a page at a time with the same question', async () => {
    const answer = await fetch(`${door.url}/api/audit.csv?who=CT1&patient=P1`)
    const [, ...lines] = (await answer.text()).split('\r\n').slice(0, -1)
    expect(lines.map((line) => Number(/^"(\d+)"/.exec(line)?.[1]))).toEqual(
      Array.from({ length: 1203 }, (_, at) => 1202 - at),
    )
    const question = { actor: 'ae:CT1', patientId: 'P1', limit: 500 }
    expect(asked).toEqual([question, { ...question, before: 703 }, { ...question, before: 203 }])
  })
})
