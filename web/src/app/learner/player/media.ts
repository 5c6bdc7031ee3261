import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { CatalogueItem, ItemProgress } from '../../../api/types'
import { normalized, rangesOf, type Range } from '../../../components'
import type { MediaTracker, TrackerState } from '../../../sdk'
import { Localised } from '../../../strings'
import type { Services } from '../../services'
import { base } from '../../ui/base'
import '../../ui/state'
import { strings } from '../strings'
import { shownDuration } from './duration'
import { AT_PLACE_SECONDS, OWN_EVENTS, say } from './events'
import { mediaStyles } from './media-styles'
import { positionElsewhere } from './other-device'
import './speed'

/**
 * A video or audio item: the player, what was watched of it, and where to go on. The player stands where one was, so
 * that its own Play goes on from there as "Resume" does; it plays by itself only where `resuming` asks for it.
 * `watch-state` reports each change of the tracker; `watch-completed` and `watch-ended` report those.
 */
@customElement('watch-media')
export class WatchMedia extends LitElement {
  static override styles = [base, mediaStyles]

  @property({ attribute: false }) services!: Services
  @property({ attribute: false }) item!: CatalogueItem
  /** The item's progress in the service, from all devices. */
  @property({ attribute: false }) progress!: ItemProgress
  @property({ attribute: false }) threshold: number | null = null
  @property({ type: Boolean }) audio = false
  @property({ type: Boolean }) completed = false
  /** Go on at once from where one was, where the browser allows it; else ask. */
  @property({ type: Boolean }) resuming = false

  /** Seconds to offer to go on from; null once answered, or where there is nothing to offer. */
  @state() private offer: number | null = null
  /** Seconds that another device has got to, while this one is paused. */
  @state() private elsewhere: number | null = null
  /** A `MediaError` code. */
  @state() private broken: number | null = null
  @state() private tracked: TrackerState | null = null
  @state() private buffered: readonly Range[] = []

  @query('video, audio') private readonly media!: HTMLMediaElement

  private readonly local = new Localised(this, strings)
  #tracker: MediaTracker | null = null
  #answered = false
  /** The offer whose place the player was last put at. */
  #standsAt: number | null = null
  #activeAt = 0

  override firstUpdated(): void {
    const { item, progress, threshold, media } = this
    this.#tracker = this.services.playhead.attach(media, {
      contentId: item.contentId,
      progressType: item.type === 'course' ? 'course' : 'video',
      known: progress,
      ...(threshold !== null && { completionThreshold: threshold }),
    })
    this.#tracker.addEventListener('progress', this.#onTracked)
    this.#tracker.addEventListener('saving', this.#onTracked)
    this.#tracker.addEventListener('completed', this.#onCompleted)
    for (const name of OWN_EVENTS) media.addEventListener(name, this.#onOwn)
    this.#onTracked()
    const { offer } = this
    if (!this.resuming || offer === null) return
    this.#onAnswered()
    this.#playFrom(offer, () => {
      this.offer = offer
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#tracker?.detach()
    this.#tracker = null
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('progress')) return
    this.#tracker?.learn(this.progress)
    const { offer, positionSeconds } = this.progress.resume
    if (!this.#begun) {
      if (!this.#answered) this.offer = offer ? positionSeconds : null
      return
    }
    const own = { positionSeconds: this.media.currentTime, activeAt: this.#activeAt }
    this.elsewhere = this.media.paused ? positionElsewhere(this.progress, own) : null
  }

  override updated(): void {
    const { offer } = this
    if (offer === this.#standsAt) return
    this.#standsAt = offer
    if (offer !== null) this.media.currentTime = offer
  }

  override render() {
    return html`<div class="frame ${this.audio ? 'audio' : ''}">
        ${this.audio ? this.#audio() : this.#video()}
        ${this.broken === null ? nothing : this.#failure(this.broken)}
        <playhead-resume-prompt
          .position=${this.offer ?? 0}
          ?open=${this.offer !== null && this.broken === null}
          @playhead-resume=${this.#onResume}
          @playhead-start-over=${this.#onBegin}
          @playhead-resume-dismiss=${this.#onAnswered}
        ></playhead-resume-prompt>
      </div>
      ${this.elsewhere === null ? nothing : this.#otherDevice(this.elsewhere)}
      <playhead-scrubber
        times
        .duration=${this.#duration}
        .position=${this.tracked?.positionSeconds ?? 0}
        .segments=${this.#segments}
        .buffered=${this.buffered}
        ?disabled=${this.broken !== null}
        @playhead-seek=${this.#onSeek}
      ></playhead-scrubber>
      ${this.#controls()}`
  }

  #video(): TemplateResult {
    // no subtitles: the catalogue knows of none
    return html`<video
      controls
      playsinline
      preload="metadata"
      src=${this.item.mediaUrl ?? nothing}
      poster=${this.item.thumbnailUrl ?? nothing}
      aria-label=${this.item.title}
      @error=${this.#onError}
      @loadedmetadata=${this.#onLoaded}
      @progress=${this.#onBuffered}
    ></video>`
  }

  #audio(): TemplateResult {
    return html`<audio
      controls
      preload="metadata"
      src=${this.item.mediaUrl ?? nothing}
      aria-label=${this.item.title}
      @error=${this.#onError}
      @loadedmetadata=${this.#onLoaded}
      @progress=${this.#onBuffered}
    ></audio>`
  }

  #failure(code: number): TemplateResult {
    const { t } = this.local
    const offline = code === MediaError.MEDIA_ERR_NETWORK || !navigator.onLine
    const broken = code === MediaError.MEDIA_ERR_DECODE ? t.mediaBroken : t.mediaUnsupported
    return html`<ui-state
      class="failure"
      failed
      .icon=${offline ? 'offline' : 'alert'}
      .heading=${t.mediaFailed}
      .text=${offline ? t.mediaNetwork : broken}
      .retry=${this.#retry}
    ></ui-state>`
  }

  #otherDevice(seconds: number): TemplateResult {
    const { t, format } = this.local
    const time = format.clock(seconds)
    return html`<div class="notice" role="status">
      <span>${t.otherDevice(time)}</span>
      <button class="button" @click=${this.#onGoElsewhere}>${t.goTo(time)}</button>
      <button class="button quiet" @click=${this.#onStay}>${t.dismiss}</button>
    </div>`
  }

  #controls(): TemplateResult {
    const { t } = this.local
    return html`<div class="row controls">
      <watch-speed .media=${this.tracked === null ? null : this.media}></watch-speed>
      ${
        this.completed
          ? html`<button class="button" @click=${this.#onStartOver}>${t.startOver}</button>`
          : nothing
      }
      <slot></slot>
    </div>`
  }

  get #begun(): boolean {
    return this.tracked !== null && this.tracked.status !== 'idle'
  }

  get #duration(): number {
    const known = this.progress.metadata.durationSeconds ?? this.item.durationSeconds
    return shownDuration(this.tracked?.durationSeconds ?? null, known)
  }

  /** What all sessions watched, this one as far as it has got. */
  get #segments(): Range[] {
    const { watchedSegments } = this.tracked?.overall ?? this.progress.metadata
    return normalized(watchedSegments, this.#duration)
  }

  /** Play from `seconds`; `refused` where the browser does not play without being asked by a click. */
  #playFrom(seconds: number, refused: () => void): void {
    this.media.currentTime = seconds
    void this.media.play().catch(refused)
  }

  /** After a click. A browser that refuses still has a button of its own. */
  readonly #onRefused = (): void => {
    this.requestUpdate()
  }

  readonly #retry = (): void => {
    this.broken = null
    this.media.load() // what was reached is sought again in #onLoaded
  }

  readonly #onLoaded = (): void => {
    this.broken = null
    const reached = this.tracked?.positionSeconds ?? 0
    if (this.#begun && reached > 0 && this.media.currentTime === 0) this.media.currentTime = reached
  }

  readonly #onTracked = (): void => {
    if (this.#tracker === null) return
    this.tracked = this.#tracker.state
    say(this, 'watch-state', this.tracked)
  }

  readonly #onCompleted = (): void => {
    say(this, 'watch-completed', null)
  }

  readonly #onOwn = (event: Event): void => {
    this.#activeAt = Date.now()
    if (event.type === 'play') {
      this.#onAnswered()
      this.elsewhere = null
    }
    if (event.type === 'ended') say(this, 'watch-ended', null)
    if (event.type === 'seeked' && this.offer !== null) this.#onSought(this.offer)
  }

  /** The viewer has sought to another place than the one offered, by the player's own controls. */
  #onSought(offer: number): void {
    if (Math.abs(this.media.currentTime - offer) > AT_PLACE_SECONDS) this.#onAnswered()
  }

  readonly #onAnswered = (): void => {
    this.#answered = true
    this.offer = null
  }

  readonly #onResume = (event: CustomEvent<{ positionSeconds: number }>): void => {
    this.#onAnswered()
    this.#playFrom(event.detail.positionSeconds, this.#onRefused)
  }

  readonly #onBegin = (): void => {
    this.#onAnswered()
    this.#playFrom(0, this.#onRefused)
  }

  readonly #onStartOver = (): void => {
    this.#tracker?.restart()
    this.#onBegin()
  }

  readonly #onGoElsewhere = (): void => {
    const seconds = this.elsewhere
    this.elsewhere = null
    if (seconds !== null) this.#playFrom(seconds, this.#onRefused)
  }

  readonly #onStay = (): void => {
    this.elsewhere = null
  }

  readonly #onSeek = (event: CustomEvent<{ positionSeconds: number }>): void => {
    this.#onAnswered()
    this.media.currentTime = event.detail.positionSeconds
  }

  readonly #onBuffered = (): void => {
    this.buffered = rangesOf(this.media.buffered)
  }

  readonly #onError = (): void => {
    this.broken = this.media.error?.code ?? MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'watch-media': WatchMedia
  }
}
