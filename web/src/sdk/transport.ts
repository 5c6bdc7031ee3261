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

/** An answer with its whole body. */
export interface Answer {
  readonly status: number
  readonly retryAfter: string | null
  readonly text: string
}

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
   * Get a path of the service.
   * @throws TypeError where it cannot be reached, AbortError where it does not answer in time.
   */
  async get(path: string, token: string): Promise<Answer> {
    return this.#fetch(this.#origin + path, { headers: { Authorization: `Bearer ${token}` } })
  }

  async #post(bodies: readonly HeartbeatBody[], request: RequestInit): Promise<Outcome> {
    const sentAt = this.#clock.now()
    try {
      const { status, retryAfter, text } = await this.#fetch(this.#path(bodies), {
        ...request,
        method: 'POST',
      })
      const outcome = judge(status, retryAfter, text, Date.now())
      if (outcome.kind === 'accepted') this.#clock.answered(sentAt, outcome.serverTime)
      return outcome
    } catch (error) {
      return { kind: 'wait', seconds: null, message: `The service cannot be reached: ${messageOf(error)}` }
    }
  }

  async #fetch(url: string, request: RequestInit): Promise<Answer> {
    const late = new AbortController()
    const timer = setTimeout(() => {
      late.abort()
    }, TIMEOUT_MS)
    try {
      const response = await fetch(url, { ...request, cache: 'no-store', signal: late.signal })
      const text = await response.text()
      return { status: response.status, retryAfter: response.headers.get('Retry-After'), text }
    } finally {
      clearTimeout(timer)
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
