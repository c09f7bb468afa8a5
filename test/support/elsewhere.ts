/** A web server of another origin: a few files from memory or disk, as a viewer's own web server would give them. */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'

export interface Elsewhere {
  readonly origin: string
  close(): Promise<void>
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}

export interface ElsewhereOptions {
  /** By path, such as `/app-config.js`; before what is in the folder. */
  readonly texts?: Readonly<Record<string, string>>
  readonly folder?: string
  /** Given for every path that is no file, as servers of one-page applications do. */
  readonly page?: string
  /** Of every answer. */
  readonly headers?: Readonly<Record<string, string>>
}

export async function serveElsewhere(options: ElsewhereOptions): Promise<Elsewhere> {
  const { texts = {}, folder, page = '/index.html', headers = {} } = options
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/'))
    const isFile = (name: string) =>
      folder !== undefined && existsSync(join(folder, name)) && statSync(join(folder, name)).isFile()
    const name = texts[path] !== undefined || isFile(path) ? path : page
    response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream', ...headers })
    const text = texts[name]
    if (text !== undefined || folder === undefined) response.end(text)
    else createReadStream(join(folder, name)).pipe(response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
