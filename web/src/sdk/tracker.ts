/** What trackers of media and of documents have in common: marks by hand, completion, and how saving fares. */

import { knownProgress, THRESHOLD, UNKNOWN, type KnownProgress } from './completion'
import { Emitter } from './events'
import { markHeartbeat, type HeartbeatBody } from './heartbeat'
import type { ItemState, PlayheadFailure, Progress, SavingState, TrackerEvents } from './types'
import { uuid } from './uuid'

/** What a tracker needs of its page. */
export interface Page {
  readonly saving: SavingState
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
  accepted(body: HeartbeatBody): void
  failed(failure: PlayheadFailure): void
  detach(): void
}

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

  /** @internal */
  constructor(page: Page, { contentId, known, completionThreshold = THRESHOLD }: Options) {
    super()
    this.page = page
    this.contentId = contentId
    this.threshold = completionThreshold
    if (known) this.known = knownProgress(known, completionThreshold)
    else void this.#ask()
  }

  /** What there is to show now. */
  abstract get state(): State

  /**
   * Mark the item as completed by hand. Kept and sent later where the service cannot be reached.
   * @throws PlayheadError where the server refuses.
   */
  complete(): Promise<void> {
    return this.page.mark(markHeartbeat(this.contentId, 'complete', Date.now(), uuid()))
  }

  /** Undo completion: the item must be watched again, in another session. Queued, sent and thrown as `complete`. */
  reopen(): Promise<void> {
    return this.page.mark(markHeartbeat(this.contentId, 'reopen', Date.now(), uuid()))
  }

  /**
   * The server has it.
   * @internal
   */
  accepted({ event }: HeartbeatBody): void {
    if (event === 'complete') this.becomeCompleted()
    if (event === 'reopen') this.#becomeReopened()
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

  #becomeReopened(): void {
    this.known = { ...this.known, completed: false, counted: [], countedPages: [], barred: true }
    this.page.forget(this.contentId)
    this.emit('progress', this.state)
  }

  async #ask(): Promise<void> {
    try {
      const known = knownProgress(await this.page.progress(this.contentId), this.threshold)
      this.known = { ...known, completed: known.completed || this.known.completed }
      this.emit('progress', this.state)
    } catch {
      // Offline, say. Completion then goes by what this session sees alone, and the server decides in any case.
    }
  }
}
