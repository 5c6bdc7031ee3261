import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { Localised } from '../../strings'
import { strings } from '../strings'
import { base } from './base'
import { messageOf } from './failed'

/** A button that asks before it acts. While it asks, the answer has the focus; Escape closes it. */
@customElement('ui-confirm')
export class UiConfirm extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      .question {
        --gap: 8px;
        padding: 12px;
        border: 1px solid var(--playhead-border);
        border-radius: var(--playhead-radius);
      }
    `,
  ]

  /** What the button says, and what confirms. */
  @property() label = ''
  @property() question = ''
  /** What follows from it. */
  @property() text = ''
  /** Does it; what it throws is shown, and can be tried again. */
  @property({ attribute: false }) act: () => Promise<void> = () => Promise.resolve()

  @state() private asking = false
  @state() private busy = false
  @state() private failure: string | null = null

  private readonly local = new Localised(this, strings)

  @query('.open') private readonly opener!: HTMLElement | null
  @query('.confirm') private readonly answer!: HTMLElement | null

  override render() {
    if (!this.asking) {
      return html`<button class="button open" aria-expanded="false" @click=${this.#onOpen}>
        ${this.label}
      </button>`
    }
    const { t } = this.local
    return html`<div
      class="stack question"
      role="group"
      aria-labelledby="question"
      aria-describedby="text"
      @keydown=${this.#onKey}
    >
      <p id="question"><strong>${this.question}</strong></p>
      <p id="text" class="muted small">${this.text}</p>
      ${this.failure === null ? nothing : html`<p class="badge warning" role="alert">${this.failure}</p>`}
      <div class="row">
        <button class="button primary confirm" aria-disabled=${this.busy} @click=${this.#onConfirm}>
          ${this.label}
        </button>
        <button class="button quiet cancel" @click=${this.#onCancel}>${t.cancel}</button>
      </div>
    </div>`
  }

  readonly #onOpen = (): void => {
    this.asking = true
    this.failure = null
    void this.updateComplete.then(() => this.answer?.focus())
  }

  readonly #onCancel = (): void => {
    this.#close()
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !this.busy) this.#close()
  }

  readonly #onConfirm = async (): Promise<void> => {
    if (this.busy) return
    this.busy = true
    this.failure = null
    try {
      await this.act()
      this.#close()
    } catch (reason) {
      this.failure = messageOf(reason)
    }
    this.busy = false
  }

  #close(): void {
    this.asking = false
    void this.updateComplete.then(() => this.opener?.focus())
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ui-confirm': UiConfirm
  }
}
