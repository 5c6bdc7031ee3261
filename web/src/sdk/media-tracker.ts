/** A tracker of one media element: listens, looks, and leaves the thinking to `session`. */

import { completesMedium, overallPercentage, percentageOf } from './completion'
import { mediaHeartbeat, segments, type HeartbeatBody } from './heartbeat'
import { lengthOf, rangesPlayed, union, type Ranges } from './ranges'
import {
  begin,
  JUMP_MS,
  observe,
  replays,
  saved,
  type HeartbeatEvent,
  type MediaSession,
  type Moment,
  type Sight,
} from './session'
import { Tracker, type Page } from './tracker'
import type { AttachOptions, MediaLike, TrackerState } from './types'
import { uuid } from './uuid'

const MOMENTS = [
  'timeupdate',
  'play',
  'playing',
  'pause',
  'seeking',
  'seeked',
  'ratechange',
  'ended',
  'emptied',
  'durationchange',
] as const satisfies readonly Moment[]

const SAVE_EVERY_SECONDS = 10

/** Tracks one media element for one item, from `attach` to `detach`. */
export class MediaTracker extends Tracker<TrackerState> {
  readonly #media: MediaLike
  readonly #options: AttachOptions
  readonly #listening = new Map<Moment, () => void>()
  #session: MediaSession
  #settling: ReturnType<typeof setTimeout> | undefined
  #drawn = ''

  /** @internal */
  constructor(page: Page, media: MediaLike, options: AttachOptions) {
    super(page, options)
    this.#media = media
    this.#options = options
    this.#session = begin(uuid(), this.#look())
    for (const moment of MOMENTS) this.#listen(moment)
  }

  override get state(): TrackerState {
    const { id, positionSeconds, watched, reachedEnd } = this.#session
    const durationSeconds = this.#durationSeconds
    const whole = this.known.durationSeconds ?? durationSeconds
    const all = union(this.known.watched, watched)
    const { completed } = this.known
    return {
      ...this.shared,
      sessionId: id,
      status: this.#status,
      positionSeconds,
      durationSeconds,
      watchedSegments: segments(watched),
      percentage: percentageOf(watched, whole, reachedEnd),
      overall: {
        percentage: overallPercentage(this.known, percentageOf(all, whole, reachedEnd)),
        watchedSegments: segments(all),
        completed,
      },
    }
  }

  /** Begin a new session, saving the one so far: for "Start over" of a completed item. */
  restart(): void {
    this.#remember(this.#closeSession())
  }

  /** @internal */
  protected override beginSession(): void {
    this.#closeSession()
  }

  #closeSession(): Ranges {
    const body = this.#advance('close', this.#look())
    if (body) this.page.save(body)
    const { watched } = this.#session
    this.#session = begin(uuid(), this.#look())
    return watched
  }

  /** What an earlier session of the attempt watched counts on. */
  #remember(watched: Ranges): void {
    this.known = { ...this.known, watched: union(this.known.watched, watched) }
    this.#draw()
  }

  /** Save what is left and let go of the element. */
  detach(): void {
    if (!this.#listening.size) return
    for (const [moment, listener] of this.#listening) this.#media.removeEventListener(moment, listener)
    this.#listening.clear()
    this.#observe('close')
    clearTimeout(this.#settling)
    this.page.detached(this)
  }

  /** @internal */
  leave(moment: 'hide' | 'close'): HeartbeatBody | null {
    return this.#advance(moment, this.#look())
  }

  /** @internal */
  back(): void {
    this.#observe('show')
    this.refresh()
  }

  #listen(moment: Moment): void {
    const listener = (): void => {
      this.#observe(moment)
    }
    this.#listening.set(moment, listener)
    this.#media.addEventListener(moment, listener)
  }

  #observe(moment: Moment): void {
    const sight = this.#look()
    if (replays(this.#session, sight)) {
      const { watched } = this.#session
      this.#session = begin(uuid(), sight) // `ended` has said all there was to say
      this.#remember(watched)
      return
    }
    const body = this.#advance(moment, sight)
    if (body) this.page.save(body)
    if (this.#session.owesJump) this.#settleLater()
    this.#draw()
  }

  #advance(moment: Moment, sight: Sight): HeartbeatBody | null {
    const { session, save } = observe(
      this.#session,
      moment,
      sight,
      this.#options.saveEverySeconds ?? SAVE_EVERY_SECONDS,
    )
    this.#session = session
    if (!this.#completes) return save && this.#heartbeat(save)
    if (!save) this.#session = saved(session) // the server is to know at once
    this.becomeCompleted()
    return this.#heartbeat(save ?? 'heartbeat')
  }

  #heartbeat(event: HeartbeatEvent): HeartbeatBody {
    const { contentId, progressType = 'video' } = this.#options
    return mediaHeartbeat(
      this.#session,
      event,
      { contentId, progressType, durationSeconds: this.#durationSeconds },
      uuid(),
    )
  }

  get #completes(): boolean {
    const { watched, reachedEnd, begun } = this.#session
    if (!begun || this.known.completed) return false
    const session = { watched, ended: reachedEnd, durationSeconds: this.#durationSeconds }
    return completesMedium(this.known, session, this.threshold)
  }

  get #durationSeconds(): number | null {
    const seconds = this.#options.durationSeconds ?? this.#media.duration
    return Number.isFinite(seconds) && seconds > 0 ? seconds : null // a live stream lasts for ever
  }

  get #status(): TrackerState['status'] {
    if (!this.#media.paused && !this.#media.ended) return 'playing'
    if (!this.#session.begun) return 'idle'
    return this.#media.ended ? 'ended' : 'paused'
  }

  /** The last of a burst of seeks is saved even where nothing follows it. */
  #settleLater(): void {
    clearTimeout(this.#settling)
    this.#settling = setTimeout(() => {
      this.#observe('settle')
    }, JUMP_MS)
  }

  #draw(): void {
    const { id, positionSeconds, watched } = this.#session
    const drawn = [
      id,
      this.#status,
      positionSeconds,
      lengthOf(watched),
      this.#durationSeconds,
      this.known.completed,
    ].join()
    if (drawn === this.#drawn) return
    this.#drawn = drawn
    this.emit('progress', this.state)
  }

  #look(): Sight {
    return look(this.#media, this.page.now())
  }
}

function look(media: MediaLike, now: number): Sight {
  const { currentTime, duration, loop = false, paused, ended, seeking, playbackRate, played } = media
  return {
    now,
    clock: performance.now(),
    currentTime,
    paused,
    ended,
    seeking,
    rate: playbackRate,
    played: rangesPlayed(played),
    hidden: document.visibilityState === 'hidden' && (document.pictureInPictureElement as unknown) !== media,
    loopsAt: loop && Number.isFinite(duration) ? duration : null,
  }
}
