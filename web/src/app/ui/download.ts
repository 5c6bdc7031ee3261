import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Api } from '../../api/client'
import { download, save } from '../../api/download'
import { Localised } from '../../strings'
import { strings } from '../strings'
import { base } from './base'
import { messageOf } from './failed'
import { icon } from './icon'

/** A button that downloads the file at `path`, shows how much has come, and can be stopped. */
@customElement('ui-download')
export class UiDownload extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
      }
      .failed {
        color: var(--playhead-danger);
        font-size: 0.875rem;
      }
    `,
  ]

  @property({ attribute: false }) api!: Api
  @property() path = ''
  /** What kind of file, as its button says it: `CSV`. */
  @property() format = 'CSV'

  @state() private received: number | null = null
  @state() private failure: string | null = null

  private readonly local = new Localised(this, strings)
  #running: AbortController | null = null

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#running?.abort()
  }

  override render() {
    const { t } = this.local
    return html`${
        this.received === null
          ? html`<button class="button" @click=${() => void this.#start()}>
              ${icon('download')} ${t.download(this.format)}
            </button>`
          : html`<button class="button" @click=${() => this.#running?.abort()}>
              ${icon('close')} ${t.cancel}
            </button>`
      }
      <span class="small muted" role="status"
        >${this.received === null ? nothing : t.downloading(this.#size(this.received))}</span
      >
      ${this.failure === null ? nothing : html`<span class="failed" role="alert">${t.downloadFailed(this.failure)}</span>`}`
  }

  async #start(): Promise<void> {
    this.#running = new AbortController()
    this.received = 0
    this.failure = null
    try {
      const progress = ({ received }: { received: number }): void => {
        this.received = received
      }
      save(await download(this.api, this.path, progress, this.#running.signal))
    } catch (reason) {
      if (!this.#running.signal.aborted) this.failure = messageOf(reason)
    }
    this.received = null
  }

  #size(bytes: number): string {
    const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kilobyte'] : [bytes / 1e6, 'megabyte']
    return this.local.format.number(value, { style: 'unit', unit, maximumFractionDigits: 1 })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ui-download': UiDownload
  }
}
