/** `<playhead-resume-prompt>`: "Continue from 12:34?", or "Continue on page 37?" */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import { property, query } from 'lit/decorators.js'
import { Localised } from '../strings'
import { define, emit } from './define'
import { closeIcon, playIcon } from './icons'
import { strings } from './strings'
import { buttons, foundation } from './styles'

/**
 * A question before playing, as a non-modal dialog: it takes the focus when it opens and gives it back when it
 * closes. Dismissed (Escape, the cross), it starts nothing and moves nothing: the player stays as it is.
 */
export class PlayheadResumePrompt extends LitElement {
  static override styles = [
    foundation,
    buttons,
    css`
      :host(:not([open])) {
        display: none;
      }

      :host {
        inline-size: fit-content;
        max-inline-size: 100%;
      }

      [role='dialog'] {
        position: relative;
        display: flex;
        flex-direction: column;
        gap: 16px;
        min-inline-size: min(320px, 100%);
        padding: 20px 24px 24px;
        border: 1px solid var(--_border);
        border-radius: calc(var(--_radius) * 1.6);
        background: var(--_raised);
        box-shadow: var(--_shadow);
        animation: rise 180ms ease-out;
      }

      p {
        margin: 0;
        padding-inline-end: 40px;
        font-size: 18px;
        line-height: 24px;
        font-weight: 600;
        font-variant-numeric: tabular-nums;
        text-wrap: balance;
      }

      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }

      .choices button {
        flex: 1 0 auto;
      }

      .close {
        position: absolute;
        inset-block-start: 12px;
        inset-inline-end: 12px;
      }

      @keyframes rise {
        from {
          opacity: 0;
          translate: 0 8px;
        }
      }
    `,
  ]

  /** Seconds. */
  @property({ type: Number }) position = 0
  /** The page of a document, from 1, in place of a position. */
  @property({ type: Number }) page: number | null = null
  @property({ type: Boolean, reflect: true }) open = false

  @query('button') private readonly button!: HTMLElement | null
  private readonly local = new Localised(this, strings)
  #cameFrom: HTMLElement | null = null

  override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('open') && this.open) this.#cameFrom = focused()
  }

  override updated(changed: PropertyValues<this>) {
    if (!changed.has('open')) return
    if (this.open) this.focus()
    else if (this.#cameFrom?.isConnected) this.#cameFrom.focus()
  }

  override render() {
    if (!this.open) return nothing
    const { t, format } = this.local
    const { page, position } = this
    const onPage = page === null ? null : t.continueOnPage(format.number(page))
    return html`
      <div
        role="dialog"
        part="dialog"
        aria-label=${onPage ?? t.continueFrom(format.duration(position))}
        @keydown=${this.onKey}
      >
        <p part="question">${onPage ?? t.continueFrom(format.clock(position))}</p>
        <div class="choices">
          <button class="primary" part="resume" @click=${this.resume}>${playIcon}${t.resume}</button>
          <button part="start-over" @click=${this.startOver}>${t.startOver}</button>
        </div>
        <button class="icon close" part="close" aria-label=${t.close} @click=${this.dismiss}>
          ${closeIcon}
        </button>
      </div>
    `
  }

  override focus(options?: FocusOptions) {
    this.button?.focus(options)
  }

  private onKey(event: KeyboardEvent) {
    if (event.key !== 'Escape') return
    event.stopPropagation() // an Escape that answers this question must not also leave the player's full screen mode
    this.dismiss()
  }

  private resume() {
    this.open = false
    emit(this, 'playhead-resume', { positionSeconds: this.position })
  }

  private startOver() {
    this.open = false
    emit(this, 'playhead-start-over', null)
  }

  private dismiss() {
    this.open = false
    emit(this, 'playhead-resume-dismiss', null)
  }
}

/** The element that has the focus, within whatever shadow roots. */
function focused(): HTMLElement | null {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return element instanceof HTMLElement ? element : null
}

define('playhead-resume-prompt', PlayheadResumePrompt)

declare global {
  interface HTMLElementTagNameMap {
    'playhead-resume-prompt': PlayheadResumePrompt
  }
}
