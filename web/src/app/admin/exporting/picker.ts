import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Api } from '../../../api/client'
import { Localised } from '../../../strings'
import { base } from '../../ui/base'
import { messageOf } from '../../ui/failed'
import '../../ui/search'
import { Latest } from '../../ui/latest'
import { strings } from '../strings'
import type { Subject } from './reports'

export interface Picked {
  readonly id: string
  readonly name: string
}

/** Results shown; the search narrows them. */
const SHOWN = 50

/** Chooses a team, a person or an item, by a search. `export-picked` has it as its detail, or null. */
@customElement('export-picker')
export class ExportPicker extends LitElement {
  static override styles = [
    base,
    css`
      .both {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(200px, 100%), 1fr));
        gap: 8px;
      }
      .failed {
        color: var(--playhead-danger);
      }
    `,
  ]

  @property({ attribute: false }) api!: Api
  @property() subject: Subject = 'team'

  private readonly local = new Localised(this, strings)
  private readonly found = new Latest<readonly Picked[]>(this, () => this.#find())
  #search = ''

  override connectedCallback(): void {
    super.connectedCallback()
    void this.found.refresh()
  }

  override render() {
    const { t } = this.local
    const { value = [], failure } = this.found
    return html`<div class="both">
        <ui-search .label=${t.searchOf(this.subject)} @ui-search=${this.#onSearch}></ui-search>
        <div class="field">
          <select aria-label=${t.choose(this.subject)} @change=${this.#onChoice}>
            <option value="">${t.choose(this.subject)}</option>
            ${value.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
          </select>
        </div>
      </div>
      ${failure === null ? nothing : html`<p class="small failed" role="alert">${messageOf(failure)}</p>`}`
  }

  readonly #onSearch = ({ detail }: CustomEvent<string>): void => {
    this.#search = detail
    this.#say(null)
    void this.found.replace()
  }

  readonly #onChoice = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement
    this.#say(this.found.value?.find(({ id }) => id === value) ?? null)
  }

  #say(picked: Picked | null): void {
    this.dispatchEvent(new CustomEvent('export-picked', { detail: picked }))
  }

  async #find(): Promise<readonly Picked[]> {
    const { client } = this.api
    const { t } = this.local
    const query = { ...(this.#search === '' ? {} : { q: this.#search }), limit: SHOWN }
    const params = { query }
    switch (this.subject) {
      case 'team': {
        const { items } = await this.api.read(client.GET('/api/org/teams', { params }))
        return items.map(({ teamId, name }) => ({ id: teamId, name }))
      }
      case 'item': {
        const { items } = await this.api.read(client.GET('/api/org/content', { params }))
        return items.map(({ contentId, title }) => ({ id: contentId, name: title ?? t.untitled(contentId) }))
      }
      case 'person': {
        const { items } = await this.api.read(client.GET('/api/people', { params }))
        return items.map(({ userId, name }) => ({ id: userId, name: name ?? t.unnamed(userId) }))
      }
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'export-picker': ExportPicker
  }
}
