/**
 * What is published: the SDK, whole in one file; the components, which share the page's Lit; and the library, adapters
 * and wrappers, which share the SDK.
 */
import { defineConfig, transformWithEsbuild, type Plugin } from 'vite'

/** Vite leaves the white space in modules, for the sake of bundlers that shake trees; of the SDK all is used. */
const squeezeSdk: Plugin = {
  name: 'squeeze-sdk',
  async generateBundle(_, bundle) {
    const sdk = bundle['sdk.js']
    const map = bundle['sdk.js.map']
    if (sdk?.type !== 'chunk' || map?.type !== 'asset' || sdk.map === null) {
      throw new Error('there is no sdk.js, or no source map of it')
    }
    const options = { minify: true, target: 'es2022', sourcemap: true } as const
    const squeezed = await transformWithEsbuild(sdk.code, 'sdk.js', options, sdk.map)
    sdk.code = `${squeezed.code.trimEnd()}\n//# sourceMappingURL=sdk.js.map\n`
    map.source = JSON.stringify(squeezed.map)
  },
}

/** What is beside the SDK imports it, lest a page have two of it: the SDK stays whole in one file. */
const besideSdk: Plugin = {
  name: 'beside-sdk',
  enforce: 'pre',
  resolveId: (source) => (source === '../sdk' ? { id: './sdk.js', external: true } : null),
}

const ADAPTERS = ['pdfjs', 'react', 'videojs', 'vimeo', 'vue', 'youtube']

export default defineConfig({
  plugins: [besideSdk, squeezeSdk],
  build: {
    outDir: 'dist',
    sourcemap: true, // with the sources in them: the tarball has no others
    target: 'es2022',
    lib: {
      entry: {
        sdk: 'src/sdk/index.ts',
        components: 'src/components/index.ts',
        library: 'src/library/index.ts',
        ...Object.fromEntries(ADAPTERS.map((name) => [name, `src/adapters/${name}.ts`])),
      },
      formats: ['es'],
    },
    rollupOptions: { external: [/^lit/u, /^@lit\//u, 'react', 'vue'] },
  },
})
