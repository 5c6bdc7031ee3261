/** What is published: the SDK, whole in one file, and the components, which share the page's Lit. */
import { defineConfig, transformWithEsbuild, type Plugin } from 'vite'

/** Vite leaves the white space in modules, for the sake of bundlers that shake trees; of the SDK all is used. */
const squeezeSdk: Plugin = {
  name: 'squeeze-sdk',
  async generateBundle(_, bundle) {
    const sdk = bundle['sdk.js']
    if (sdk?.type !== 'chunk') return
    sdk.code = (await transformWithEsbuild(sdk.code, 'sdk.js', { minify: true, target: 'es2022' })).code
  },
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
