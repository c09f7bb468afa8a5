import { describe, expect, it } from 'vitest'
import { type EventName, isPossible, STATES, type State, step, TABLE_9_10 } from './machine.ts'

describe('upper layer state machine (PS3.8 Table 9-10)', () => {
  it('opens the transport when the local user asks for an association, and then asks the peer', () => {
    expect(step('Sta1', { name: 'Evt1' })).toEqual({ state: 'Sta4', effects: ['open transport'] })
    expect(step('Sta4', { name: 'Evt2' })).toEqual({ state: 'Sta5', effects: ['send A-ASSOCIATE-RQ'] })
  })

  it('confirms an acceptance', () => {
    expect(step('Sta5', { name: 'Evt3' })).toEqual({ state: 'Sta6', effects: ['confirm A-ASSOCIATE accept'] })
  })

  it('confirms a rejection and hangs up', () => {
    expect(step('Sta5', { name: 'Evt4' })).toEqual({
      state: 'Sta1',
      effects: ['confirm A-ASSOCIATE reject', 'close transport'],
    })
  })

  it('gives a caller the ARTIM time to ask for an association', () => {
    expect(step('Sta1', { name: 'Evt5' })).toEqual({ state: 'Sta2', effects: ['accept transport', 'start ARTIM'] })
    expect(step('Sta2', { name: 'Evt18' })).toEqual({ state: 'Sta1', effects: ['stop ARTIM', 'close transport'] })
  })

  it('passes an association request it can accept on to the user', () => {
    expect(step('Sta2', { name: 'Evt6', acceptable: true })).toEqual({
      state: 'Sta3',
      effects: ['stop ARTIM', 'indicate A-ASSOCIATE'],
    })
  })

  it('rejects an association request it cannot accept, and waits for the peer to hang up', () => {
    expect(step('Sta2', { name: 'Evt6', acceptable: false })).toEqual({
      state: 'Sta13',
      effects: ['stop ARTIM', 'send A-ASSOCIATE-RJ', 'start ARTIM'],
    })
  })

  it('answers an association request as the user decides', () => {
    expect(step('Sta3', { name: 'Evt7' })).toEqual({ state: 'Sta6', effects: ['send A-ASSOCIATE-AC'] })
    expect(step('Sta3', { name: 'Evt8' })).toEqual({ state: 'Sta13', effects: ['send A-ASSOCIATE-RJ', 'start ARTIM'] })
  })

  it('carries data both ways while the association is established', () => {
    expect(step('Sta6', { name: 'Evt9' })).toEqual({ state: 'Sta6', effects: ['send P-DATA-TF'] })
    expect(step('Sta6', { name: 'Evt10' })).toEqual({ state: 'Sta6', effects: ['indicate P-DATA'] })
  })

  it('still delivers data that arrives after we asked to release', () => {
    expect(step('Sta7', { name: 'Evt10' })).toEqual({ state: 'Sta7', effects: ['indicate P-DATA'] })
  })

  it('still sends data after the peer asked to release, until we answer', () => {
    expect(step('Sta8', { name: 'Evt9' })).toEqual({ state: 'Sta8', effects: ['send P-DATA-TF'] })
    expect(step('Sta8', { name: 'Evt14' })).toEqual({ state: 'Sta13', effects: ['send A-RELEASE-RP', 'start ARTIM'] })
  })

  it('releases when we ask and the peer agrees', () => {
    expect(step('Sta6', { name: 'Evt11' })).toEqual({ state: 'Sta7', effects: ['send A-RELEASE-RQ'] })
    expect(step('Sta7', { name: 'Evt13' })).toEqual({
      state: 'Sta1',
      effects: ['confirm A-RELEASE', 'close transport'],
    })
  })

  it('takes the requestor side of a release collision when we asked for the association', () => {
    expect(step('Sta7', { name: 'Evt12', requestor: true }).state).toBe('Sta9')
    expect(step('Sta9', { name: 'Evt14' })).toEqual({ state: 'Sta11', effects: ['send A-RELEASE-RP'] })
    expect(step('Sta11', { name: 'Evt13' }).state).toBe('Sta1')
  })

  it('takes the acceptor side of a release collision when the peer asked for the association', () => {
    expect(step('Sta7', { name: 'Evt12', requestor: false }).state).toBe('Sta10')
    expect(step('Sta10', { name: 'Evt13' })).toEqual({ state: 'Sta12', effects: ['confirm A-RELEASE'] })
    expect(step('Sta12', { name: 'Evt14' })).toEqual({ state: 'Sta13', effects: ['send A-RELEASE-RP', 'start ARTIM'] })
  })

  it('tells whose abort it was', () => {
    expect(step('Sta6', { name: 'Evt16', abortedBy: 'user' }).effects).toEqual(['indicate A-ABORT', 'close transport'])
    expect(step('Sta6', { name: 'Evt16', abortedBy: 'provider' }).effects).toEqual([
      'indicate A-P-ABORT',
      'close transport',
    ])
  })

  it('aborts as the user when the user asks, and as the provider when the peer breaks the protocol', () => {
    expect(step('Sta6', { name: 'Evt15' }).effects).toEqual(['send A-ABORT of the user', 'start ARTIM'])
    expect(step('Sta6', { name: 'Evt19' }).effects).toEqual([
      'send A-ABORT of the provider',
      'indicate A-P-ABORT',
      'start ARTIM',
    ])
  })

  it('tells a stranger who does not speak the protocol to go, before anything was asked', () => {
    expect(step('Sta2', { name: 'Evt19' })).toEqual({
      state: 'Sta13',
      effects: ['send A-ABORT of the user', 'start ARTIM'],
    })
  })

  it('ignores what comes after the end, but for a new request, and waits no longer than ARTIM', () => {
    expect(step('Sta13', { name: 'Evt10' })).toEqual({ state: 'Sta13', effects: [] })
    expect(step('Sta13', { name: 'Evt6' })).toEqual({ state: 'Sta13', effects: ['send A-ABORT of the provider'] })
    expect(step('Sta13', { name: 'Evt18' })).toEqual({ state: 'Sta1', effects: ['stop ARTIM', 'close transport'] })
    expect(step('Sta13', { name: 'Evt17' })).toEqual({ state: 'Sta1', effects: ['stop ARTIM'] })
  })

  it('notices at any time that the connection is gone', () => {
    for (const state of ['Sta3', 'Sta4', 'Sta5', 'Sta6', 'Sta7', 'Sta8', 'Sta9', 'Sta10', 'Sta11', 'Sta12'] as const)
      expect(step(state, { name: 'Evt17' })).toEqual({ state: 'Sta1', effects: ['indicate A-P-ABORT'] })
  })

  it('has 19 events and 13 states, and 123 cells that can happen', () => {
    expect(TABLE_9_10.events).toEqual(Array.from({ length: 19 }, (_, index) => `Evt${index + 1}`))
    expect(TABLE_9_10.states).toEqual(Object.keys(STATES))
    const possible = TABLE_9_10.events.flatMap((event) => TABLE_9_10.states.filter((state) => isPossible(state, event)))
    expect(possible).toHaveLength(123)
  })

  const pairs = TABLE_9_10.events.flatMap((event) => TABLE_9_10.states.map((state) => [event, state] as const))

  it.each(pairs)('%s in %s leads to a state that exists, or is refused', (event: EventName, state: State) => {
    if (isPossible(state, event)) expect(TABLE_9_10.states).toContain(step(state, { name: event }).state)
    else expect(() => step(state, { name: event })).toThrow(`${event} in ${state} has no action`)
  })

  it('never leaves a peer without an answer to a PDU that cannot come: every such cell aborts or ignores', () => {
    const pdus: readonly EventName[] = ['Evt3', 'Evt4', 'Evt6', 'Evt10', 'Evt12', 'Evt13', 'Evt16', 'Evt19']
    const connected = TABLE_9_10.states.filter((state) => state !== 'Sta1' && state !== 'Sta4')
    for (const event of pdus)
      for (const state of connected) expect(isPossible(state, event), `${event} ${state}`).toBe(true)
  })
})
