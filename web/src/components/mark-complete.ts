/** `<playhead-mark-complete>`: the manual mark, and its undoing. */
import { css, html, LitElement, nothing } from 'lit'
import { property, query } from 'lit/decorators.js'
import { Localised } from '../strings'
import { define, emit } from './define'
import { checkIcon } from './icons'
import { strings } from './strings'
import { buttons, foundation } from './styles'

/** Asks by event; shows `completed` and `busy`, which the host sets. */
export class PlayheadMarkComplete extends LitElement {
  static override styles = [
    foundation,
    buttons,
    css`
      :host {
        display: inline-block;
      }

      .row {
        display: flex;
        align-items: center;
        gap: 4px;
      }

      [role='status']:not(:has(*)) {
        margin-inline-end: -4px; /* there for the screen reader alone */
      }

      [role='status'] {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        font-size: 14px;
        font-weight: 600;
        color: var(--_success);
      }

      .badge {
        display: grid;
        place-items: center;
        inline-size: 24px;
        block-size: 24px;
        border-radius: 50%;
        background: var(--_success-soft);
      }

      [aria-disabled='true'] {
        cursor: progress;
        color: var(--_muted);
      }

      .spinner {
        inline-size: 16px;
        block-size: 16px;
        border: 2px solid var(--_track);
        border-block-start-color: var(--_accent);
        border-radius: 50%;
        animation: turn 800ms linear infinite;
      }

      @keyframes turn {
        to {
          rotate: 1turn;
        }
      }
    `,
  ]

  @property({ type: Boolean, reflect: true }) completed = false
  /** The host waits for an answer: the button says so and does nothing. */
  @property({ type: Boolean, reflect: true }) busy = false

  @query('button') private readonly button!: HTMLElement | null
  private readonly local = new Localised(this, strings)

  // One button in both states, and never `disabled`: either would throw the keyboard's focus off it.
  override render() {
    const { t } = this.local
    return html`
      <div class="row">
        <span role="status" part="status">
          ${this.completed ? html`<span class="badge">${checkIcon}</span>${t.completed}` : nothing}
        </span>
        <button
          part="button"
          class=${this.completed ? 'quiet' : ''}
          aria-disabled=${this.busy}
          aria-label=${this.completed ? t.undoCompletion : t.markComplete}
          @click=${this.toggle}
        >
          ${this.busy ? html`<span class="spinner"></span>` : this.completed ? nothing : checkIcon}
          ${this.completed ? t.undo : t.markComplete}
        </button>
      </div>
    `
  }

  override focus(options?: FocusOptions) {
    this.button?.focus(options)
  }

  private toggle() {
    if (!this.busy) emit(this, this.completed ? 'playhead-reopen' : 'playhead-complete', null)
  }
}

define('playhead-mark-complete', PlayheadMarkComplete)

declare global {
  interface HTMLElementTagNameMap {
    'playhead-mark-complete': PlayheadMarkComplete
  }
}
