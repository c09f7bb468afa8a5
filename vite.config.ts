/**
 * Builds the app into `dist/app`, which `src/web` serves. Nothing is inlined, so that the strict
 * Content-Security-Policy of the archive (scripts, styles, workers and images from itself alone) holds.
 */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('src/app'),
  base: '/',
  plugins: [react()],
  // Decoders run in module workers; vtk.js asks for Node's `events` and `url`, which the packages of that name give.
  worker: { format: 'es' },
  build: {
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
