/** The person's token, from the host's backend, which knows them by its own cookie. */

/**
 * Ask for a token. The answer is JSON, `{"token": "…"}`. It is asked for again when the service has refused the last.
 * @throws Error that says what the host's backend answered instead.
 */
export async function fetchToken(url: string): Promise<string> {
  // A GET with the site's own cookie, past every cache: a token of the person before would be the worst answer.
  const response = await fetch(url, {
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { Accept: 'application/json' },
  })
  if (!response.ok) throw new Error(`${url} answered with status ${response.status} instead of a token.`)
  const body: unknown = await response.json().catch(() => null)
  if (typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string') {
    return body.token
  }
  throw new Error(`${url} is to answer with JSON: {"token": "…"}.`)
}
