import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { dataTable } from '../ui/data-table'
import '../ui/download'
import { moment } from '../ui/moment'
import { paged } from '../ui/paged'
import { Pages } from '../ui/pages'
import '../ui/search'
import { sortHeader } from '../ui/sorting'
import '../ui/state'
import { pathWith } from '../ui/path'
import { orderBy, text } from '../ui/filters'
import { share } from './cells'
import { Filtered } from '../ui/filtered'
import { strings } from './strings'
import { managerStyles } from './styles'
import type { PersonRow } from './types'

const COLUMNS = ['name', 'items', 'completedItems', 'progress', 'watchTimeSeconds', 'lastActive']
const CHOICES = { q: text, sort: orderBy('name', COLUMNS) }

/** Everybody whose progress one may see. */
@customElement('page-people')
export class PagePeople extends LitElement {
  static override styles = [base, managerStyles]

  @property({ attribute: false }) services!: Services

  private readonly local = new Localised(this, strings)
  private readonly filters = new Filtered(this, CHOICES, () => void this.people.reset())
  private readonly people = new Pages<PersonRow>(this, (cursor) => {
    const { q, sort } = this.filters.chosen
    const { api } = this.services
    return api.read(
      api.client.GET('/api/people', { params: { query: { q: q === '' ? null : q, sort, cursor } } }),
    )
  })

  override connectedCallback(): void {
    super.connectedCallback()
    void this.people.reset()
  }

  override render() {
    const { t, lang } = this.local
    this.services.title(t.peopleTitle)
    return html`<header class="page-head">
        <div class="stack" style="--gap: 4px">
          <h1>${t.peopleTitle}</h1>
          <p class="muted">${t.peopleText}</p>
        </div>
      </header>
      <div class="filters">
        <ui-search
          class="grow"
          .label=${t.searchMembers}
          .value=${this.filters.chosen.q}
          @ui-search=${this.#onSearch}
        ></ui-search>
        <ui-download
          .api=${this.services.api}
          .path=${pathWith('/api/people', { ...this.filters.chosen, format: 'csv' })}
        >
        </ui-download>
      </div>
      ${paged(
        this.people,
        lang,
        (rows) => this.#table(rows),
        () => this.#empty(),
      )}`
  }

  #table(rows: readonly PersonRow[]): TemplateResult {
    const { t } = this.local
    const { sort } = this.filters.chosen
    return dataTable(
      t.peopleTitle,
      html` ${sortHeader(t.name, 'name', sort, this.#onSort)}
        <th scope="col">${t.teamsOf}</th>
        ${sortHeader(t.averageOpened, 'progress', sort, this.#onSort, true)}
        ${sortHeader(t.opened, 'items', sort, this.#onSort, true)}
        ${sortHeader(t.completedItems, 'completedItems', sort, this.#onSort, true)}
        ${sortHeader(t.lastActive, 'lastActive', sort, this.#onSort, true)}
        ${sortHeader(t.watchTime, 'watchTimeSeconds', sort, this.#onSort, true)}`,
      rows.map((row) => this.#row(row)),
    )
  }

  #row(row: PersonRow): TemplateResult {
    const { t, format } = this.local
    const name = row.name ?? t.unnamed
    return html`<tr>
      <th scope="row">
        <a href="/people/${row.userId}">${name}</a>
        ${row.email === null ? nothing : html`<span class="small muted">${row.email}</span>`}
      </th>
      <td data-label=${t.teamsOf}>${row.teams.length === 0 ? '–' : format.list(row.teams)}</td>
      <td data-label=${t.averageOpened}>${share(row.progress, format, t.progressOf(name))}</td>
      <td class="number" data-label=${t.opened}>${format.number(row.items)}</td>
      <td class="number" data-label=${t.completedItems}>${format.number(row.completedItems)}</td>
      <td class="number" data-label=${t.lastActive}>
        ${moment(format, row.lastActive, new Date(), t.never)}
      </td>
      <td class="number" data-label=${t.watchTime}>${format.shortDuration(row.watchTimeSeconds)}</td>
    </tr>`
  }

  #empty(): TemplateResult {
    const { t } = this.local
    return this.filters.narrowedBy('q')
      ? html`<ui-state .icon=${'search'} .heading=${t.noMemberFound} .text=${t.noMatchText}></ui-state>`
      : html`<ui-state .icon=${'person'} .heading=${t.noPeople} .text=${t.noPeopleText}></ui-state>`
  }

  readonly #onSearch = (event: CustomEvent<string>): void => {
    this.filters.set({ q: event.detail })
  }

  readonly #onSort = (sort: string): void => {
    this.filters.set({ sort })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-people': PagePeople
  }
}
