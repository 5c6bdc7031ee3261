/** Requests to the service. Rejects with nothing: every answer, and none, is an outcome. */

import type { DeviceClock } from './clock'
import { messageOf } from './errors'
import type { HeartbeatBody } from './heartbeat'
import { judge, type Outcome } from './outcome'

/** Long enough for a bad line, short enough that a dead one does not hold up the queue. */
const TIMEOUT_MS = 20_000
/**
 * Requests that outlive their page share 64 KiB. What is sent in passing takes no more of it than this, so that there is
 * always room for the last heartbeat; a larger batch is a backlog, which is safe in the queue.
 */
const PASSING_BYTES = 16_000

/** Sends heartbeats to one service. */
export class Transport {
  readonly #origin: string
  readonly #clock: DeviceClock

  /** `endpoint` is the service's origin, '' the page's own. */
  constructor(endpoint: string, clock: DeviceClock) {
    this.#origin = endpoint.replace(/\/+$/u, '')
    this.#clock = clock
  }

  /** Send heartbeats while the page stays. `offset` is that of the clock they were dated by. */
  async send(bodies: readonly HeartbeatBody[], token: string, offset?: number): Promise<Outcome> {
    const text = JSON.stringify(this.#payload(bodies, offset))
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    return this.#post(bodies, { body: text, headers, keepalive: text.length <= PASSING_BYTES })
  }

  /**
   * Send heartbeats as the page goes, at once. Null where a beacon took them: it brings no answer.
   *
   * To another origin a fetch with our headers takes a preflight, and a closing page may not live to see its answer; a
   * beacon takes none.
   */
  async leave(bodies: readonly HeartbeatBody[], token: string, offset?: number): Promise<Outcome | null> {
    const text = JSON.stringify({ ...this.#payload(bodies, offset), token })
    const beacon = (): boolean => navigator.sendBeacon(this.#path(bodies), text)
    if ((this.#isElsewhere || !keepsAlive()) && beacon()) return null
    const headers = { 'Content-Type': 'text/plain' }
    const outcome = await this.#post(bodies, { body: text, headers, keepalive: keepsAlive() })
    return outcome.kind === 'wait' && !outcome.problem && beacon() ? null : outcome
  }

  /**
   * Request a path of the service. The body of a live stream may take as long as it likes.
   * @throws TypeError where it cannot be reached, AbortError where it does not answer in time, or whatever
   * `request.signal` is aborted with.
   */
  request(path: string, request: RequestInit, token: string): Promise<Response> {
    const headers = new Headers(request.headers)
    headers.set('Authorization', `Bearer ${token}`)
    return fetchInTime(this.#origin + path, { ...request, headers })
  }

  async #post(bodies: readonly HeartbeatBody[], request: RequestInit): Promise<Outcome> {
    const sentAt = this.#clock.now()
    try {
      const response = await fetchInTime(this.#path(bodies), { ...request, method: 'POST' })
      const retryAfter = response.headers.get('Retry-After')
      const outcome = judge(response.status, retryAfter, await response.text(), Date.now())
      if (outcome.kind === 'accepted') this.#clock.answered(sentAt, outcome.serverTime)
      return outcome
    } catch (error) {
      return { kind: 'wait', seconds: null, message: `The service cannot be reached: ${messageOf(error)}` }
    }
  }

  #payload(bodies: readonly HeartbeatBody[], clockOffsetSeconds: number | undefined): object {
    const heartbeats = bodies.length > 1 ? { heartbeats: bodies } : bodies[0]
    return { clockOffsetSeconds, sentAt: new Date(this.#clock.now()).toISOString(), ...heartbeats }
  }

  #path(bodies: readonly HeartbeatBody[]): string {
    return `${this.#origin}/api/progress${bodies.length > 1 ? '/batch' : ''}`
  }

  get #isElsewhere(): boolean {
    return new URL(this.#origin || '/', location.href).origin !== location.origin
  }
}

function keepsAlive(): boolean {
  return 'keepalive' in Request.prototype
}

/** `fetch` past the browser's cache; both the answer and its body are to come in time. */
async function fetchInTime(url: string, { signal, ...request }: RequestInit): Promise<Response> {
  signal?.throwIfAborted()
  const late = new AbortController()
  signal?.addEventListener('abort', () => {
    late.abort(signal.reason)
  })
  const timer = setTimeout(() => {
    late.abort()
  }, TIMEOUT_MS)
  const settled = (): void => {
    clearTimeout(timer)
  }
  try {
    const response = await fetch(url, { ...request, cache: 'no-store', signal: late.signal })
    if (response.headers.get('Content-Type')?.startsWith('text/event-stream')) settled()
    return response
  } catch (error) {
    settled()
    throw error
  }
}
