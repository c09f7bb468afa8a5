/**
 * The end of `tools/read-vault.mjs`: the HTJ2K decoder it needs, so that it is one file, and the licences it comes under,
 * which want to be where it is.
 */
import { readFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'

const PATH = 'tools/read-vault.mjs'
const MARK = '// --- the decoder: written by tools/generate-reader.ts'
const PACKAGE = 'node_modules/@cornerstonejs/codec-openjph'

export function generateReader(): ReadonlyMap<string, string> {
  const text = readFileSync(PATH, 'utf8')
  const before = text.slice(0, text.indexOf('\n', text.indexOf(MARK)) + 1)
  const parts = ['.js', '.wasm'].map((ending) => `    '${packed(readFileSync(`${PACKAGE}/dist/openjphjs${ending}`))}',`)
  const licences = [OPENJPH, readFileSync(`${PACKAGE}/LICENSE`, 'utf8')].map(commented).join('//\n')
  return new Map([[PATH, `${before}\n${licences}\nfunction codec() {\n  return [\n${parts.join('\n')}\n  ]\n}\n`]])
}

const packed = (bytes: Buffer): string =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } }).toString('base64')

const commented = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line) => `// ${line}`.trimEnd())
    .join('\n')
    .concat('\n')

/** The package has the licence of its own files only; this is the one that stands in each file of the library. */
const OPENJPH = `OpenJPH, which decodes HTJ2K (https://github.com/aous72/OpenJPH)

Copyright (c) 2019-2024, Aous Naman
Copyright (c) 2019-2024, Kakadu Software Pty Ltd, Australia
Copyright (c) 2019-2024, The University of New South Wales, Australia

Redistribution and use in source and binary forms, with or without modification, are permitted provided that the
following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following
disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following
disclaimer in the documentation and/or other materials provided with the distribution.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES,
INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL,
SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY,
WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF
THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.

The JavaScript around it and its compilation to WebAssembly (@cornerstonejs/codec-openjph)
`
