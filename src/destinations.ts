/** Whom this archive calls, as the configuration names them: for C-MOVE, routing, and notices of performed procedures. */
import type { Archive } from './archive/archive.ts'
import { ArchiveError } from './base/errors.ts'
import type { Config } from './config.ts'
import { dicomOutlet } from './network/routing/dicom-outlet.ts'
import type { Outlet } from './network/routing/outlet.ts'
import { webOutlet } from './network/routing/web-outlet.ts'
import type { Destination } from './network/services/link.ts'
import type { TlsMaterial } from './network/upper-layer/tls.ts'

export const destinationsOf = (config: Config, tls: TlsMaterial | undefined): readonly Destination[] =>
  config['dicom.destinations'].map(({ tls: byTls, ...to }) => ({ ...to, ...(byTls === true && { tls: tls ?? {} }) }))

/** Who is told of performed procedures. @throws {ArchiveError} `CONFIG_INVALID` for who is no destination */
export function toldOn(config: Config) {
  const known = new Set(config['dicom.destinations'].map(({ aet }) => aet))
  const [stepsTo = [], availabilityTo = []] = (['dicom.stepsTo', 'dicom.availabilityTo'] as const).map((key) => {
    const titles = config[key]
      .split(',')
      .map((title) => title.trim())
      .filter((title) => title !== '')
    const stranger = titles.find((one) => !known.has(one))
    if (stranger !== undefined)
      throw new ArchiveError('CONFIG_INVALID', { key, why: `${stranger} is not in dicom.destinations` })
    return titles
  })
  return { stepsTo, availabilityTo }
}

/** Where routing may send to: every destination of C-MOVE, and DICOMweb services. @throws {ArchiveError} `CONFIG_INVALID` */
export function outletsOf(
  archive: Pick<Archive, 'file'>,
  config: Config,
  destinations: readonly Destination[],
): readonly Outlet[] {
  const outlets = [
    ...destinations.map((to) => dicomOutlet(archive, to, config['dicom.aeTitle'])),
    ...config['dicomweb.destinations'].map((to) => webOutlet(archive, to)),
  ]
  const names = outlets.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined)
    throw new ArchiveError('CONFIG_INVALID', {
      key: 'dicomweb.destinations',
      why: `there are two destinations ${twice}`,
    })
  return outlets
}
