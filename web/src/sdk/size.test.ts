// @vitest-environment node
import { gzipSync } from 'node:zlib'

import { build, type Rollup } from 'vite'
import { expect, it } from 'vitest'

it('takes less than 13 kB over the wire, IndexedDB and all', { timeout: 120_000 }, async () => {
  const built = (await build({
    configFile: 'vite.package.config.ts',
    logLevel: 'error',
    build: { write: false },
  })) as Rollup.RollupOutput[]
  const chunks = built.flatMap(({ output }) => output)
  const sdk = chunks.find(({ fileName }) => fileName === 'sdk.js')
  if (sdk?.type !== 'chunk') expect.fail('there is no sdk.js')
  expect(sdk.imports).toEqual([])
  expect(sdk.code).toContain('createPlayhead')
  expect(gzipSync(sdk.code, { level: 9 }).length).toBeLessThan(13_000)
})
