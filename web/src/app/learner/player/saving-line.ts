import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { DocumentState, TrackerState } from '../../../sdk'
import { Localised } from '../../../strings'
import { base } from '../../ui/base'
import { icon, type IconName } from '../../ui/icon'
import { strings } from '../strings'
import { savingWord, type SavingWord } from './saving'

const SHOWN = {
  none: ['clock', 'savesByItself'],
  saved: ['check', 'saved'],
  saving: ['clock', 'saving'],
  kept: ['offline', 'keptOffline'],
  failing: ['alert', 'notSaved'],
} as const satisfies Record<SavingWord, readonly [IconName, string]>

/** Whether what is being watched is safe. */
@customElement('watch-saving')
export class WatchSaving extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-flex;
        align-items: center;
      }
      p {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        color: var(--playhead-muted);
        font-size: 0.875rem;
      }
      .icon {
        flex: none;
        width: 16px;
        height: 16px;
      }
      .saved .icon {
        color: var(--playhead-success);
      }
      .kept,
      .failing {
        color: var(--playhead-warning);
        font-weight: 540;
      }
    `,
  ]

  /** The tracker's state; null before there is a tracker. */
  @property({ attribute: false }) tracked: TrackerState | DocumentState | null = null
  @state() private connected = navigator.onLine

  private readonly local = new Localised(this, strings)
  #begun = false

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('online', this.#onConnection)
    addEventListener('offline', this.#onConnection)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('online', this.#onConnection)
    removeEventListener('offline', this.#onConnection)
  }

  override willUpdate(): void {
    if (this.tracked !== null && this.tracked.saving !== 'saved') this.#begun = true
  }

  override render() {
    if (this.tracked === null) return nothing
    const { t } = this.local
    const word = savingWord(this.tracked, this.#begun, this.connected)
    const [name, text] = SHOWN[word]
    // "Saving…" every ten seconds is no news for the ear; what one has to know is
    const loud = word === 'kept' || word === 'failing'
    return html`<p class=${word} data-saving=${word}>${icon(name)}<span>${t[text]}</span></p>
      <p class="visually-hidden" role="status">
        ${loud ? (word === 'failing' ? t.notSavedText : t.keptOffline) : nothing}
      </p>`
  }

  readonly #onConnection = (): void => {
    this.connected = navigator.onLine
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'watch-saving': WatchSaving
  }
}
