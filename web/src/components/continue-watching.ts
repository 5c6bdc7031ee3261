/** `<playhead-continue-watching>`: a row of what was begun, each with what is left of it and a way out. */
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { property, query, queryAll, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { Localised } from '../strings'
import { continueWatchingStyles } from './continue-watching-styles'
import { define, emit } from './define'
import { backIcon, closeIcon, forwardIcon } from './icons'
import { stillDismissed, withDismissed, type Dismissed } from './row-state'
import { strings } from './strings'
import { buttons, foundation } from './styles'
import './thumbnail'

/** One card of the row. */
export interface ContinueWatchingItem {
  readonly contentId: string
  readonly title: string
  readonly thumbnailUrl?: string | null
  /** Seconds. */
  readonly positionSeconds: number
  /** Seconds; null when unknown, and then what is left is not shown. */
  readonly durationSeconds: number | null
  /** 0–100. */
  readonly percentage: number
  /** Where the card leads; without it, the click only dispatches `playhead-open`. */
  readonly href?: string | null
}

/**
 * Sends `playhead-open` (prevent its default to keep the browser from following the link), `playhead-dismiss` and
 * `playhead-undo`. A card dismissed leaves its Undo in its place until the row leaves the page, or the item is played
 * again.
 */
export class PlayheadContinueWatching extends LitElement {
  static override styles = [foundation, buttons, continueWatchingStyles]

  @property({ type: Array }) items: readonly ContinueWatchingItem[] = []
  /** Shows skeletons while there is no item yet. */
  @property({ type: Boolean, reflect: true }) loading = false

  /** The heading, when "Continue watching" is not what it should say. */
  @property() heading = ''

  @state() private dismissed: ReadonlyMap<string, Dismissed<ContinueWatchingItem>> = new Map()
  @state() private atStart = true
  @state() private atEnd = true
  @query('ul.row') private readonly row!: HTMLElement | null
  @queryAll('ul.row > li') private readonly places!: NodeListOf<HTMLElement>
  private readonly local = new Localised(this, strings)
  #sizes: ResizeObserver | undefined

  override connectedCallback() {
    super.connectedCallback()
    this.#sizes = new ResizeObserver(this.measure)
    this.#sizes.observe(this)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    this.#sizes?.disconnect()
    this.dismissed = new Map()
  }

  override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('items')) this.dismissed = stillDismissed(this.items, this.dismissed)
  }

  override updated() {
    void this.updateComplete.then(this.measure)
  }

  override render() {
    const { t } = this.local
    const row = withDismissed(this.items, this.dismissed)
    return html`
      <section aria-labelledby="heading" aria-busy=${this.loading}>
        <header>
          <h2 id="heading" part="heading">${this.heading || t.continueWatching}</h2>
          ${this.atStart && this.atEnd ? nothing : this.arrows()}
        </header>
        ${row.length > 0 ? this.cards(row) : this.loading ? this.skeletons() : this.empty()}
      </section>
    `
  }

  /** Takes a dismissal or its undoing back, without an event: for the host whose request was refused. */
  restore(contentId: string): void {
    this.dismissed = new Map([...this.dismissed].filter(([id]) => id !== contentId))
  }

  private cards(row: readonly ContinueWatchingItem[]) {
    return html`
      <ul class="row" part="row" @scroll=${this.measure}>
        ${repeat(
          row,
          (item) => item.contentId,
          (item) =>
            html`<li data-content-id=${item.contentId} part="item">
              ${this.dismissed.has(item.contentId) ? this.removed(item) : this.card(item)}
            </li>`,
        )}
      </ul>
    `
  }

  private card(item: ContinueWatchingItem) {
    const { t } = this.local
    const open = (event: MouseEvent) => {
      this.open(event, item.contentId)
    }
    const content = this.content(item)
    return html`
      ${
        item.href
          ? html`<a class="card" part="card" href=${item.href} @click=${open}>${content}</a>`
          : html`<button class="card" part="card" @click=${open}>${content}</button>`
      }
      <button
        class="icon dismiss"
        part="dismiss"
        aria-label=${t.remove(item.title)}
        @click=${() => this.dismiss(item)}
      >
        ${closeIcon}
      </button>
    `
  }

  private content(item: ContinueWatchingItem) {
    const { t, format } = this.local
    const left = item.durationSeconds === null ? null : item.durationSeconds - item.positionSeconds
    const words = left !== null && left > 0 ? t.timeLeft(format.shortDuration(left)) : null
    return html`
      <span class="picture" part="picture">
        <playhead-thumbnail .src=${item.thumbnailUrl ?? null} .name=${item.title}></playhead-thumbnail>
        <span class="bar" part="bar"><span .style=${`inline-size: ${item.percentage}%`}></span></span>
      </span>
      <span class="title" part="title"><bdi>${item.title}</bdi></span>
      <span class="left" part="remaining">${words ?? format.percent(item.percentage)}</span>
    `
  }

  private removed(item: ContinueWatchingItem) {
    const { t } = this.local
    return html`
      <div class="removed" part="removed">
        <strong>${t.removed}</strong>
        <bdi>${item.title}</bdi>
        <button
          class="quiet"
          part="undo"
          aria-label=${t.undoRemoval(item.title)}
          @click=${() => this.undo(item)}
        >
          ${t.undo}
        </button>
      </div>
    `
  }

  private arrows() {
    const { t } = this.local
    const arrow = (label: string, icon: unknown, pages: number, stuck: boolean) =>
      html`<button
        class="icon"
        part="scroll"
        aria-label=${label}
        aria-disabled=${stuck}
        @click=${() => {
          this.scrollRow(pages)
        }}
      >
        ${icon}
      </button>`
    return html`<div class="scroll">
      ${arrow(t.scrollBack, backIcon, -0.8, this.atStart)}
      ${arrow(t.scrollForward, forwardIcon, 0.8, this.atEnd)}
    </div>`
  }

  private skeletons() {
    return html`
      <p class="unseen">${this.local.t.loading}</p>
      <ul class="loading" part="row" aria-hidden="true">
        ${[1, 2, 3, 4].map(
          () =>
            html`<li>
              <div class="bone block"></div>
              <div class="bone line"></div>
              <div class="bone line"></div>
            </li>`,
        )}
      </ul>
    `
  }

  private empty() {
    const { t } = this.local
    return html`<slot name="empty">
      <div class="empty" part="empty">
        <strong>${t.nothingToContinue}</strong>
        <span>${t.nothingToContinueHint}</span>
      </div>
    </slot>`
  }

  private open(event: MouseEvent, contentId: string) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return // a new tab or window: the browser's business
    if (!emit(this, 'playhead-open', { contentId })) event.preventDefault()
  }

  private async dismiss(item: ContinueWatchingItem) {
    const index = withDismissed(this.items, this.dismissed).indexOf(item)
    this.dismissed = new Map(this.dismissed).set(item.contentId, { item, index })
    emit(this, 'playhead-dismiss', { contentId: item.contentId })
    await this.focusIn(item.contentId)
  }

  private async undo(item: ContinueWatchingItem) {
    this.restore(item.contentId)
    emit(this, 'playhead-undo', { contentId: item.contentId })
    await this.focusIn(item.contentId)
  }

  /** The button pressed is gone; the keyboard goes on from what took its place. */
  private async focusIn(contentId: string) {
    await this.updateComplete
    const place = Array.from(this.places).find((item) => item.dataset['contentId'] === contentId)
    place?.querySelector<HTMLElement>('a, button')?.focus()
  }

  private scrollRow(pages: number) {
    if (!this.row) return
    const forward = getComputedStyle(this).direction === 'rtl' ? -1 : 1
    this.row.scrollBy({ left: pages * forward * this.row.clientWidth })
  }

  private readonly measure = () => {
    const { scrollLeft = 0, scrollWidth = 0, clientWidth = 0 } = this.row ?? {}
    const scrolled = Math.abs(scrollLeft) // below zero in right-to-left pages
    this.atStart = scrolled < 2
    this.atEnd = scrolled + clientWidth > scrollWidth - 2
  }
}

define('playhead-continue-watching', PlayheadContinueWatching)

declare global {
  interface HTMLElementTagNameMap {
    'playhead-continue-watching': PlayheadContinueWatching
  }
}
