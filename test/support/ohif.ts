/** OHIF, the viewer most DICOMweb archives are seen through, as its makers built it: unpacked and served beside us. */

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { serveElsewhere } from './elsewhere.ts'

const PACKAGE = resolve('node_modules/.cache/clearkeep-peers/ohif-app-3.13.2.tgz')
const SHA512 =
  '5997719a9986eeba85816f5924b71b82bdd70ad2e2d4a0cd3e831a798e4f3deea3e06e1f8c48e393271933a0ba664d85f3b04ac457e9abe8dde715d907d13c10'

/** Why there is none; '' when there is. */
export const missing: string = existsSync(PACKAGE) ? '' : 'needs OHIF: sh tools/setup.sh peers'

export interface Ohif {
  readonly origin: string
  close(): Promise<void>
}

/** @param dicomweb  asked for when a page is opened, so that the archive may be started after the viewer */
export async function openOhif(dicomweb: () => string): Promise<Ohif> {
  const digest = createHash('sha512').update(readFileSync(PACKAGE)).digest('hex')
  if (digest !== SHA512) throw new Error('the package of OHIF is not the one the test was written for')
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-ohif-'))
  const { status, stderr } = spawnSync('tar', ['xzf', PACKAGE, '-C', folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`OHIF could not be unpacked: ${stderr}`)
  const texts = {
    get '/app-config.js'() {
      return configuration(dicomweb())
    },
  }
  const site = await serveElsewhere({ folder: join(folder, 'package/dist'), texts })
  return {
    origin: site.origin,
    async close() {
      await site.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** As its documentation has it for an archive that is complete: nothing is switched off. */
const configuration = (dicomweb: string) =>
  `window.config = ${JSON.stringify({
    routerBasename: null,
    extensions: [],
    modes: [],
    customizationService: {},
    showStudyList: true,
    maxNumberOfWebWorkers: 2,
    showWarningMessageForCrossOrigin: false,
    showCPUFallbackMessage: false,
    showLoadingIndicator: true,
    strictZSpacingForVolumeViewport: true,
    maxNumRequests: { interaction: 20, thumbnail: 5, prefetch: 5 },
    defaultDataSourceName: 'clearkeep',
    dataSources: [
      {
        namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
        sourceName: 'clearkeep',
        configuration: {
          friendlyName: 'Clearkeep',
          name: 'clearkeep',
          wadoUriRoot: dicomweb.replace('/dicom-web', '/wado'),
          qidoRoot: dicomweb,
          wadoRoot: dicomweb,
          qidoSupportsIncludeField: true,
          imageRendering: 'wadors',
          thumbnailRendering: 'thumbnail',
          thumbnailRequestStrategy: 'fetch',
          enableStudyLazyLoad: true,
          supportsFuzzyMatching: true,
          supportsWildcard: true,
          bulkDataURI: { enabled: true },
        },
      },
    ],
  })}`
