/**
 * The devices that may call: those of the configuration, those an administrator allowed, and a short list of callers
 * that were refused, to be allowed with one click.
 *
 * Refusals are counted in memory and written every few seconds: a stranger who calls a thousand times a second must
 * not cost a thousand synced writes.
 */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { ControlStore } from '../storage/sql/control-store.ts'
import { allowedDevices, insertDevice, refusedCallers, replaceRefusedCallers } from './control.queries.ts'
import type { Device, Devices, RefusedCaller } from './devices.ts'

const REFUSED_AT_MOST = 200
const WRITE_AFTER = 2_000
const RESOLVE_AGAIN_AFTER = 30_000

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1'])

/** `::ffff:10.0.0.7` is how a dual-stack socket spells 10.0.0.7. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '').toLowerCase()

export interface ConfiguredDevice {
  readonly aet: string
  readonly host: string
  /** SHA-256 of the TLS certificate it must show, in hex. */
  readonly certificate?: string
  /** What it may do, out of `DEVICE_ACTS`; undefined: all of them. */
  readonly may?: readonly string[]
}

export interface DeviceList extends Devices {
  /** Writes what is counted. */
  flush(): void
}

export function openDevices(store: ControlStore, configured: readonly ConfiguredDevice[], now: () => Date): DeviceList {
  const names = new Map<string, { addresses: ReadonlySet<string>; at: number }>()
  let allowed = allowedDevices(store)
  const refused = new Map<string, { aet: string; host: string; lastSeen: string; times: number }>()
  for (const row of refusedCallers(store))
    refused.set(keyOf(row.aet, row.host), { aet: row.aet, host: row.host, lastSeen: row.last_seen, times: row.times })
  let timer: NodeJS.Timeout | undefined

  /** Names are resolved in the background: who calls right after his address changed is refused once. */
  function addressesOf(host: string): ReadonlySet<string> {
    if (host === 'localhost') return LOOPBACK
    const known = names.get(host)
    if (known === undefined || now().getTime() - known.at > RESOLVE_AGAIN_AFTER) {
      names.set(host, { addresses: known?.addresses ?? new Set(), at: now().getTime() })
      lookup(host, { all: true }).then(
        (found) =>
          names.set(host, { addresses: new Set(found.map(({ address }) => plain(address))), at: now().getTime() }),
        () => undefined, // unknown for now: the addresses we had stay
      )
    }
    return names.get(host)?.addresses ?? new Set()
  }

  const matches = (host: string, address: string) =>
    host === '' || plain(host) === address || (isIP(host) === 0 && addressesOf(host.toLowerCase()).has(address))

  /** The lines of the list that a caller answers to. */
  function lines(aet: string, address: string, certificate: string): readonly ConfiguredDevice[] {
    const [title, from] = [aet.trim(), plain(address)]
    const named = configured.filter((device) => device.aet === title)
    // Whoever is listed with a certificate is nobody without it, whatever else allows the title.
    const bound = named.filter((device) => device.certificate !== undefined)
    if (bound.length > 0)
      return bound.filter((device) => device.certificate === certificate && matches(device.host, from))
    const here = named.filter((device) => matches(device.host, from))
    if (here.length > 0) return here // the configuration says what it may: a click does not widen it
    return allowed.filter((device) => device.aet === title && matches(device.host, from))
  }

  function flush(): void {
    clearTimeout(timer)
    if (timer === undefined) return
    timer = undefined
    replaceRefusedCallers(
      store,
      [...refused.values()].map(({ aet, host, lastSeen, times }) => ({ aet, host, last_seen: lastSeen, times })),
    )
  }

  const changed = () => {
    timer ??= setTimeout(flush, WRITE_AFTER).unref()
  }

  for (const { host } of [...configured, ...allowed])
    if (host !== '' && isIP(host) === 0) addressesOf(host.toLowerCase())

  return {
    isKnown: (aet, address, certificate = '') => lines(aet, address, certificate).length > 0,

    actsOf(aet, address, certificate = '') {
      const found = lines(aet, address, certificate)
      // One line that says nothing lets it do everything, as if the others were not there.
      return found.some(({ may }) => may === undefined) ? undefined : found.flatMap(({ may }) => may ?? [])
    },

    noteRefused(aet, address, at) {
      const [title, host] = [aet.trim(), plain(address)]
      const key = keyOf(title, host)
      const times = (refused.get(key)?.times ?? 0) + 1
      // Deleted and set again: the map stays in order of last call, so its first is the oldest.
      refused.delete(key)
      refused.set(key, { aet: title, host, lastSeen: at.toISOString(), times })
      for (const oldest of refused.keys()) {
        if (refused.size <= REFUSED_AT_MOST) break
        refused.delete(oldest)
      }
      changed()
    },

    list: () => [
      ...configured.map(({ aet, host }): Device => ({ aet, host, from: 'configuration' })),
      ...allowed.map(({ aet, host }): Device => ({ aet, host, from: 'allowed' })),
    ],

    refused: (): readonly RefusedCaller[] => [...refused.values()].reverse(),

    allow(aet, host) {
      const [title, address] = [aet.trim(), plain(host.trim())]
      insertDevice(store, title, address, now().toISOString())
      allowed = allowedDevices(store)
      for (const [key, caller] of refused)
        if (caller.aet === title && matches(address, caller.host)) refused.delete(key)
      changed()
      flush()
    },

    flush,
  }
}

const keyOf = (aet: string, host: string) => `${aet}\n${host}`
