/** `<playhead-progress>`: how far one item is, for a card or a row of a table. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import { property } from 'lit/decorators.js'
import { Localised } from '../strings'
import { define } from './define'
import { strings } from './strings'
import { foundation } from './styles'

export type ProgressStatus = 'not_started' | 'in_progress' | 'completed'

/** A bar with `75 %`, `✓ Completed` or `○ Not started`. */
export class PlayheadProgress extends LitElement {
  static override styles = [
    foundation,
    css`
      [role='progressbar'] {
        display: flex;
        flex-direction: column;
        gap: 8px;
      }

      .track {
        block-size: 6px;
        border-radius: 3px;
        background: var(--_track);
        overflow: hidden;
      }

      .fill {
        block-size: 100%;
        border-radius: inherit;
        background: var(--_accent);
        transition: inline-size 240ms ease-out;
      }

      .text {
        font-size: 13px;
        line-height: 16px;
        color: var(--_muted);
        white-space: nowrap;
        font-variant-numeric: tabular-nums;
      }

      /* The ring is drawn: few fonts have one, and theirs hangs below the line. */
      .ring {
        font-size: 0;
      }

      .ring::before {
        content: '';
        display: inline-block;
        inline-size: 9px;
        block-size: 9px;
        margin-inline-end: 6px;
        border: 1.5px solid currentColor;
        border-radius: 50%;
      }

      .completed .fill {
        background: var(--_success);
      }

      .completed .text {
        color: var(--_success);
        font-weight: 600;
      }

      :host([layout='inline']) [role='progressbar'] {
        flex-direction: row;
        align-items: center;
        gap: 12px;
      }

      :host([layout='inline']) .track {
        flex: 1;
        min-inline-size: 24px;
      }

      :host([layout='inline']) .in_progress .text {
        min-inline-size: 5ch;
        text-align: end;
      }

      @media (forced-colors: active) {
        .track {
          outline: 1px solid CanvasText;
        }

        .fill,
        .completed .fill {
          background: Highlight;
        }
      }
    `,
  ]

  /** 0–100; shown rounded down. */
  @property({ type: Number }) value = 0
  @property() status: ProgressStatus = 'in_progress'
  /** What the progress is of, for those who cannot see the card around it. */
  @property() label = ''
  /** `stacked` puts the words below the bar, `inline` beside it. */
  @property({ reflect: true }) layout: 'stacked' | 'inline' = 'stacked'

  private readonly local = new Localised(this, strings)
  #percentage = 0

  override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has('value') && !changed.has('status')) return
    const known = Number.isFinite(this.value) ? Math.min(100, Math.max(0, Math.floor(this.value))) : 0
    this.#percentage = { not_started: 0, in_progress: known, completed: 100 }[this.status]
  }

  override render() {
    const { t, format } = this.local
    const words = {
      not_started: t.notStarted,
      in_progress: format.percent(this.#percentage),
      completed: t.completed,
    }[this.status]
    return html`
      <div
        class=${this.status}
        role="progressbar"
        aria-label=${this.label || t.progress}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${this.#percentage}
        aria-valuetext=${words}
      >
        <div class="track" part="track">
          <div class="fill" part="fill" .style=${`inline-size: ${this.#percentage}%`}></div>
        </div>
        <span class="text" part="text">${this.mark}${words}</span>
      </div>
    `
  }

  private get mark() {
    return {
      not_started: html`<span class="ring">○ </span>`,
      in_progress: nothing,
      completed: '✓ ',
    }[this.status]
  }
}

define('playhead-progress', PlayheadProgress)

declare global {
  interface HTMLElementTagNameMap {
    'playhead-progress': PlayheadProgress
  }
}
