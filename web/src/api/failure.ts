import type { Problem } from './types'

/**
 * The kinds of failure that pages distinguish:
 * `offline` no answer · `signedOut` 401 · `forbidden` 403 · `missing` 404 · `invalid` another 4xx · `unavailable` 5xx.
 */
export type FailureKind = 'offline' | 'signedOut' | 'forbidden' | 'missing' | 'invalid' | 'unavailable'

/** An answer that was none. `problem` is what the service said of it (RFC 9457), where it said anything. */
export class Failure extends Error {
  override readonly name = 'Failure'

  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly problem?: Problem,
    /** When to try again, where the service said so (`Retry-After`). */
    readonly retryAfterSeconds?: number,
  ) {
    super(message)
  }
}

const KINDS: Readonly<Record<number, FailureKind>> = { 401: 'signedOut', 403: 'forbidden', 404: 'missing' }

/** The failure that a status is, and the body and `Retry-After` that came with it. */
export function failureOf(status: number, body: unknown, retryAfter: string | null = null): Failure {
  const problem = isProblem(body) ? body : undefined
  const kind = KINDS[status] ?? (status >= 500 || status === 429 ? 'unavailable' : 'invalid')
  return new Failure(
    kind,
    problem?.detail ?? problem?.title ?? `HTTP ${status}`,
    problem,
    secondsIn(retryAfter),
  )
}

/** Playhead's services send seconds; a date, which a proxy may send, is passed over. */
function secondsIn(retryAfter: string | null): number | undefined {
  return retryAfter !== null && /^\d+$/u.test(retryAfter) ? Number(retryAfter) : undefined
}

/** Turns a request's exception into a failure; an aborted request's exception is rethrown. */
export function failureOfThrown(reason: unknown): Failure {
  if (reason instanceof Failure) return reason
  if (reason instanceof DOMException && reason.name === 'AbortError') throw reason
  return new Failure('offline', reason instanceof Error ? reason.message : String(reason))
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'title' in body
}
