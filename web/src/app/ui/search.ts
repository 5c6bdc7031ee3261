import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Localised } from '../../strings'
import { strings } from '../strings'
import { base } from './base'
import { icon } from './icon'

/** Long enough for the next letter, short enough to feel at once. */
const TYPING_MILLISECONDS = 250

/** A search field. `ui-search` (detail: the text) comes once typing pauses, or at once with Enter. */
@customElement('ui-search')
export class UiSearch extends LitElement {
  static override styles = [
    base,
    css`
      label {
        position: relative;
        display: block;
      }
      .icon {
        position: absolute;
        inset-block: 10px;
        inset-inline-start: 12px;
        color: var(--playhead-muted);
        pointer-events: none;
      }
      input {
        width: 100%;
        min-height: 40px;
        padding-inline: 40px 12px;
        border: 1px solid var(--playhead-border-strong);
        border-radius: var(--playhead-radius);
        background: var(--playhead-surface);
        color: var(--playhead-text);
        font: inherit;
        font-size: 0.9375rem;
      }
      ::placeholder {
        color: var(--playhead-muted);
        opacity: 1;
      }
    `,
  ]

  @property() label = ''
  @property() value = ''

  private readonly local = new Localised(this, strings)
  #typing: ReturnType<typeof setTimeout> | undefined

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#typing)
  }

  override render() {
    const label = this.label === '' ? this.local.t.search : this.label
    return html`<label>
      <span class="visually-hidden">${label}</span>
      ${icon('search')}
      <input
        type="search"
        .value=${this.value}
        placeholder=${label}
        @input=${this.#onInput}
        @search=${this.#say}
      />
    </label>`
  }

  readonly #onInput = (event: Event): void => {
    this.value = (event.target as HTMLInputElement).value
    clearTimeout(this.#typing)
    this.#typing = setTimeout(this.#say, TYPING_MILLISECONDS)
  }

  readonly #say = (): void => {
    clearTimeout(this.#typing)
    this.dispatchEvent(new CustomEvent('ui-search', { detail: this.value.trim() }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ui-search': UiSearch
  }
}
