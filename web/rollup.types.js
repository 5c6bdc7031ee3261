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

export default ['sdk', 'components'].map((entry) => ({
  input: `src/${entry}/index.ts`,
  output: { file: `${DIST}/${entry}.d.ts`, format: 'es' },
  external: [/^lit/u, /^@lit\//u],
  plugins: [dts({ tsconfig: 'tsconfig.package.json' }), mended],
}))
