/** The package's types: of each entry one file, with what it exports and what that is made of. */
import { env } from 'node:process'
import { dts } from 'rollup-plugin-dts'

/** Classes that the entry gives the types of, and no way to make. */
const TYPES_ONLY = new Set(['DocumentTracker', 'MediaTracker', 'Playhead'])

/** Mends what the plugin makes of `export type` of a class, and of types that Lit has from packages of its own. */
const mended = {
  name: 'mended',
  renderChunk: (code) =>
    code
      .replaceAll("from 'lit-html'", "from 'lit'")
      .replace(
        /^export \{(.*)\};$/mu,
        (_, names) => `export {${names.split(',').map(asExported).join(',')}};`,
      ),
}

function asExported(name) {
  return TYPES_ONLY.has(name.trim()) ? ` type ${name.trim()}` : name
}

/** The package's own tests build elsewhere. */
const { DIST = 'dist' } = env

/** What is beside the SDK takes its types from it: a class has private parts, so a copy is another type. */
const ofSdk = {
  name: 'of-sdk',
  resolveId: (source) => (source === '../sdk' ? { id: 'playhead', external: true } : null),
}

const ADAPTERS = ['pdfjs', 'react', 'videojs', 'vimeo', 'vue', 'youtube']
const INPUTS = {
  ...Object.fromEntries(['sdk', 'components', 'library'].map((name) => [name, `src/${name}/index.ts`])),
  ...Object.fromEntries(ADAPTERS.map((name) => [name, `src/adapters/${name}.ts`])),
}

export default Object.entries(INPUTS).map(([entry, input]) => ({
  input,
  output: { file: `${DIST}/${entry}.d.ts`, format: 'es' },
  external: [/^lit/u, /^@lit\//u, 'react', 'vue'],
  plugins: [ofSdk, dts({ tsconfig: 'tsconfig.package.json' }), mended],
}))
