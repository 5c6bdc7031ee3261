import { afterEach, expect, test, vi } from 'vitest'
import { answerTabs, exchange, hasCode, takeCode } from './sign-in'

const ORIGIN = 'https://playhead.example.org'

afterEach(() => {
  history.replaceState(null, '', '/')
})

function answers(status: number, body: unknown) {
  const asked = vi.fn<(url: string, init: RequestInit) => Promise<Response>>(() =>
    Promise.resolve(new Response(JSON.stringify(body), { status })),
  )
  vi.stubGlobal('fetch', asked)
  return asked
}

test('a code is taken out of the address, and nothing else is', () => {
  history.replaceState({ place: 1 }, '', '/dashboard?a=1#code=abc')
  expect(hasCode(window)).toBe(true)
  expect(takeCode(window)).toBe('abc')
  expect(location.href).toMatch(/\/dashboard\?a=1$/u)
  expect(history.state).toEqual({ place: 1 })
  expect(takeCode(window)).toBeNull()
})

test('a token in the address does not sign in, and is removed from it', () => {
  history.replaceState(null, '', '/#token=e30.e30.c2ln')
  expect(takeCode(window)).toBeNull()
  expect(location.hash).toBe('')
  history.replaceState(null, '', '/#part-two')
  expect(takeCode(window)).toBeNull()
  expect(location.hash).toBe('#part-two')
})

test('a code is sent in the body, and gives a token', async () => {
  const asked = answers(200, { token: 'a.b.c' })
  await expect(exchange('abc', ORIGIN)).resolves.toBe('a.b.c')
  expect(asked.mock.calls[0]?.[0]).toBe(`${ORIGIN}/api/sign-in`)
  expect(asked.mock.calls[0]?.[1]).toMatchObject({ method: 'POST', body: '{"code":"abc"}' })
})

test.each([
  [401, 'signedOut'],
  [410, 'signedOut'],
  [422, 'signedOut'],
  [429, 'unavailable'],
  [503, 'unavailable'],
])('%i is %s', async (status, kind) => {
  answers(status, { title: 'No', detail: 'no' })
  await expect(exchange('abc', ORIGIN)).rejects.toMatchObject({ kind })
})

test('a link that was followed before gives the token of the tab that is signed in by it', async () => {
  answers(410, { title: 'Used', detail: 'used' })
  answerTabs({ keptBy: (code) => (code === 'mine' ? 'a.b.c' : null) })
  await expect(exchange('mine', ORIGIN)).resolves.toBe('a.b.c')
  await expect(exchange('another', ORIGIN)).rejects.toMatchObject({ kind: 'signedOut' })
})
