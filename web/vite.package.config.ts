/** What is published: the SDK, whole in one file, and the components, which share the page's Lit. */
import { defineConfig, transformWithEsbuild, type Plugin } from 'vite'

/** Vite leaves the white space in modules, for the sake of bundlers that shake trees; of the SDK all is used. */
const squeezeSdk: Plugin = {
  name: 'squeeze-sdk',
  enforce: 'post',
  renderChunk: (code, { name }) =>
    name === 'sdk' ? transformWithEsbuild(code, 'sdk.js', { minify: true, target: 'es2022' }) : null,
}

export default defineConfig({
  plugins: [squeezeSdk],
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
