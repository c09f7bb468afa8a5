/** Builds the page that lies in every time capsule: one script and one style sheet that load from a folder. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  publicDir: false,
  build: {
    outDir: here('dist/capsule'),
    emptyOutDir: true,
    target: 'es2022',
    // Whoever opens it in thirty years can read it.
    minify: false,
    sourcemap: false,
    reportCompressedSize: false,
    // A classic script: browsers load no modules from a folder.
    lib: {
      entry: here('src/app/capsule/main.ts'),
      name: 'clearkeepCapsulePage',
      formats: ['iife'],
      fileName: () => 'capsule.js',
      cssFileName: 'capsule',
    },
    rollupOptions: { treeshake: { moduleSideEffects: (id: string) => !/\/src\/(base|dicom|pixels|api)\//.test(id) } },
  },
})
