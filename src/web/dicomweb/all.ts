/** The routes of DICOMweb (PS3.18), one table: the server serves them, `docs/conformance.md` lists them. */
import type { Archive } from '../../archive/archive.ts'
import type { Route } from '../routes.ts'
import { capabilityRoutes } from './capabilities.ts'
import { frameRoutes } from './frames.ts'
import { qidoRoutes } from './qido.ts'
import { renderedRoutes } from './rendered.ts'
import { stowRoutes } from './stow.ts'
import { wadoRoutes } from './wado.ts'
import { wadoUriRoutes } from './wado-uri.ts'

export function dicomWebRoutes(archive: Archive): readonly Route[] {
  const routes = [
    ...qidoRoutes(archive),
    ...wadoRoutes(archive),
    ...frameRoutes(archive),
    ...renderedRoutes(archive),
    ...wadoUriRoutes(archive),
    ...stowRoutes(archive),
  ]
  return [...routes, ...capabilityRoutes(routes)]
}
