import { afterEach, describe, expect, it } from 'vitest'
import type { Context } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import type { Happening } from './archive.ts'
import { openSightings, type Sightings } from './sightings.ts'

/** A clock one can turn, and a journal that keeps what it is told. */
function sittings(event?: (happening: Happening) => Promise<void>) {
  let time = Date.parse('2026-11-24T08:00:00.000Z')
  const journal: string[] = []
  const sightings = openSightings({
    event: async (context, happening, when) => {
      await event?.(happening)
      const { phase, objects, bytes } = happening.detail as { phase: string; objects: [object]; bytes?: number }
      const name = context.principal.kind === 'user' ? context.principal.name : 'device'
      journal.push(
        `${phase} ${name} ${when} ${JSON.stringify(objects[0])}${bytes === undefined ? '' : ` ${bytes} bytes`}`,
      )
    },
    now: () => new Date(time),
  })
  opened.push(sightings)
  return {
    sightings,
    journal,
    wait: (minutes: number) => {
      time += minutes * 60_000
    },
  }
}
const opened: Sightings[] = []
afterEach(async () => {
  for (const sightings of opened.splice(0)) await sightings.close()
})

const as = (name: string): Context => ({
  principal: { kind: 'user', id: `u:${name}`, name, roles: ['radiologist'], authMethod: 'password' },
  client: { address: '127.0.0.1' },
  now: () => new Date(),
  signal: new AbortController().signal,
})

describe('leaves of viewing', () => {
  it('journals one opening for a person and study, before the first is shown', async () => {
    const { sightings, journal } = sittings()
    await sightings.seeing(as('marie'), '1.2', 'H|1')
    await sightings.seeing(as('marie'), '1.2', 'H|1')
    expect(journal).toEqual(['opening marie now {"studyUid":"1.2"}'])
  })

  it('opens again for another person, for another study, and after 15 minutes', async () => {
    const { sightings, journal, wait } = sittings()
    await sightings.seeing(as('marie'), '1.2', '')
    await sightings.seeing(as('pierre'), '1.2', '')
    await sightings.seeing(as('marie'), '1.3', '')
    wait(15)
    await sightings.seeing(as('marie'), '1.2', '')
    expect(journal.filter((line) => line.startsWith('opening'))).toHaveLength(4)
  })

  it('counts in the closing leaf what was seen since the opening', async () => {
    const { sightings, journal, wait } = sittings()
    await sightings.seeing(as('marie'), '1.2', '')
    sightings.seen(as('marie'), '1.2', { instances: 1, frames: 1, bytes: 500 })
    sightings.seen(as('marie'), '1.2', { instances: 2, frames: 9, bytes: 1500 })
    wait(16)
    await sightings.seeing(as('marie'), '1.2', '')
    expect(journal[1]).toBe('closing marie soon {"studyUid":"1.2","nInstances":3,"nFrames":10} 2000 bytes')
  })

  it('closes what is open when the archive closes', async () => {
    const { sightings, journal } = sittings()
    await sightings.seeing(as('marie'), '1.2', '')
    await sightings.close()
    expect(journal).toHaveLength(2)
  })

  it('makes whoever comes meanwhile wait for the same leaf', async () => {
    let sync = () => {}
    const synced = new Promise<void>((resolve) => {
      sync = resolve
    })
    const { sightings, journal } = sittings(() => synced)
    const both = Promise.all([sightings.seeing(as('marie'), '1.2', ''), sightings.seeing(as('marie'), '1.2', '')])
    expect(journal).toEqual([])
    sync()
    await both
    expect(journal).toHaveLength(1)
  })

  it('shows nothing when the leaf cannot be written, and tries again the next time', async () => {
    let full = true
    const { sightings, journal } = sittings(async () => {
      if (full) throw new ArchiveError('STORE_WRITE_FAILED')
    })
    await expect(sightings.seeing(as('marie'), '1.2', '')).rejects.toThrow('could not be made durable')
    full = false
    await sightings.seeing(as('marie'), '1.2', '')
    expect(journal).toHaveLength(1)
  })
})
