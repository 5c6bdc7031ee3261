import { css, html, LitElement, type PropertyValues } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Localised } from '../../../strings'
import { rememberSpeed, speed } from '../../preferences'
import { base } from '../../ui/base'
import { strings } from '../strings'

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]

/** How fast a media element plays: as the last one in this browser did, until it is changed here or in the player. */
@customElement('watch-speed')
export class WatchSpeed extends LitElement {
  static override styles = [
    base,
    css`
      label {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        font-size: 0.875rem;
        font-weight: 540;
      }
      select {
        min-height: 40px;
        padding: 0 8px;
        border: 1px solid var(--playhead-border-strong);
        border-radius: var(--playhead-radius);
        background: var(--playhead-surface);
        color: var(--playhead-text);
        font: inherit;
        font-weight: 400;
      }
    `,
  ]

  @property({ attribute: false }) media: HTMLMediaElement | null = null

  private readonly local = new Localised(this, strings)

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('media')) return
    changed.get('media')?.removeEventListener('ratechange', this.#onRate)
    if (this.media === null) return
    this.#set(speed())
    this.media.addEventListener('ratechange', this.#onRate)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.media?.removeEventListener('ratechange', this.#onRate)
  }

  override render() {
    const { t, format } = this.local
    const rate = this.media?.playbackRate ?? 1
    const rates = SPEEDS.includes(rate) ? SPEEDS : [...SPEEDS, rate].sort((a, b) => a - b)
    return html`<label>
      ${t.speed}
      <select .value=${String(rate)} @change=${this.#onChosen}>
        ${rates.map(
          (each) =>
            html`<option value=${each} ?selected=${each === rate}>
              ${format.number(each, { maximumFractionDigits: 2 })}×
            </option>`,
        )}
      </select>
    </label>`
  }

  #set(rate: number): void {
    if (this.media === null) return
    this.media.defaultPlaybackRate = rate // what a reload of the file falls back to
    this.media.playbackRate = rate
  }

  readonly #onChosen = (event: Event): void => {
    this.#set(Number((event.target as HTMLSelectElement).value))
  }

  readonly #onRate = (): void => {
    if (this.media !== null) rememberSpeed(this.media.playbackRate)
    this.requestUpdate()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'watch-speed': WatchSpeed
  }
}
