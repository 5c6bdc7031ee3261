// @vitest-environment node
/** The tarball as others get it: packed, installed beside a program of theirs, and bundled. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import * as esbuild from 'esbuild'
import ts from 'typescript'
import { build, type Rollup } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '..')
const ELEMENTS = [
  'playhead-continue-watching',
  'playhead-mark-complete',
  'playhead-progress',
  'playhead-resume-prompt',
  'playhead-scrubber',
  'playhead-thumbnail',
  'playhead-toast',
]

const ENTRIES = ['components', 'library', 'pdfjs', 'react', 'sdk', 'videojs', 'vimeo', 'vue', 'youtube']
/** What several adapters share, named by its content. */
const SHARED = /^dist\/(?:attach|remote-media)-[\w-]{8}\.js(?:\.map)?$/u

/** A project with the package in its `node_modules`, and what the tarball holds. */
let project: string
let installed: string
let files: string[]

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'playhead-package-'))
  const source = join(project, 'source')
  await mkdir(source)
  for (const each of ['package.json', 'README.md', 'LICENSE']) await cp(join(ROOT, each), join(source, each))
  const outDir = join(source, 'dist')
  await build({
    root: ROOT,
    configFile: join(ROOT, 'vite.package.config.ts'),
    logLevel: 'error',
    build: { outDir, emptyOutDir: true },
  })
  const rollup = join(ROOT, 'node_modules/rollup/dist/bin/rollup')
  const types = ['--config', 'rollup.types.js', '--environment', `DIST:${outDir}`, '--silent']
  await run(process.execPath, [rollup, ...types], { cwd: ROOT })
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: source })
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  files = packed.files.map(({ path }) => path).sort()
  installed = join(project, 'node_modules', 'playhead')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', join(project, packed.filename), '--strip-components=1', '-C', installed])
  for (const each of ['lit', 'lit-html', 'lit-element', '@lit', 'idb', '@types']) {
    await symlink(join(ROOT, 'node_modules', each), join(project, 'node_modules', each))
  }
}, 120_000)

afterAll(async () => {
  await rm(project, { recursive: true, force: true })
})

async function entry(code: string): Promise<string> {
  const path = join(project, 'main.js')
  await writeFile(path, code)
  return path
}

describe('what a bundler leaves of it, with its trees shaken', () => {
  const importing = "import 'playhead/components'\n"

  it('is every element, with esbuild', async () => {
    const { outputFiles } = await esbuild.build({
      entryPoints: [await entry(importing)],
      bundle: true,
      format: 'esm',
      treeShaking: true,
      minify: true,
      write: false,
    })
    registersAll(outputFiles[0]?.text ?? '')
  })

  it('is every element, with Vite', async () => {
    const built = (await build({
      root: project,
      configFile: false,
      logLevel: 'error',
      build: { write: false, rollupOptions: { input: await entry(importing) } },
    })) as Rollup.RollupOutput
    registersAll(built.output[0].code)
  })

  it('is none of the elements for who imports the SDK alone', async () => {
    const { outputFiles } = await esbuild.build({
      entryPoints: [
        await entry("import { createPlayhead } from 'playhead'\nglobalThis.made = createPlayhead\n"),
      ],
      bundle: true,
      format: 'esm',
      write: false,
    })
    const code = outputFiles[0]?.text ?? ''
    expect(code).toContain('indexedDB')
    expect(code).not.toContain('playhead-toast')
  })
})

/** Each is named where it is registered: `define(name, …)`. */
function registersAll(code: string): void {
  expect(code).toContain('customElements.define')
  for (const name of ELEMENTS)
    expect(code).toMatch(new RegExp(`\\w+\\(\\s*["'\`]${name}["'\`],\\s*\\w+\\)`, 'u'))
}

it('holds the built files, their maps with the sources in them, the licence and a readme', async () => {
  const built = ENTRIES.flatMap((name) => [`${name}.d.ts`, `${name}.js`, `${name}.js.map`])
  const own = files.filter((name) => !SHARED.test(name))
  expect(own).toEqual(['LICENSE', 'README.md', ...built.map((name) => `dist/${name}`), 'package.json'])
  await expect(readFile(join(installed, 'LICENSE'), 'utf8')).resolves.toBe(
    await readFile(join(ROOT, '..', 'LICENSE'), 'utf8'),
  )
  for (const name of ['sdk', 'components']) {
    const map = JSON.parse(await readFile(join(installed, `dist/${name}.js.map`), 'utf8')) as {
      sources: string[]
      sourcesContent: (string | null)[]
    }
    expect(map.sources.some((source) => source.includes(`src/${name}/`))).toBe(true)
    expect(map.sourcesContent.filter((content) => content === null)).toEqual([])
    expect(map.sourcesContent).toHaveLength(map.sources.length)
  }
})

it('has one SDK, which the library and the adapters share', async () => {
  for (const name of ['library', 'youtube', 'vimeo', 'pdfjs', 'videojs']) {
    const code = await readFile(join(installed, `dist/${name}.js`), 'utf8')
    const imports = [...code.matchAll(/from "([^"]+)"/gu)].map(([, from]) => `dist/${from?.slice(2) ?? ''}`)
    expect(imports.filter((each) => each !== 'dist/sdk.js' && !SHARED.test(each))).toEqual([])
    expect(code).not.toContain('indexedDB')
  }
})

it('types what it exports, and names nothing of its own parts', { timeout: 120_000 }, async () => {
  const types = await Promise.all(
    ENTRIES.map((name) => readFile(join(installed, `dist/${name}.d.ts`), 'utf8')),
  )
  const parts = /Tracked\b|Outbox|Transport|Standing|@internal/u
  for (const text of types) expect(text).not.toMatch(parts)
  // Of the library, the API's own document has a body of this name.
  expect(types.filter((text) => text.includes('HeartbeatBody'))).toHaveLength(1)
  const main = join(project, 'main.ts')
  await writeFile(
    main,
    `import { createPlayhead, type MediaTracker } from 'playhead'
import { PlayheadToast } from 'playhead/components'
import { createLibrary, type LibraryItem } from 'playhead/library'
import { attachYouTube, type Attached, type YouTubePlayer } from 'playhead/youtube'
export const items = (): Promise<LibraryItem[]> =>
  createLibrary(createPlayhead({ endpoint: '', token: '' })).list({ limit: 1 }).then((page) => page.items)
export const attached = (player: YouTubePlayer): Attached =>
  attachYouTube(createPlayhead({ endpoint: '', token: '' }), player, { contentId: '' })
const tracker: MediaTracker = createPlayhead({ endpoint: '', token: '' })
  .attach(document.createElement('video'), { contentId: '' })
tracker.addEventListener('progress', ({ detail }) => detail.percentage.toFixed())
export const toast: PlayheadToast = document.createElement('playhead-toast')
new MediaTracker()
`,
  )
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    strict: true,
    noEmit: true,
    types: [],
  }
  const found = ts.getPreEmitDiagnostics(ts.createProgram([main], options))
  const messages = found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
  expect(messages).toEqual([expect.stringContaining("'MediaTracker' cannot be used as a value")])
})
