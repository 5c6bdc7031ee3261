/** Calls of the service's API, with the person's token. */

import { messageOf, PlayheadError } from './errors'
import { NamelessTokenError } from './identity'
import { parsed, problemOf } from './outcome'
import type { Tokens } from './tokens'
import type { Transport } from './transport'
import type { Progress } from './types'

/**
 * The service's answer to a request, which is a 2xx; the token is renewed once.
 * @throws PlayheadError of the kind `network`, `refused` or `unauthorised`, or whatever the signal is aborted with.
 */
export async function call(
  transport: Transport,
  tokens: Tokens,
  path: string,
  request: RequestInit = {},
): Promise<Response> {
  const response = await asked(request.signal, async () => {
    const first = await transport.request(path, request, (await tokens.current()).value)
    return first.status === 401 ? transport.request(path, request, (await tokens.renew()).value) : first
  })
  if (response.ok) return response
  throw failureOf(response.status, await asked(request.signal, () => response.text()))
}

/** Progress with one item. Throws as `call`. */
export async function fetchProgress(
  transport: Transport,
  tokens: Tokens,
  contentId: string,
): Promise<Progress> {
  const response = await call(transport, tokens, `/api/progress/${encodeURIComponent(contentId)}`)
  const text = await asked(null, () => response.text())
  const body = parsed(text)
  if (isProgress(body)) return body
  throw failureOf(response.status, text)
}

async function asked<Given>(
  signal: AbortSignal | null | undefined,
  ask: () => Promise<Given>,
): Promise<Given> {
  try {
    return await ask()
  } catch (error) {
    if (signal?.aborted) throw error
    const kind = error instanceof NamelessTokenError ? 'unauthorised' : 'network'
    throw new PlayheadError({ kind, message: messageOf(error) })
  }
}

function failureOf(status: number, text: string): PlayheadError {
  const problem = problemOf(status, parsed(text))
  return new PlayheadError({ kind: kindOf(status), message: problem.detail, problem })
}

function kindOf(status: number): 'network' | 'refused' | 'unauthorised' {
  if (status === 401) return 'unauthorised'
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'refused' : 'network'
}

function isProgress(body: unknown): body is Progress {
  return typeof body === 'object' && body !== null && 'progressPercentage' in body && 'metadata' in body
}
