import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Localised } from '../../strings'
import { strings } from '../strings'
import { base } from './base'
import { icon, type IconName } from './icon'

/**
 * What a page shows in place of its data: nothing there yet, or a failure. Actions go into the slot; `retry`, where it
 * is given, adds a button that calls it.
 */
@customElement('ui-state')
export class UiState extends LitElement {
  static override styles = [
    base,
    css`
      .state {
        display: grid;
        justify-items: center;
        gap: 8px;
        max-width: 34rem;
        margin-inline: auto;
        padding: clamp(32px, 8vw, 72px) 16px;
        text-align: center;
      }
      .mark {
        display: grid;
        place-items: center;
        width: 52px;
        height: 52px;
        margin-block-end: 8px;
        border-radius: 50%;
        color: var(--playhead-accent);
        background: var(--playhead-accent-soft);
      }
      .mark.alert {
        color: var(--playhead-danger);
        background: var(--playhead-danger-soft);
      }
      h1 {
        font-size: 1.25rem;
      }
      p {
        color: var(--playhead-muted);
        text-wrap: pretty;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 12px;
        margin-block-start: 12px;
      }
    `,
  ]

  @property() icon: IconName = 'library'
  @property() heading = ''
  @property() text = ''
  /** Whether it is a failure: then it is said at once to who cannot see it. */
  @property({ type: Boolean }) failed = false
  /** Whether it stands for the whole page, so that what it says is the page's heading. */
  @property({ type: Boolean }) whole = false
  @property({ attribute: false }) retry: (() => void) | null = null

  private readonly local = new Localised(this, strings)

  override render() {
    return html`<div class="state" role=${this.failed ? 'alert' : nothing}>
      <span class="mark ${this.failed ? 'alert' : ''}">${icon(this.icon)}</span>
      ${this.whole ? html`<h1>${this.heading}</h1>` : html`<h2>${this.heading}</h2>`}
      ${this.text === '' ? nothing : html`<p>${this.text}</p>`}
      <div class="actions">
        ${this.retry && html`<button class="button primary" @click=${this.retry}>${this.local.t.retry}</button>`}
        <slot></slot>
      </div>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ui-state': UiState
  }
}
