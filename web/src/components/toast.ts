/** `<playhead-toast>`: a short message that goes by itself. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import { Localised } from '../strings'
import { Countdown } from './countdown'
import { define, emit, type ToastClosing } from './define'
import { alertIcon, checkIcon, closeIcon, infoIcon } from './icons'
import { strings } from './strings'
import { buttons, foundation } from './styles'

export type ToastTone = 'success' | 'neutral' | 'problem'

const icons = { success: checkIcon, neutral: infoIcon, problem: alertIcon }

/**
 * Fixed at the foot of the window; style `position` on the element to put it elsewhere. Keep it in the page and set
 * `open`: the live region has to be there before its words for a screen reader to speak them.
 */
export class PlayheadToast extends LitElement {
  static override styles = [
    foundation,
    buttons,
    css`
      :host {
        position: fixed;
        z-index: 1000;
        inset-block-end: max(24px, env(safe-area-inset-bottom));
        inset-inline: 16px;
        display: flex;
        justify-content: center;
        pointer-events: none;
      }

      .toast.open {
        display: flex;
        align-items: center;
        gap: 12px;
        max-inline-size: 480px;
        min-block-size: 56px;
        padding: 8px;
        padding-inline-start: 16px;
        border: 1px solid var(--_border);
        border-radius: calc(var(--_radius) * 1.4);
        background: var(--_raised);
        box-shadow: var(--_shadow);
        pointer-events: auto;
        animation: rise 200ms ease-out;
      }

      .badge {
        flex: none;
        display: grid;
        place-items: center;
        inline-size: 28px;
        block-size: 28px;
        border-radius: 50%;
        background: var(--_accent-soft);
        color: var(--_accent);
      }

      .success .badge {
        background: var(--_success-soft);
        color: var(--_success);
      }

      .problem .badge {
        background: var(--_danger-soft);
        color: var(--_danger);
      }

      .open .message {
        flex: 1;
        padding-block: 8px;
        font-weight: 500;
        text-wrap: pretty;
      }

      /* The page's own button, dressed as ours unless the page dresses it: its styles win over these. */
      ::slotted(button[slot='action']) {
        flex: none;
        min-block-size: 40px;
        padding: 0 12px;
        border: none;
        border-radius: var(--_radius);
        background: transparent;
        color: var(--_accent);
        font: inherit;
        font-size: 14px;
        font-weight: 600;
        cursor: pointer;
      }

      ::slotted(button[slot='action']:hover) {
        background: color-mix(in srgb, currentColor 8%, transparent);
      }

      @media (pointer: coarse) {
        ::slotted(button[slot='action']) {
          min-block-size: 44px;
        }
      }

      /* On a phone the action goes below the words, in line with them. */
      @media (max-width: 480px) {
        .toast.open {
          flex-wrap: wrap;
          row-gap: 0;
        }

        .open .message {
          flex: 1 1 0;
        }

        ::slotted([slot='action']) {
          order: 1;
          margin-inline-start: 28px;
        }
      }

      @keyframes rise {
        from {
          opacity: 0;
          translate: 0 12px;
        }
      }
    `,
  ]

  /** What to say; without it, that the content was marked as complete. */
  @property() message = ''
  @property({ type: Boolean, reflect: true }) open = false
  /** Milliseconds until it goes; 0 keeps it until closed. Held while pointed at, focused in, or out of sight. */
  @property({ type: Number }) timeout = 8000
  @property() tone: ToastTone = 'success'

  @state() private spoken = false
  private readonly local = new Localised(this, strings)
  private readonly countdown = new Countdown(() => {
    this.close('timeout')
  })
  #pointed = false
  #focused = false
  #cameFrom: EventTarget | null = null

  override connectedCallback() {
    super.connectedCallback()
    document.addEventListener('visibilitychange', this.holdOrGoOn)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    document.removeEventListener('visibilitychange', this.holdOrGoOn)
    this.countdown.stop()
  }

  override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('open') && !this.open) this.spoken = false
  }

  // The words follow one frame after the region, also when the element arrives in the page already open.
  override updated(changed: PropertyValues<this>) {
    if (!changed.has('open') && !changed.has('message')) return
    this.countdown.stop()
    if (!this.open) return
    requestAnimationFrame(() => {
      this.spoken = this.open
    })
    if (this.timeout > 0) this.countdown.start(this.timeout)
    this.holdOrGoOn()
  }

  // The frame is always there, for the region in it; what is closed has no size, no button and no words.
  override render() {
    return html`
      <div
        class="toast ${this.open ? 'open' : ''} ${this.tone}"
        part="toast"
        @pointerenter=${this.onPointer}
        @pointerleave=${this.onPointer}
        @focusin=${this.onFocus}
        @focusout=${this.onFocus}
        @keydown=${this.onKey}
      >
        ${this.open ? html`<span class="badge" part="icon">${icons[this.tone]}</span>` : nothing}
        <span class="message" part="message" role="status">${this.spoken ? this.text : nothing}</span>
        ${this.open ? this.controls() : nothing}
      </div>
    `
  }

  private controls() {
    return html`
      <slot name="action"></slot>
      <button class="icon" part="close" aria-label=${this.local.t.close} @click=${this.onClose}>
        ${closeIcon}
      </button>
    `
  }

  /** Shows a message, over one that may be shown already. */
  show(message = '', tone: ToastTone = 'success'): void {
    this.message = message
    this.tone = tone
    if (this.open) this.requestUpdate('open', false)
    this.open = true
  }

  private get text(): string {
    return this.message || this.local.t.contentCompleted
  }

  private close(reason: ToastClosing) {
    this.open = false
    if (this.#focused && this.#cameFrom instanceof HTMLElement) this.#cameFrom.focus()
    this.#pointed = this.#focused = false // what vanishes under the pointer need not say that it was left
    emit(this, 'playhead-toast-close', { reason })
  }

  private readonly holdOrGoOn = () => {
    if (this.#pointed || this.#focused || document.hidden) this.countdown.hold()
    else this.countdown.resume()
  }

  private onPointer(event: PointerEvent) {
    this.#pointed = event.type === 'pointerenter'
    this.holdOrGoOn()
  }

  private onFocus(event: FocusEvent) {
    if (event.type === 'focusin' && !this.#focused) this.#cameFrom = event.relatedTarget
    this.#focused = event.type === 'focusin'
    this.holdOrGoOn()
  }

  private onKey(event: KeyboardEvent) {
    if (event.key === 'Escape') this.close('closed')
  }

  private onClose() {
    this.close('closed')
  }
}

define('playhead-toast', PlayheadToast)

declare global {
  interface HTMLElementTagNameMap {
    'playhead-toast': PlayheadToast
  }
}
