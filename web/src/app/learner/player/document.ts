import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { CatalogueItem, ItemProgress } from '../../../api/types'
import type { DocumentState, DocumentTracker } from '../../../sdk'
import { Localised } from '../../../strings'
import type { Services } from '../../services'
import { base } from '../../ui/base'
import { icon } from '../../ui/icon'
import '../../ui/state'
import { strings } from '../strings'
import { say } from './events'
import { pagesRead } from './pages-read'
import { pageOf, restorePage, restoreScroll, servedWell } from './frame'

/**
 * A document that is read here, page by page. Its frame runs no script of its own. `watch-state` reports each change,
 * `watch-completed` once enough was read.
 */
@customElement('watch-document')
export class WatchDocument extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      .frame {
        position: relative;
        height: min(76vh, 900px);
        min-height: 420px;
        overflow: hidden;
        border: 1px solid var(--playhead-border);
        border-radius: var(--playhead-radius-large);
        background: #fff;
      }
      playhead-resume-prompt {
        position: absolute;
        inset-inline-start: 16px;
        inset-block-end: 16px;
      }
      iframe {
        display: block;
        width: 100%;
        height: 100%;
        border: 0;
      }
      .failure {
        position: absolute;
        inset: 0;
        display: grid;
        align-content: center;
        background: var(--playhead-surface);
      }
      .notice {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px 12px;
        padding-block: 8px;
        padding-inline: 16px 8px;
        border-radius: var(--playhead-radius);
        background: var(--playhead-accent-soft);
      }
      .tight {
        --gap: 8px;
      }
      ol {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .page {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        gap: 4px;
        min-width: 44px;
        min-height: 36px;
        padding: 0 10px;
        border: 1px solid var(--playhead-border-strong);
        border-radius: var(--playhead-radius-small);
        background: var(--playhead-surface);
        color: var(--playhead-muted);
        font: inherit;
        font-size: 0.875rem;
        font-variant-numeric: tabular-nums;
        cursor: pointer;
      }
      .page:hover {
        border-color: var(--playhead-accent);
      }
      .page.read {
        border-color: transparent;
        color: var(--playhead-success);
        background: var(--playhead-success-soft);
        font-weight: 560;
      }
      .page .icon {
        width: 16px;
        height: 16px;
      }
      @media (pointer: coarse) {
        .page {
          min-height: 44px;
        }
      }
    `,
  ]

  @property({ attribute: false }) services!: Services
  @property({ attribute: false }) item!: CatalogueItem
  @property({ attribute: false }) progress!: ItemProgress
  @property({ attribute: false }) threshold: number | null = null

  @state() private tracked: DocumentState | null = null
  @state() private restored = false
  /** The page that the reader is put back on, until they answer; null where there is none. */
  @state() private page: number | null = null
  @state() private failed = false

  @query('iframe') private readonly frame!: HTMLIFrameElement

  private readonly local = new Localised(this, strings)
  #tracker: DocumentTracker | null = null

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#detach()
  }

  override render() {
    return html`${this.restored ? this.#back() : nothing}
      <div class="frame">
        <iframe
          sandbox="allow-same-origin"
          title=${this.item.title}
          src=${this.item.mediaUrl ?? nothing}
          @load=${this.#onLoad}
        ></iframe>
        ${this.failed ? this.#failure() : nothing}
        <playhead-resume-prompt
          .page=${this.page}
          ?open=${this.page !== null}
          @playhead-resume=${this.#onAnswered}
          @playhead-start-over=${this.#onTop}
          @playhead-resume-dismiss=${this.#onAnswered}
        ></playhead-resume-prompt>
      </div>
      ${this.#pages()}
      <div class="row"><slot></slot></div>`
  }

  #back(): TemplateResult {
    const { t } = this.local
    return html`<div class="notice" role="status">
      <span>${t.whereYouWere}</span>
      <button class="button" @click=${this.#onTop}>${t.toTheTop}</button>
    </div>`
  }

  #failure(): TemplateResult {
    const { t } = this.local
    return html`<ui-state
      class="failure"
      failed
      .icon=${'alert'}
      .heading=${t.documentFailed}
      .text=${t.documentFailedText}
      .retry=${this.#retry}
    ></ui-state>`
  }

  #pages(): unknown {
    const { read, count } = pagesRead(this.progress.metadata, this.tracked)
    if (count === 0 || this.failed) return nothing
    const { t, format } = this.local
    return html`<section class="stack tight" aria-labelledby="pages">
      <h2 id="pages">${t.pages}</h2>
      <p class="muted small">${t.pagesRead(format.number(read.size), format.number(count))}</p>
      <ol>
        ${Array.from({ length: count }, (_, index) => html`<li>${this.#page(index + 1, read.has(index + 1))}</li>`)}
      </ol>
    </section>`
  }

  #page(number: number, read: boolean): TemplateResult {
    const { t, format } = this.local
    const shown = format.number(number)
    return html`<button
      class="page ${read ? 'read' : ''}"
      aria-label=${read ? t.pageRead(shown) : t.pageUnread(shown)}
      @click=${() => {
        this.#goTo(number)
      }}
    >
      ${read ? icon('check') : nothing}${shown}
    </button>`
  }

  #goTo(number: number): void {
    const { contentDocument } = this.frame
    if (contentDocument !== null) pageOf(contentDocument, number)?.scrollIntoView()
  }

  #detach(): void {
    this.#tracker?.detach()
    this.#tracker = null
  }

  readonly #onLoad = (): void => {
    this.#detach() // a link within the document loaded another one
    const { contentDocument } = this.frame
    this.failed = contentDocument === null || !servedWell(this.frame)
    if (contentDocument === null || this.failed) return
    this.#putBack(contentDocument) // before it is followed: its top was not what was read last
    this.#follow(contentDocument)
  }

  #putBack(read: Document): void {
    const { status, metadata, resume } = this.progress
    if (status !== 'in_progress') return
    this.page = restorePage(read, resume.offer ? resume.page : null)
    this.restored = this.page === null && restoreScroll(read, metadata.scrollPosition ?? 0)
  }

  #follow(root: Document): void {
    this.#tracker = this.services.playhead.trackDocument({
      contentId: this.item.contentId,
      root,
      known: this.progress,
      ...(this.threshold !== null && { completionThreshold: this.threshold }),
    })
    this.#tracker.addEventListener('progress', this.#onTracked)
    this.#tracker.addEventListener('saving', this.#onTracked)
    this.#tracker.addEventListener('completed', this.#onCompleted)
    this.#onTracked()
  }

  readonly #onTracked = (): void => {
    if (this.#tracker === null) return
    this.tracked = this.#tracker.state
    say(this, 'watch-state', this.tracked)
  }

  readonly #onCompleted = (): void => {
    say(this, 'watch-completed', null)
    say(this, 'watch-ended', null)
  }

  readonly #onAnswered = (): void => {
    this.page = null
  }

  readonly #onTop = (): void => {
    this.restored = false
    this.page = null
    this.frame.contentDocument?.scrollingElement?.scrollTo({ top: 0 })
  }

  readonly #retry = (): void => {
    this.failed = false
    this.frame.src = this.item.mediaUrl ?? ''
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'watch-document': WatchDocument
  }
}
