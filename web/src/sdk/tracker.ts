/** What trackers of media and of documents have in common: marks by hand, completion, and how saving fares. */

import { joined, knownProgress, THRESHOLD, UNKNOWN, type KnownProgress } from './completion'
import { Emitter } from './events'
import { markHeartbeat, type HeartbeatBody } from './heartbeat'
import type { ItemState, PlayheadFailure, Progress, SavingState, TrackerEvents } from './types'
import { uuid } from './uuid'

/** What a tracker needs of its page. */
export interface Page {
  readonly saving: SavingState
  /** Milliseconds since 1970. */
  now(): number
  save(body: HeartbeatBody): unknown
  mark(body: HeartbeatBody): Promise<void>
  progress(contentId: string): Promise<Progress>
  /** Whether this is the first time on this page that the item is said to be completed. */
  isNews(contentId: string): boolean
  /** It was reopened: completing it will be news again. */
  forget(contentId: string): unknown
  detached(tracker: object): void
}

/** What the page does to its trackers. */
export interface Tracked {
  readonly contentId: string
  leave(moment: 'hide' | 'close'): HeartbeatBody | null
  back(): void
  savingChanged(state: SavingState, wentOnlineOrOff: boolean): void
  learn(progress: Progress): void
  accepted(body: HeartbeatBody): void
  failed(failure: PlayheadFailure): void
  detach(): void
}

/** What the server knows is asked for again no sooner than this. */
const REFRESH_MS = 60_000

interface Options {
  contentId: string
  known?: Progress | undefined
  completionThreshold?: number
}

/** A tracker of one item. */
export abstract class Tracker<State extends ItemState> extends Emitter<TrackerEvents<State>> {
  readonly contentId: string
  /** @internal */
  protected readonly page: Page
  /** @internal */
  protected readonly threshold: number
  /** @internal */
  protected known: KnownProgress = UNKNOWN
  /** Whether the server was heard: only after that is another attempt a new one. */
  #isInformed: boolean
  #askedAt = Date.now()

  /** @internal */
  constructor(page: Page, { contentId, known, completionThreshold = THRESHOLD }: Options) {
    super()
    this.page = page
    this.contentId = contentId
    this.threshold = completionThreshold
    this.#isInformed = known !== undefined
    if (known) this.known = knownProgress(known)
    else void this.#ask()
  }

  /** What there is to show now. */
  abstract get state(): State

  /**
   * Save the session so far, which belongs to the attempt before, and begin another.
   * @internal
   */
  protected abstract beginSession(): void

  /**
   * Mark the item as completed by hand. Kept and sent later where the service cannot be reached.
   * @throws PlayheadError where the server refuses.
   */
  complete(): Promise<void> {
    return this.page.mark(markHeartbeat(this.contentId, 'complete', this.page.now(), uuid()))
  }

  /**
   * Take back the mark by hand. Where none stands, a new attempt begins, as by `beginAttempt`. Queued, sent and thrown as
   * `complete`.
   */
  reopen(): Promise<void> {
    return this.page.mark(markHeartbeat(this.contentId, 'reopen', this.page.now(), uuid()))
  }

  /**
   * Take the item again: progress begins at nothing, in a new session, and earlier completions stay in the history.
   * Queued, sent and thrown as `complete`.
   */
  beginAttempt(): Promise<void> {
    return this.page.mark(markHeartbeat(this.contentId, 'attempt', this.page.now(), uuid()))
  }

  /** Progress that the page has read: a new attempt, begun elsewhere, begins a new session here. */
  learn(progress: Progress): void {
    const known = joined(this.known, knownProgress(progress))
    const isNew = known.attempt > this.known.attempt && this.#isInformed
    this.#isInformed = true
    if (isNew) this.#renew(known)
    else this.known = known
    this.emit('progress', this.state)
  }

  /**
   * The server has it.
   * @internal
   */
  accepted({ event }: HeartbeatBody): void {
    if (event === 'complete') {
      this.known = { ...this.known, marked: true }
      this.becomeCompleted()
    } else if (event === 'attempt' || (event === 'reopen' && !this.known.marked)) {
      const { attempt, durationSeconds } = this.known
      this.#renew({ ...UNKNOWN, attempt: attempt + 1, durationSeconds })
      this.emit('progress', this.state)
    } else if (event === 'reopen') {
      this.known = { ...this.known, completed: false, marked: false, percentage: 0 }
      this.page.forget(this.contentId)
      this.emit('progress', this.state)
    }
  }

  /** @internal */
  savingChanged(state: SavingState, wentOnlineOrOff: boolean): void {
    this.emit('saving', state)
    if (wentOnlineOrOff) this.emit(state.online ? 'online' : 'offline', state)
  }

  /** @internal */
  failed(failure: PlayheadFailure): void {
    this.emit('error', failure)
  }

  /**
   * What every tracker's state holds of the page.
   * @internal
   */
  protected get shared(): Pick<ItemState, 'contentId' | 'completed' | 'saving' | 'failures' | 'online'> {
    const { saving, failures, online } = this.page.saving
    return { contentId: this.contentId, completed: this.known.completed, saving, failures, online }
  }

  /** @internal */
  protected becomeCompleted(): void {
    if (this.known.completed) return
    this.known = { ...this.known, completed: true }
    this.emit('progress', this.state)
    if (this.page.isNews(this.contentId)) this.emit('completed', this.state)
  }

  #renew(known: KnownProgress): void {
    this.beginSession()
    this.known = known
    this.page.forget(this.contentId)
  }

  /**
   * The page is seen again: another device may have gone on meanwhile.
   * @internal
   */
  protected refresh(): void {
    if (Date.now() - this.#askedAt >= REFRESH_MS) void this.#ask()
  }

  async #ask(): Promise<void> {
    try {
      this.#askedAt = Date.now()
      this.learn(await this.page.progress(this.contentId))
    } catch {
      // Offline, say. Completion then goes by what this session sees alone, and the server decides in any case.
    }
  }
}
