/** The outbox: keeps each heartbeat, has it sent, and knows how saving fares. */

import type { DeviceClock } from './clock'
import { batchOf, MOST_IN_BATCH, type Entry } from './entry'
import { PlayheadError } from './errors'
import type { HeartbeatBody } from './heartbeat'
import type { Token } from './identity'
import { Turns } from './lock'
import { Queue } from './queue'
import { Sender } from './sender'
import { openStore } from './store'
import type { Tokens } from './tokens'
import type { Transport } from './transport'
import type { PlayheadFailure, Problem, Saving, SavingState } from './types'
import { uuid } from './uuid'

/** Consecutive failures after which `failed` is reported to the page. */
export const REPORTED_AFTER = 3
/** So many of the latest unanswered heartbeats go out once more with a leaving page: their requests may die with it. */
const MOST_UNANSWERED = 20

/** The callbacks for what becomes of heartbeats. */
export interface OutboxListener {
  changed(state: SavingState, wentOnlineOrOff: boolean): void
  saved(heartbeats: readonly HeartbeatBody[]): void
  /** `about` is the heartbeat at fault, where it is one. */
  failed(failure: PlayheadFailure, about?: HeartbeatBody): void
}

/** How saving fares, from what waits and how often it failed. */
export function savingOf(waiting: number, failures: number): Saving {
  if (!waiting) return 'saved'
  if (failures >= REPORTED_AFTER) return 'failing'
  return failures ? 'waiting' : 'saving'
}

/** One for a `Playhead`: heartbeats of all its trackers. */
export class Outbox {
  readonly #queue: Queue
  readonly #sender: Sender
  readonly #tokens: Tokens
  readonly #transport: Transport
  readonly #clock: DeviceClock
  readonly #turns: Turns
  readonly #listener: OutboxListener
  /** Owns what is kept before the first token says whose it is; no other page may claim it. */
  readonly #unidentified = `?${uuid()}`
  readonly #refusals = new Map<string, Problem>()
  readonly #unanswered = new Map<string, Entry>()
  readonly #marked = new Set<string>()
  #state: SavingState = { saving: 'saved', waiting: 0, failures: 0, online: true }
  #order = 0
  #known: string | null = null
  #toldOf: PlayheadFailure['kind'] | null = null

  constructor(
    name: string,
    tokens: Tokens,
    transport: Transport,
    clock: DeviceClock,
    listener: OutboxListener,
  ) {
    this.#tokens = tokens
    this.#clock = clock
    this.#transport = transport
    this.#listener = listener
    this.#turns = new Turns(`${name}:send`)
    this.#queue = new Queue(openStore(name), (message) => {
      this.#report({ kind: 'storage', message })
    })
    this.#sender = new Sender({
      queue: this.#queue,
      tokens,
      transport,
      turns: this.#turns,
      clock,
      identify: (token) => this.#identify(token),
      callbacks: {
        accepted: (entries) => {
          this.#accepted(entries)
        },
        refused: (entry, problem) => {
          this.#refused(entry, problem)
        },
        failed: (failure, failures) => {
          this.#failed(failure, failures)
        },
      },
    })
  }

  get state(): SavingState {
    return this.#state
  }

  /** Keep a heartbeat and have it sent. Resolves when it is kept. */
  async save(body: HeartbeatBody): Promise<void> {
    const entry = this.#entry(body)
    this.#unanswered.set(entry.id, entry)
    const [oldest] = this.#unanswered.keys()
    if (oldest !== undefined && this.#unanswered.size > MOST_UNANSWERED) this.#unanswered.delete(oldest)
    const kept = this.#queue.add([entry])
    this.#become({ waiting: this.#state.waiting + 1 })
    await kept
    this.#sender.wake()
  }

  /**
   * Save a mark by hand. Resolves when the server has it, or when it is kept for when the server can be reached.
   * @throws PlayheadError of the kind `refused`.
   */
  async mark(body: HeartbeatBody): Promise<void> {
    await this.save(body)
    await this.#sender.flush()
    const problem = this.#refusals.get(body.heartbeatId)
    if (problem) throw new PlayheadError({ kind: 'refused', message: problem.detail, problem })
    // Another tab may have sent it in our stead, without an event here.
    const answered = this.#marked.has(body.heartbeatId) || (await this.#queue.has(body.heartbeatId))
    if (!answered) this.#listener.saved([body])
  }

  /** The page may be gone in a moment: keep the heartbeats and send them, both begun in this very task. */
  leave(bodies: readonly HeartbeatBody[]): void {
    const entries = bodies.map((body) => this.#entry(body))
    const kept = entries.length ? this.#queue.add(entries) : Promise.resolve()
    const token = this.#tokens.last
    const leaving = [...entries, ...[...this.#unanswered.values()].reverse()].filter(
      ({ owner }) => owner === token?.owner,
    )
    const { offsetSeconds } = this.#clock
    if (token && leaving.length)
      void this.#sendLeaving(batchOf(leaving, MOST_IN_BATCH, offsetSeconds), kept, token)
    else if (entries.length)
      void kept.then(() => {
        this.#sender.wake()
      })
    this.#turns.release()
  }

  /** Send what waits, now. */
  async flush(): Promise<void> {
    await this.#sender.flush()
    await this.#recount()
  }

  /** The browser says whether there is a network; where there is, that ends the waiting. */
  network(online: boolean): void {
    this.#become({ online })
    if (online) void this.flush()
  }

  /** Send what earlier pages left behind. */
  async start(): Promise<void> {
    await this.flush()
  }

  async close(): Promise<void> {
    await this.#sender.flush()
    this.#sender.close()
    await this.#queue.close()
  }

  async #sendLeaving(entries: readonly Entry[], kept: Promise<void>, token: Token): Promise<void> {
    const bodies = entries.map(({ body }) => body)
    const sent = this.#transport.leave(bodies, token.value, entries[0]?.offset ?? this.#clock.offsetSeconds)
    await kept
    const outcome = await sent
    // All else is the sender's: it goes on if the page was only hidden, or when the person returns.
    if (outcome?.kind === 'accepted' && !outcome.rejected.length) {
      await this.#queue.remove(entries.map(({ id }) => id))
      this.#accepted(entries)
    } else {
      await this.#recount()
      this.#sender.wake()
    }
  }

  #entry(body: HeartbeatBody): Entry {
    this.#order = Math.max(Date.now(), this.#order + 1)
    return {
      id: body.heartbeatId,
      owner: this.#owner,
      order: this.#order,
      body,
      offset: this.#clock.measuredSeconds,
    }
  }

  /** Whose what is saved now is. */
  get #owner(): string {
    return this.#known ?? this.#tokens.last?.owner ?? this.#unidentified
  }

  async #identify({ owner }: Token): Promise<void> {
    if (owner === this.#known) return
    this.#known = owner
    await this.#queue.hand(this.#unidentified, owner)
    await this.#queue.forgetOthers(owner, Date.now())
    await this.#recount()
  }

  #accepted(entries: readonly Entry[]): void {
    this.#toldOf = null
    for (const { id, body } of entries) {
      this.#unanswered.delete(id)
      if (!body.sessionId) this.#marked.add(id)
    }
    if (entries.length) this.#listener.saved(entries.map(({ body }) => body))
    this.#become({ failures: 0, online: true })
    void this.#recount()
  }

  #refused({ body }: Entry, problem: Problem): void {
    this.#unanswered.delete(body.heartbeatId)
    this.#refusals.set(body.heartbeatId, problem)
    this.#listener.failed({ kind: 'refused', message: problem.detail, problem }, body)
  }

  #failed(failure: PlayheadFailure, failures: number): void {
    const reached = failure.kind === 'unauthorised' || failure.problem !== undefined
    this.#become({ failures, online: reached })
    void this.#recount()
    if (failure.kind === 'unauthorised' || failures >= REPORTED_AFTER) this.#report(failure)
  }

  /** Once for as long as it lasts. */
  #report(failure: PlayheadFailure): void {
    if (this.#toldOf === failure.kind) return
    this.#toldOf = failure.kind
    this.#listener.failed(failure)
  }

  async #recount(): Promise<void> {
    this.#become({ waiting: await this.#queue.count(this.#owner) })
  }

  #become(change: Partial<SavingState>): void {
    const before = this.#state
    const next = { ...before, ...change }
    next.saving = savingOf(next.waiting, next.failures)
    this.#state = next
    const turned = next.online !== before.online
    if (
      turned ||
      next.saving !== before.saving ||
      next.failures !== before.failures ||
      next.waiting !== before.waiting
    ) {
      this.#listener.changed(next, turned)
    }
  }
}
