import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Localised } from '../../strings'
import { strings } from '../strings'

/** The shape of what is being loaded: so many bars or cards. */
@customElement('ui-skeleton')
export class UiSkeleton extends LitElement {
  static override styles = css`
    :host {
      display: grid;
      gap: 16px;
    }
    :host([cards]) {
      grid-template-columns: repeat(auto-fill, minmax(min(var(--min, 260px), 100%), 1fr));
    }
    div {
      height: 56px;
      border-radius: var(--playhead-radius);
      background: var(--playhead-track);
      opacity: 0.6;
      animation: breathe 1.6s ease-in-out infinite alternate;
    }
    :host([cards]) div {
      height: 220px;
      border-radius: var(--playhead-radius-large);
    }
    @keyframes breathe {
      to {
        opacity: 0.25;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      div {
        animation: none;
      }
    }
  `

  @property({ type: Number }) count = 6
  @property({ type: Boolean, reflect: true }) cards = false

  private readonly local = new Localised(this, strings)

  override connectedCallback(): void {
    super.connectedCallback()
    this.setAttribute('role', 'status')
    this.setAttribute('aria-label', this.local.t.loading)
  }

  override render() {
    return Array.from({ length: this.count }, () => html`<div></div>`)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ui-skeleton': UiSkeleton
  }
}
