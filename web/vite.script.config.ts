/** The one script that the query API serves to pages of others: a classic script, whole in one file. */
import { defineConfig } from 'vite'

export default defineConfig({
  build: {
    outDir: '../query_api/static',
    emptyOutDir: false, // the pages are there
    sourcemap: false,
    target: 'es2022',
    lib: {
      entry: 'src/script/index.ts',
      formats: ['iife'],
      name: 'playheadScript',
      fileName: () => 'playhead.js',
    },
  },
})
