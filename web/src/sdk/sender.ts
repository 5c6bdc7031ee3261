/** The sender: empties the queue, in order, and waits where it cannot. */

import { backoffMs } from './backoff'
import { batchOf, MOST_IN_BATCH, type Entry } from './entry'
import { messageOf } from './errors'
import { NamelessTokenError, type Token } from './identity'
import type { Outcome } from './outcome'
import type { PlayheadFailure, Problem } from './types'
import type { HeartbeatBody } from './heartbeat'

/** What is used of the queue, the tokens and the transport; the real ones in the browser. */
export interface SenderParts {
  readonly queue: {
    read(owner: string, most: number): Promise<Entry[]>
    remove(ids: readonly string[]): Promise<void>
    count(owner: string | null): Promise<number>
  }
  readonly tokens: { current(): Promise<Token>; renew(): Promise<Token> }
  readonly transport: {
    send(bodies: readonly HeartbeatBody[], token: string, offset?: number): Promise<Outcome>
  }
  readonly clock: { readonly offsetSeconds: number | undefined }
  readonly turns: { take<Value>(work: () => Promise<Value>): Promise<Value> }
  /** Called with each token that is used, before anything of its owner is read. */
  readonly identify: (token: Token) => Promise<void>
  readonly callbacks: SenderCallbacks
}

/** The callbacks for what became of heartbeats. */
export interface SenderCallbacks {
  accepted(entries: readonly Entry[]): void
  refused(entry: Entry, problem: Problem): void
  failed(failure: PlayheadFailure, failures: number): void
}

type Stop = { readonly failure: PlayheadFailure; readonly retryAfter: number | null } | null

/** Sends what waits. One run at a time; after a failure the next comes by itself, later each time. */
export class Sender {
  readonly #parts: SenderParts
  #failures = 0
  /** The last failure was for want of a valid token: the next try begins by asking for another. */
  #unauthorised = false
  #again = false
  #running: Promise<void> | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(parts: SenderParts) {
    this.#parts = parts
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures
  }

  /** Something waits. While the next try after a failure is pending, that one will do. */
  wake(): void {
    if (this.#timer === undefined) void this.flush()
  }

  /** Try now. Resolves when all is sent, or this try has failed; never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#again = !this.#closed
    this.#running ??= this.#run()
    return this.#running
  }

  /** Send no more. */
  close(): void {
    this.#closed = true
    this.#again = false
    clearTimeout(this.#timer)
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false
      const stop = await this.#turn()
      if (stop) this.#fail(stop)
    }
    this.#running = null
  }

  async #turn(): Promise<Stop> {
    try {
      return await this.#parts.turns.take(() => this.#drain())
    } catch (error) {
      return stopped({ kind: 'network', message: messageOf(error) })
    }
  }

  async #drain(): Promise<Stop> {
    const { queue, tokens, transport, identify, clock } = this.#parts
    if (!(await queue.count(null))) return null
    let most = MOST_IN_BATCH
    let renewed = this.#unauthorised
    let token = await this.#token(renewed ? tokens.renew() : tokens.current())
    while (!this.#closed) {
      if ('failure' in token) return token
      await identify(token)
      const batch = batchOf(await queue.read(token.owner, most), most, clock.offsetSeconds)
      if (!batch.length) return null
      const outcome = await transport.send(
        batch.map(({ body }) => body),
        token.value,
        batch[0]?.offset ?? clock.offsetSeconds,
      )
      if (outcome.kind === 'unauthorised' && !renewed) {
        renewed = true
        token = await this.#token(tokens.renew()) // perhaps another person's: so the queue is read again
      } else if (outcome.kind === 'refused' && batch.length > 1) {
        most = Math.ceil(batch.length / 2) // one of them spoils the whole: find it
      } else {
        const stop = await this.#settle(batch, outcome)
        if (stop) return stop
      }
    }
    return null
  }

  async #token(asked: Promise<Token>): Promise<Token | NonNullable<Stop>> {
    try {
      return await asked
    } catch (error) {
      if (error instanceof NamelessTokenError)
        return stopped({ kind: 'unauthorised', message: error.message })
      return stopped({ kind: 'network', message: `No token could be had: ${messageOf(error)}` })
    }
  }

  async #settle(batch: readonly Entry[], outcome: Outcome): Promise<Stop> {
    switch (outcome.kind) {
      case 'accepted':
        await this.#answered(batch, new Map(outcome.rejected.map(({ index, problem }) => [index, problem])))
        return null
      case 'refused':
        await this.#answered(batch, new Map(batch.map((_, index) => [index, outcome.problem])))
        return null
      case 'unauthorised': {
        const { problem } = outcome
        return stopped({ kind: 'unauthorised', message: problem.detail, problem })
      }
      case 'wait': {
        const { message, problem, seconds } = outcome
        return stopped({ kind: 'network', message, ...(problem && { problem }) }, seconds)
      }
    }
  }

  async #answered(batch: readonly Entry[], rejected: ReadonlyMap<number, Problem>): Promise<void> {
    const { queue, callbacks } = this.#parts
    this.#failures = 0
    this.#unauthorised = false
    await queue.remove(batch.map(({ id }) => id))
    callbacks.accepted(batch.filter((_, index) => !rejected.has(index)))
    for (const [index, problem] of rejected) {
      const entry = batch[index]
      if (entry) callbacks.refused(entry, problem)
    }
  }

  #fail({ failure, retryAfter }: NonNullable<Stop>): void {
    this.#failures += 1
    this.#unauthorised = failure.kind === 'unauthorised'
    if (this.#closed) return
    const wait = backoffMs(this.#failures, Math.random(), retryAfter)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), wait)
    this.#again = false
    this.#parts.callbacks.failed(failure, this.#failures)
  }
}

function stopped(failure: PlayheadFailure, retryAfter: number | null = null): NonNullable<Stop> {
  return { failure, retryAfter }
}
