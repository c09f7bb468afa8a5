/**
 * Builds the app into `dist/app`, which `src/web` serves. Nothing is inlined, so that the strict
 * Content-Security-Policy of the archive (scripts, styles, workers and images from itself alone) holds.
 */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * Our pure rooms do nothing when imported, so what is not used of them is left out: the app needs the pixel formulas
 * without the dictionary that stands beside them.
 */
const rollupOptions = {
  treeshake: { moduleSideEffects: (id: string) => !/\/src\/(base|dicom|pixels|api)\//.test(id) },
}

export default defineConfig({
  root: here('src/app'),
  base: '/',
  plugins: [react()],
  // Decoders run in module workers; vtk.js asks for Node's `events` and `url`, which the packages of that name give.
  worker: { format: 'es', rollupOptions },
  build: {
    rollupOptions,
    outDir: here('dist/app'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000,
  },
})
