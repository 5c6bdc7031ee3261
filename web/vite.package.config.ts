/** What is published: the SDK, whole in one file, and the components, which share the page's Lit. */
import { defineConfig } from 'vite'

export default defineConfig({
  build: {
    outDir: 'dist',
    target: 'es2022',
    lib: {
      entry: { sdk: 'src/sdk/index.ts', components: 'src/components/index.ts' },
      formats: ['es'],
    },
    rollupOptions: { external: [/^lit/u, /^@lit\//u] },
  },
})
