import { readFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'
import { expect, it } from 'vitest'

it('is made of the one document of both services, by the generator as anyone would run it', async () => {
  const types = astToString(await openapiTS(readFileSync('openapi.json', 'utf8')))

  for (const operation of ['saveProgress', 'saveBatch', 'markComplete', 'reopen', 'read_item_api_progress']) {
    expect(types).toContain(operation)
  }
  expect(types).not.toContain('never[]')
})
