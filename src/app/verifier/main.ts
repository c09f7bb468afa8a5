/**
 * The verifier that lies in every evidence pack: one file, no packages, no network. `node verify.mjs` in an unpacked pack
 * or beside a ZIP; the same file inside `verify.html` is a page that opens from a folder.
 */
import { runInNode } from './in-node.ts'
import { openPage } from './page.ts'

if (typeof document === 'undefined') await runInNode()
else openPage()
