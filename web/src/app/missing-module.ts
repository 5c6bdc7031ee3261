import { html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { Localised } from '../strings'
import { explainMissing, type MissingModule } from './release'
import type { Services } from './services'
import { strings } from './strings'
import './ui/state'

/** What is shown for a page whose module could not be loaded. */
@customElement('missing-module')
export class MissingModulePage extends LitElement {
  @property({ attribute: false }) services!: Services
  /** Load it once more. */
  @property({ attribute: false }) retry!: () => void
  /** Whether that was tried before: some browsers keep a module's failure until the page is reloaded. */
  @property({ type: Boolean }) retried = false

  /** Null until that is known. */
  @state() private why: MissingModule | null = null

  private readonly local = new Localised(this, strings)

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('online', this.#onRetry)
    void this.#explain()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('online', this.#onRetry)
  }

  override willUpdate(): void {
    if (this.why !== null) this.services.title(this.local.t[`${this.why}Title`])
  }

  override render() {
    const { why } = this
    const { t } = this.local
    if (why === null) return nothing
    return html`<ui-state
      whole
      failed
      .icon=${why === 'offline' ? 'offline' : 'alert'}
      .heading=${t[`${why}Title`]}
      .text=${t[`${why}Text`]}
      .retry=${this.#onRetry}
    ></ui-state>`
  }

  async #explain(): Promise<void> {
    this.why = await explainMissing(window, this.services.playhead)
  }

  readonly #onRetry = (): void => {
    if (this.why === 'released' || (this.why === 'broken' && this.retried)) location.reload()
    else this.retry()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'missing-module': MissingModulePage
  }
}
