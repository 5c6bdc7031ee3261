import { expect, test } from 'vitest'
import { claimsOf } from './claims'

function tokenOf(claims: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(claims))
  const payload = btoa(String.fromCharCode(...bytes))
  return `e30.${payload.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/u, '')}.c2ln`
}

test('the claims of a token are read as they are, in any script', () => {
  const claims = { sub: 'f8b7afbb', tenant: 'مؤسسة', roles: ['manager'], exp: 1_795_384_916 }
  expect(claimsOf(tokenOf(claims))).toEqual(claims)
})

test.each(['', 'abc', 'a.b', 'a.%%%.c', `e30.${btoa('"text"')}.c`, `e30.${btoa('null')}.c`])(
  'what is no token has no claims: %j',
  (token) => {
    expect(claimsOf(token)).toBeNull()
  },
)
