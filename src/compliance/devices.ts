/**
 * DICOM devices: who may call, and who was refused. Listed in configuration, or allowed by an administrator with one
 * click; the second kind and the refusals live in control.db.
 */
export interface Device {
  readonly aet: string
  /** Address or name; empty matches any. */
  readonly host: string
  readonly from: 'configuration' | 'allowed'
}

export interface RefusedCaller {
  readonly aet: string
  readonly host: string
  readonly lastSeen: string
  readonly times: number
}

export interface Devices {
  /** @param certificate  SHA-256 of the one it showed, in hex, or '': a device listed with one must show it */
  isKnown(aet: string, address: string, certificate?: string): boolean
  /** What its lines in the configuration let a known device do; undefined: whatever devices may. */
  actsOf(aet: string, address: string, certificate?: string): readonly string[] | undefined
  /** Counted and bounded: a stranger who calls a million times is one row; the oldest rows go first. */
  noteRefused(aet: string, address: string, at: Date): void
  list(): readonly Device[]
  refused(): readonly RefusedCaller[]
  allow(aet: string, host: string): void
}
