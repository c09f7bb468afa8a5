/**
 * Control data: who may log in, with what second factor and token, which device may call, whom we owe a report, what goes where. Truth, in `control.db`, synced at every
 * change, in every backup (docs/decisions/0004).
 *
 * Sessions and rate limits are not here: they live in memory and end with the process.
 */
import { randomBytes } from 'node:crypto'
import type { Bytes } from '../base/bytes.ts'
import type { Role } from '../base/context.ts'
import { openControlStore } from '../storage/sql/control-store.ts'
import { type Accounts, openAccounts } from './accounts.ts'
import { type Commitments, openCommitments } from './commitments.ts'
import { CONTROL_MIGRATIONS } from './control.queries.ts'
import { type ConfiguredDevice, openDevices } from './device-list.ts'
import type { Devices } from './devices.ts'
import { type Notices, openNotices } from './notices.ts'
import { openPriorWishes, type PriorWishes } from './prior-wishes.ts'
import { openRoutes, type Routes } from './routes.ts'
import { KEY_BYTES } from './sealing.ts'
import { openSecondFactors, type SecondFactors } from './second-factors.ts'
import { openTokens, type Tokens } from './tokens.ts'

export interface Control {
  readonly accounts: Accounts
  readonly secondFactors: SecondFactors
  readonly tokens: Tokens
  readonly devices: Devices
  readonly commitments: Commitments
  readonly routes: Routes
  readonly notices: Notices
  readonly priorWishes: PriorWishes
  close(): void
}

export interface ControlOptions {
  /** `dicom.devices[]` of the configuration. */
  readonly configuredDevices: readonly ConfiguredDevice[]
  /** 32 bytes that seal the secrets of second factors; without it, of this process alone. */
  readonly sealingKey?: Bytes
  /** Roles whose accounts must have a second factor. */
  readonly withSecondFactor?: readonly Role[]
  readonly now?: () => Date
}

/** @param path  of control.db, or `:memory:` */
export function openControl(path: string, options: ControlOptions): Control {
  const { configuredDevices, withSecondFactor, sealingKey = randomBytes(KEY_BYTES), now = () => new Date() } = options
  const store = openControlStore(path, CONTROL_MIGRATIONS)
  const devices = openDevices(store, configuredDevices, now)
  return {
    accounts: openAccounts(store, now, withSecondFactor),
    secondFactors: openSecondFactors(store, sealingKey, now),
    tokens: openTokens(store, now),
    devices,
    commitments: openCommitments(store),
    routes: openRoutes(store, now),
    notices: openNotices(store),
    priorWishes: openPriorWishes(store, now),
    close() {
      devices.flush()
      store.close()
    },
  }
}
