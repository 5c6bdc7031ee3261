import { expect, test } from 'vitest'
import { Failure, failureOf, failureOfThrown } from './failure'

test.each([
  [401, 'signedOut'],
  [403, 'forbidden'],
  [404, 'missing'],
  [422, 'invalid'],
  [429, 'unavailable'],
  [502, 'unavailable'],
  [503, 'unavailable'],
] as const)('HTTP %i is %s', (status, kind) => {
  expect(failureOf(status, null)).toMatchObject({ kind, message: `HTTP ${status}` })
})

test('a failure says what the service said of it, and keeps its problem', () => {
  const problem = { type: 'about:blank', title: 'Not valid', status: 422, detail: 'limit: at most 500' }
  expect(failureOf(422, problem)).toMatchObject({ message: 'limit: at most 500', problem })
})

test('a request without an answer is offline; an aborted one is no failure', () => {
  expect(failureOfThrown(new TypeError('Failed to fetch'))).toMatchObject({ kind: 'offline' })
  const ended = new DOMException('', 'AbortError')
  expect(() => failureOfThrown(ended)).toThrow(ended)
  const failure = new Failure('missing', 'gone')
  expect(failureOfThrown(failure)).toBe(failure)
})
