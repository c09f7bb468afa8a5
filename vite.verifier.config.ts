/** Builds the verifier that lies in every evidence pack: one file that runs in Node and, inside a page, in a browser. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  publicDir: false,
  build: {
    outDir: here('dist/verifier'),
    emptyOutDir: true,
    target: 'es2022',
    // Whoever must rely on it can read it.
    minify: false,
    sourcemap: false,
    reportCompressedSize: false,
    lib: { entry: here('src/app/verifier/main.ts'), formats: ['es'], fileName: () => 'verify.mjs' },
    rollupOptions: { treeshake: { moduleSideEffects: (id: string) => !/\/src\/(base|proof)\//.test(id) } },
  },
})
