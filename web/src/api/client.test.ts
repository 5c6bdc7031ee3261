// @vitest-environment node
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Api } from './client'
import type { Tokens } from './tokens'

/** A service that takes one token, and says who it is for. */
let good = 'fresh'
const server: Server = createServer((request, response) => {
  const token = request.headers.authorization?.replace('Bearer ', '')
  response.setHeader('Content-Type', 'application/json')
  if (token !== good) {
    response.writeHead(401).end(JSON.stringify({ title: 'Unauthorized', status: 401 }))
  } else if (request.url === '/api/me') {
    response.end(JSON.stringify({ userId: 'one', roles: [] }))
  } else {
    response
      .writeHead(404)
      .end(JSON.stringify({ title: 'Not found', detail: 'contentId: no such item', status: 404 }))
  }
})
let origin = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.close()
})

let signedOut = 0
beforeEach(() => {
  signedOut = 0
  good = 'fresh'
})

function apiWith(...given: (string | null)[]): Api {
  let refused: string | null = null
  const tokens: Pick<Tokens, 'current' | 'refuse'> = {
    current: () => Promise.resolve(given.find((each) => each !== refused) ?? null),
    refuse: (token) => {
      refused = token
      return given.length > 1
    },
  }
  return new Api(tokens, () => (signedOut += 1), origin)
}

test('an answer is its data', async () => {
  const api = apiWith('fresh')
  await expect(api.read(api.client.GET('/api/me'))).resolves.toMatchObject({ userId: 'one' })
})

test('an expired token is renewed once, without an error', async () => {
  const api = apiWith('stale', 'fresh')
  await expect(api.read(api.client.GET('/api/me'))).resolves.toMatchObject({ userId: 'one' })
  expect(signedOut).toBe(0)
})

test('without another token the person is signed out', async () => {
  const api = apiWith('stale')
  await expect(api.read(api.client.GET('/api/me'))).rejects.toMatchObject({ kind: 'signedOut' })
  expect(signedOut).toBe(1)
})

test('what is not there says which field named it', async () => {
  const api = apiWith('fresh')
  const asked = api.client.GET('/api/content/{contentId}', { params: { path: { contentId: 'x' } } })
  await expect(api.read(asked)).rejects.toMatchObject({ kind: 'missing', message: 'contentId: no such item' })
})

test('without an answer the failure is offline', async () => {
  const api = new Api(
    { current: () => Promise.resolve('t'), refuse: () => false },
    () => undefined,
    'http://127.0.0.1:1',
  )
  await expect(api.read(api.client.GET('/api/me'))).rejects.toMatchObject({ kind: 'offline' })
})
