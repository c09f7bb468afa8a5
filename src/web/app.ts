/**
 * The app: files Vite built, and its first page for every address that is one of its screens.
 *
 * Files under `assets/` carry their digest in the name and are kept for ever by browsers; the page is asked for anew.
 * No HTML is made here but a fixed page that says how to build the app.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { ArchiveError } from '../base/errors.ts'
import { isData } from './authenticate.ts'
import { fail } from './doors.ts'

const MISSING = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Clearkeep</title>
<h1>Clearkeep runs; its app is not built yet</h1>
<p>Run <code>npm run build</code> in the checkout and reload this page. DICOM and DICOMweb work meanwhile.</p>
</html>
`

export function serveApp(server: FastifyInstance, folder: string): void {
  const page = join(folder, 'index.html')
  void server.register(fastifyStatic, { root: folder, serve: false, index: false })

  server.setNotFoundHandler(async (request, reply) => {
    const path = decodedPath(request.url)
    const reading = request.method === 'GET' || request.method === 'HEAD'
    if (!reading || isData(request.url) || path === undefined)
      return fail(reply, new ArchiveError('NOT_FOUND', { what: 'such address' }))
    // Screens have UIDs in their addresses, which end in digits; names of files end in a word.
    const isFile = /\.[a-z][^/.]*$/i.test(path)
    if (isFile && existsSync(join(folder, path))) {
      const forever = path.startsWith('/assets/')
      return reply.sendFile(path.slice(1), folder, {
        cacheControl: true,
        maxAge: forever ? '1y' : 0,
        immutable: forever,
        dotfiles: 'ignore',
      })
    }
    if (isFile) return fail(reply, new ArchiveError('NOT_FOUND', { what: 'such file' }))
    if (!existsSync(page)) return reply.status(200).type('text/html; charset=utf-8').send(MISSING)
    return reply.header('cache-control', 'no-cache').sendFile('index.html', folder, { cacheControl: false })
  })
}

/** Undefined for a path that leads out of itself or cannot be read. */
function decodedPath(url: string): string | undefined {
  try {
    const path = decodeURIComponent(url.split('?')[0] ?? '')
    return /(^|\/)\.|\\|\0/.test(path) ? undefined : path
  } catch {
    return undefined
  }
}
