/** The claims of a bearer token. Nothing here is trusted: the service verifies, a page only displays and compares. */
export interface Claims {
  readonly sub?: unknown
  readonly exp?: unknown
  readonly [name: string]: unknown
}

/**
 * What names the organisation: `tenant`, or as Entra, Auth0 and Keycloak call it. None where an issuer has only one. It
 * separates what one person does in two organisations, on one device.
 */
export function organisationOf(claims: Claims): unknown {
  return claims['tenant'] ?? claims['tid'] ?? claims['org_id'] ?? claims['organization']
}

/** The claims of a JWT; null where it is none. */
export function claimsOf(token: string): Claims | null {
  const payload = token.split('.')[1]
  if (payload === undefined) return null
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (each) =>
      each.charCodeAt(0),
    )
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof claims === 'object' && claims !== null ? (claims as Claims) : null
  } catch {
    return null // not base64, or not JSON: no token of ours
  }
}
