/**
 * Control data: who may log in, with what token, which device may call, whom we owe a report. Truth, in `control.db`, synced at every
 * change, in every backup (docs/decisions/0004).
 *
 * Sessions and rate limits are not here: they live in memory and end with the process.
 */
import { openControlStore } from '../storage/sql/control-store.ts'
import { type Accounts, openAccounts } from './accounts.ts'
import { type Commitments, openCommitments } from './commitments.ts'
import { CONTROL_MIGRATIONS } from './control.queries.ts'
import { type ConfiguredDevice, openDevices } from './device-list.ts'
import type { Devices } from './devices.ts'
import { openTokens, type Tokens } from './tokens.ts'

export interface Control {
  readonly accounts: Accounts
  readonly tokens: Tokens
  readonly devices: Devices
  readonly commitments: Commitments
  close(): void
}

export interface ControlOptions {
  /** `dicom.devices[]` of the configuration. */
  readonly configuredDevices: readonly ConfiguredDevice[]
  readonly now?: () => Date
}

/** @param path  of control.db, or `:memory:` */
export function openControl(path: string, { configuredDevices, now = () => new Date() }: ControlOptions): Control {
  const store = openControlStore(path, CONTROL_MIGRATIONS)
  const devices = openDevices(store, configuredDevices, now)
  return {
    accounts: openAccounts(store, now),
    tokens: openTokens(store, now),
    devices,
    commitments: openCommitments(store),
    close() {
      devices.flush()
      store.close()
    },
  }
}
