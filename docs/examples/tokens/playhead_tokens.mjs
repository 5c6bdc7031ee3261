/**
 * Tokens for the people of your site, in Node and without a package. Run as a program, it prints one:
 *   PLAYHEAD_SIGNING_KEY=key.pem node playhead_tokens.mjs USER_ID TENANT [ROLE…]        and with --keys, the public key set
 */
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { argv, env } from 'node:process'
import { fileURLToPath } from 'node:url'

const MINUTES = 15
const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

function publicKey(key) {
  const { n, e, kty } = createPublicKey(key).export({ format: 'jwk' })
  const kid = createHash('sha256').update(n).digest('base64url').slice(0, 16)
  return { kty, n, e, kid, alg: 'RS256', use: 'sig' }
}

/** What you serve at the address that PLAYHEAD_TOKEN_JWKS_URL names. */
export function keySet(pem) {
  return { keys: [publicKey(createPrivateKey(pem))] }
}

/** A token of the person whom your session names: never of an id that the request names. */
export function tokenFor(pem, user, tenant, roles = []) {
  const key = createPrivateKey(pem)
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: 'playhead', aud: 'playhead', sub: user, tenant, roles, iat: now, exp: now + MINUTES * 60 }
  const text = `${encoded({ alg: 'RS256', typ: 'JWT', kid: publicKey(key).kid })}.${encoded(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const pem = readFileSync(env.PLAYHEAD_SIGNING_KEY, 'utf8')
  const [user, tenant, ...roles] = argv.slice(2)
  console.log(user === '--keys' ? JSON.stringify(keySet(pem)) : tokenFor(pem, user, tenant, roles))
}
