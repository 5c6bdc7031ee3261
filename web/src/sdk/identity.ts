/**
 * Whose a heartbeat is. Browsers are shared: what one person played and could not send must never go out with the token
 * of the next. So every entry of the queue has an owner, and waits for a token of theirs.
 */

import { claimsOf, organisationOf } from './claims'

/** A token, and whose it is. */
export interface Token {
  readonly value: string
  readonly owner: string
}

/** The token identifies no person: it is not a JWT with `sub`. */
export class NamelessTokenError extends Error {}

/**
 * The token with its owner, for one service.
 *
 * The signature is not checked: that is the server's part. A forged token could only have its own forger's heartbeats
 * refused.
 * @throws NamelessTokenError
 */
export function identified(value: string, endpoint: string): Token {
  const claims = claimsOf(value)
  if (typeof claims?.sub !== 'string')
    throw new NamelessTokenError('The token is not a JWT with the claim "sub".')
  return { value, owner: JSON.stringify([endpoint, organisationOf(claims), claims.sub]) }
}
