/** `<playhead-scrubber>`: a seek slider with the watched ranges below it; `readonly`, a map of them alone. */
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { Localised } from '../strings'
import { define, emit } from './define'
import { coverage, normalized, type Range } from './ranges'
import { positionAfterKey } from './scrubber-keys'
import { scrubberStyles } from './scrubber-styles'
import { strings } from './strings'
import { foundation } from './styles'

/** Sends `playhead-seek` once a key is pressed or a drag ends; a drag under way asks nothing of the player. */
export class PlayheadScrubber extends LitElement {
  static override styles = [foundation, scrubberStyles]

  /** Seconds; 0 while unknown, and then there is nothing to seek in. */
  @property({ type: Number }) duration = 0
  /** Seconds. */
  @property({ type: Number }) position = 0
  /** What was watched, in seconds; in any order, overlaps allowed. */
  @property({ type: Array }) segments: readonly Range[] = []
  /** What the player holds already, in seconds; `rangesOf(media.buffered)`. */
  @property({ type: Array }) buffered: readonly Range[] = []
  @property({ type: Boolean, reflect: true }) disabled = false
  @property({ type: Boolean, reflect: true }) readonly = false
  /** Shows position, share watched and duration below. */
  @property({ type: Boolean, reflect: true }) times = false
  /** The accessible name, when "Seek" does not say enough. */
  @property() label = ''

  @query('.seek') private readonly slide!: HTMLElement | null
  @query('.track') private readonly track!: HTMLElement
  /** Seconds under the pointer, null when it is elsewhere. */
  @state() private pointed: number | null = null
  @state() private dragging = false
  private readonly local = new Localised(this, strings)
  #watched: Range[] = []

  override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('segments') || changed.has('duration')) {
      this.#watched = normalized(this.segments, this.length)
    }
  }

  override render() {
    return html`${this.readonly ? this.map() : this.slider()} ${this.times ? this.timesRow() : nothing}`
  }

  override focus(options?: FocusOptions) {
    this.slide?.focus(options)
  }

  private map() {
    return html`
      <div class="map" role="img" aria-label="${this.label || this.local.t.watchedMap}. ${this.description}">
        ${this.watchedLane()}
      </div>
    `
  }

  private slider() {
    const { t, format } = this.local
    const shown = this.shown
    return html`
      <div
        class="seek ${this.dragging ? 'dragging' : ''}"
        part="slider"
        role="slider"
        tabindex=${this.idle ? -1 : 0}
        aria-label=${this.label || t.seek}
        aria-valuemin="0"
        aria-valuemax=${this.length}
        aria-valuenow=${Math.floor(shown)}
        aria-valuetext=${t.positionOf(format.duration(shown), format.duration(this.length))}
        aria-describedby="watched"
        aria-disabled=${this.idle}
        @keydown=${this.onKey}
        @pointerdown=${this.onPress}
        @pointermove=${this.onMove}
        @pointerup=${this.onRelease}
        @pointercancel=${this.abandon}
        @pointerleave=${this.onLeave}
      >
        <div class="track" part="track">
          ${this.buffered.map(
            ([from, to]) => html`<div class="buffered" part="buffered" .style=${this.span(from, to)}></div>`,
          )}
          <div class="fill" part="fill" .style=${`width: ${this.share(shown)}%`}></div>
        </div>
        ${this.watchedLane()}
        <div class="thumb" part="thumb" .style=${`left: ${this.share(shown)}%`}></div>
        ${this.pointed === null ? nothing : this.bubble(this.pointed)}
      </div>
      <span id="watched" class="unseen">${this.description}</span>
    `
  }

  private watchedLane() {
    return html`
      <div class="watched" part="watched">
        ${this.#watched.map(
          ([from, to]) => html`<div class="range" part="range" .style=${this.span(from, to)}></div>`,
        )}
      </div>
    `
  }

  private bubble(seconds: number) {
    const left = `clamp(24px, ${this.share(seconds)}%, 100% - 24px)`
    return html`<div class="bubble" part="bubble" aria-hidden="true" .style=${`left: ${left}`}>
      ${this.local.format.clock(seconds)}
    </div>`
  }

  private timesRow() {
    const { t, format } = this.local
    const share = t.watchedPercentage(format.percent(coverage(this.#watched, this.length)))
    return html`
      <div class="times" part="times" aria-hidden="true">
        <span>${format.clock(this.readonly ? 0 : this.shown)}</span>
        <bdi>${share}</bdi>
        <span>${format.clock(this.length)}</span>
      </div>
    `
  }

  /** What is drawn, in words. */
  private get description(): string {
    const { t, format } = this.local
    if (this.#watched.length === 0) return t.watchedNothing
    const parts = this.#watched.map(([from, to]) => t.fromTo(format.clock(from), format.clock(to)))
    return t.watchedParts(format.list(parts), format.percent(coverage(this.#watched, this.length)))
  }

  /** The duration as a length: a player says NaN before it knows and Infinity of a live stream. */
  private get length(): number {
    return Number.isFinite(this.duration) ? Math.max(0, this.duration) : 0
  }

  private get idle(): boolean {
    return this.disabled || this.length === 0
  }

  private get shown(): number {
    return this.dragging && this.pointed !== null ? this.pointed : this.within(this.position)
  }

  private within(seconds: number): number {
    return Number.isFinite(seconds) ? Math.min(this.length, Math.max(0, seconds)) : 0
  }

  private share(seconds: number): number {
    return this.length === 0 ? 0 : (this.within(seconds) / this.length) * 100
  }

  private span(from: number, to: number): string {
    return `left: ${this.share(from)}%; width: ${this.share(to) - this.share(from)}%`
  }

  private onKey(event: KeyboardEvent) {
    if (event.altKey || event.ctrlKey || event.metaKey || this.idle) return
    if (event.key === 'Escape' && this.dragging) {
      this.abandon()
      return
    }
    const target = positionAfterKey(event.key, this.within(this.position), this.length)
    if (target === null) return
    event.preventDefault()
    this.seek(target)
  }

  private onPress(event: PointerEvent) {
    if (event.button !== 0 || this.idle) return
    ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
    this.dragging = true
    this.pointed = this.secondsAt(event)
  }

  private onMove(event: PointerEvent) {
    if (!this.idle && (this.dragging || event.pointerType !== 'touch')) this.pointed = this.secondsAt(event)
  }

  private onRelease(event: PointerEvent) {
    if (!this.dragging) return
    this.dragging = false
    this.seek(this.secondsAt(event))
    if (event.pointerType === 'touch') this.pointed = null
  }

  private onLeave() {
    if (!this.dragging) this.pointed = null
  }

  private abandon() {
    this.dragging = false
    this.pointed = null
  }

  private secondsAt(event: PointerEvent): number {
    const { left, width } = this.track.getBoundingClientRect()
    return width === 0 ? 0 : this.within(((event.clientX - left) / width) * this.length)
  }

  // The position moves at once, as a native slider's value does: keys pressed faster than the player answers add up.
  private seek(positionSeconds: number) {
    this.position = positionSeconds
    emit(this, 'playhead-seek', { positionSeconds })
  }
}

define('playhead-scrubber', PlayheadScrubber)

declare global {
  interface HTMLElementTagNameMap {
    'playhead-scrubber': PlayheadScrubber
  }
}
