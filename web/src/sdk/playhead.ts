/** Playhead: the parts put together, once for a page and a person. */

import { call, fetchProgress } from './call'
import { DeviceClock } from './clock'
import { DocumentTracker } from './document-tracker'
import { Emitter } from './events'
import { markHeartbeat } from './heartbeat'
import { watchPage } from './lifecycle'
import { MediaTracker } from './media-tracker'
import { Outbox } from './outbox'
import { Tokens } from './tokens'
import type { Page, Tracked } from './tracker'
import { Transport } from './transport'
import type {
  AttachOptions,
  DocumentOptions,
  MediaLike,
  PlayheadEvents,
  PlayheadOptions,
  Progress,
  SavedHeartbeat,
} from './types'
import type { HeartbeatBody } from './heartbeat'
import { uuid } from './uuid'

/**
 * Begin saving for one person: what earlier pages of theirs could not send is sent now.
 *
 * When another person signs in on the page, `close` this one and create another.
 */
export function createPlayhead(options: PlayheadOptions): Playhead {
  return new Playhead(options)
}

/** Saves what one person plays and reads on one page. Made by `createPlayhead`. */
export class Playhead extends Emitter<PlayheadEvents> {
  readonly #outbox: Outbox
  readonly #clock: DeviceClock
  readonly #tokens: Tokens
  readonly #transport: Transport
  readonly #trackers = new Set<Tracked>()
  readonly #announced = new Set<string>()
  readonly #unwatch: () => void

  /** @internal */
  constructor({ endpoint, token, storageName = 'playhead' }: PlayheadOptions) {
    super()
    this.#tokens = new Tokens(token, endpoint)
    this.#clock = new DeviceClock(storageName)
    this.#transport = new Transport(endpoint, this.#clock)
    this.#outbox = new Outbox(storageName, this.#tokens, this.#transport, this.#clock, {
      changed: (state, turned) => {
        this.emit('saving', state)
        if (turned) this.emit(state.online ? 'online' : 'offline', state)
        for (const tracker of this.#trackers) tracker.savingChanged(state, turned)
      },
      saved: (bodies) => {
        this.#saved(bodies)
      },
      failed: (failure, about) => {
        this.emit('error', failure)
        for (const tracker of this.#trackers) {
          if (!about || about.contentId === tracker.contentId) tracker.failed(failure)
        }
      },
    })
    this.#unwatch = watchPage({
      leave: (moment) => {
        this.#leave(moment)
      },
      back: () => {
        this.#back()
      },
      network: (online) => {
        this.#outbox.network(online)
      },
    })
    void this.#outbox.start()
  }

  /** What waits in this browser to be sent. */
  get queue(): { readonly waiting: number } {
    return { waiting: this.#outbox.state.waiting }
  }

  /** Save what is played on this element, for this item. */
  attach(media: MediaLike, options: AttachOptions): MediaTracker {
    return this.#track(new MediaTracker(this.#page, media, options))
  }

  /** Save which pages of a document are seen. */
  trackDocument(options: DocumentOptions): DocumentTracker {
    return this.#track(new DocumentTracker(this.#page, options))
  }

  /**
   * How far the person has got with an item on all devices, and where to resume.
   * @throws PlayheadError of the kind `network`, `refused` or `unauthorised`.
   */
  async progress(contentId: string): Promise<Progress> {
    const progress = await this.#fetch(contentId)
    for (const tracker of this.#trackers) if (tracker.contentId === contentId) tracker.learn(progress)
    return progress
  }

  /**
   * Mark an item as completed by hand. Kept and sent later where the service cannot be reached.
   * @throws PlayheadError where the server refuses.
   */
  complete(contentId: string): Promise<void> {
    return this.#outbox.mark(markHeartbeat(contentId, 'complete', this.#clock.now(), uuid()))
  }

  /** Take back the mark by hand; where none stands, begin a new attempt. Kept, sent and thrown as `complete`. */
  reopen(contentId: string): Promise<void> {
    return this.#outbox.mark(markHeartbeat(contentId, 'reopen', this.#clock.now(), uuid()))
  }

  /** Take the item again: progress begins at nothing, earlier completions stay. Kept, sent and thrown as `complete`. */
  beginAttempt(contentId: string): Promise<void> {
    return this.#outbox.mark(markHeartbeat(contentId, 'attempt', this.#clock.now(), uuid()))
  }

  /**
   * `fetch` of a path of the service with the person's token, renewed once; resolves with a 2xx alone.
   * @throws PlayheadError of the kind `network`, `refused` or `unauthorised`, or what `signal` is aborted with.
   */
  fetch(path: string, request?: RequestInit): Promise<Response> {
    return call(this.#transport, this.#tokens, path, request)
  }

  /** Send what waits, now. Resolves when all is sent, or trying has failed. */
  flush(): Promise<void> {
    return this.#outbox.flush()
  }

  /** Detach all trackers, try once to send what waits, and let go of the page. What could not be sent stays kept. */
  async close(): Promise<void> {
    for (const tracker of [...this.#trackers]) tracker.detach()
    this.#unwatch()
    await this.#outbox.close()
  }

  #fetch(contentId: string): Promise<Progress> {
    return fetchProgress(this.#transport, this.#tokens, contentId)
  }

  #track<Kind extends Tracked>(tracker: Kind): Kind {
    this.#trackers.add(tracker)
    // A closing page has no time to ask for a token. Where there is none, the first save reports it.
    void this.#tokens.current().catch(() => null)
    return tracker
  }

  get #page(): Page {
    const outbox = this.#outbox
    return {
      get saving() {
        return outbox.state
      },
      now: () => this.#clock.now(),
      save: (body) => void outbox.save(body),
      mark: (body) => outbox.mark(body),
      progress: (contentId) => this.#fetch(contentId),
      isNews: (contentId) => !this.#announced.has(contentId) && !!this.#announced.add(contentId),
      forget: (contentId) => {
        this.#announced.delete(contentId)
      },
      detached: (tracker) => {
        this.#trackers.delete(tracker as Tracked)
      },
    }
  }

  #leave(moment: 'hide' | 'close'): void {
    const bodies = [...this.#trackers].map((tracker) => tracker.leave(moment))
    this.#outbox.leave(bodies.filter((body) => body !== null))
  }

  #back(): void {
    for (const tracker of this.#trackers) tracker.back()
    void this.#outbox.flush()
  }

  #saved(bodies: readonly HeartbeatBody[]): void {
    for (const body of bodies) {
      for (const tracker of this.#trackers) if (tracker.contentId === body.contentId) tracker.accepted(body)
    }
    this.emit('saved', { heartbeats: bodies.map(named), waiting: this.#outbox.state.waiting })
  }
}

function named({ heartbeatId, contentId, event, sessionId }: HeartbeatBody): SavedHeartbeat {
  return { heartbeatId, contentId, event, ...(sessionId !== undefined && { sessionId }) }
}
