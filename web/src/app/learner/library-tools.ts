import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Localised } from '../../strings'
import { base } from '../ui/base'
import '../ui/search'
import { filters, kinds, orders, type Choice, type Filter } from './cards'
import { libraryStyles } from './library-styles'
import { strings } from './strings'
import { typeName } from './types'

const FILTER_WORDS = {
  all: 'filterAll',
  required: 'filterRequired',
  in_progress: 'filterInProgress',
  completed: 'filterCompleted',
  not_started: 'filterNotStarted',
} as const
const ORDER_WORDS = { suggested: 'orderSuggested', title: 'orderTitle', recent: 'orderRecent' } as const

/** The library's search, filters and order. `library-choice` (detail: the `Choice`) when another is made. */
@customElement('library-tools')
export class LibraryTools extends LitElement {
  static override styles = [base, libraryStyles]

  @property({ attribute: false }) choice!: Choice
  @property({ attribute: false }) counts!: Readonly<Record<Filter, number>>

  private readonly local = new Localised(this, strings)

  override render() {
    const { t } = this.local
    const { choice } = this
    return html`<div class="tools">
      <div class="filters">
        <ui-search
          class="grow"
          .label=${t.searchTitles}
          .value=${choice.search}
          @ui-search=${this.#onSearch}
        ></ui-search>
        <div class="selects">
          <label class="field">
            <span class="visually-hidden">${t.type}</span>
            <select @change=${this.#onKind}>
              <option value="" ?selected=${choice.kind === null}>${t.typeAll}</option>
              ${kinds.map(
                (each) =>
                  html`<option value=${each} ?selected=${each === choice.kind}>${typeName(each, t)}</option>`,
              )}
            </select>
          </label>
          <label class="field">
            <span class="visually-hidden">${t.order}</span>
            <select @change=${this.#onOrder}>
              ${orders.map(
                (each) =>
                  html`<option value=${each} ?selected=${each === choice.order}>
                    ${t[ORDER_WORDS[each]]}
                  </option>`,
              )}
            </select>
          </label>
        </div>
      </div>
      <div class="chips" role="group" aria-label=${t.show}>${filters.map((each) => this.#chip(each))}</div>
    </div>`
  }

  #chip(filter: Filter): unknown {
    const { t, format } = this.local
    return html`<button
      class="chip"
      aria-pressed=${filter === this.choice.filter}
      @click=${() => {
        this.#choose({ filter })
      }}
    >
      ${t[FILTER_WORDS[filter]]} <span class="count">${format.number(this.counts[filter])}</span>
    </button>`
  }

  #choose(part: Partial<Choice>): void {
    this.dispatchEvent(new CustomEvent('library-choice', { detail: { ...this.choice, ...part } }))
  }

  readonly #onSearch = (event: CustomEvent<string>): void => {
    this.#choose({ search: event.detail })
  }

  readonly #onKind = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement
    this.#choose({ kind: kinds.find((each) => each === value) ?? null })
  }

  readonly #onOrder = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement
    this.#choose({ order: orders.find((each) => each === value) ?? 'suggested' })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'library-tools': LibraryTools
  }
}
