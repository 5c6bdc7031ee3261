/** What a page reads of its bearer token. Nothing here is trusted: the service verifies, this only shows. */
export interface Claims {
  readonly sub?: string
  readonly tenant?: string
  readonly roles?: readonly string[]
  /** Seconds since 1970. */
  readonly exp?: number
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
    return typeof claims === 'object' && claims !== null ? claims : null
  } catch {
    return null // not base64, or not JSON: no token of ours
  }
}
