import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Api } from '../../api/client'
import { Localised } from '../../strings'
import { base } from '../ui/base'
import { dataTable } from '../ui/data-table'
import '../ui/download'
import { paged } from '../ui/paged'
import { Pages, type Page } from '../ui/pages'
import { sortHeader } from '../ui/sorting'
import '../ui/state'
import { pathWith } from '../ui/path'
import { oneOf, orderBy } from '../ui/filters'
import { itemProgress } from './cells'
import { Filtered } from '../ui/filtered'
import { strings } from './strings'
import { managerStyles } from './styles'
import type { RequiredRow } from './types'

const STATUSES = ['not_started', 'in_progress', 'completed'] as const
const CHOICES = {
  status: oneOf('', ...STATUSES),
  overdue: oneOf('', 'true'),
  sort: orderBy('dueAt', ['title', 'dueAt', 'progress', 'completedAt']),
}

/** What is required of a person, and how far they are. */
@customElement('person-required')
export class PersonRequired extends LitElement {
  static override styles = [base, managerStyles]

  @property({ attribute: false }) api!: Api
  @property({ attribute: false }) userId = ''

  private readonly local = new Localised(this, strings)
  private readonly filters = new Filtered(this, CHOICES, () => void this.required.reset())
  private readonly required = new Pages<RequiredRow>(
    this,
    (cursor) => this.#load(cursor),
    () => {
      void this.required.refresh((_, fresh) => fresh)
      this.dispatchEvent(new CustomEvent('figures-followed', { bubbles: true, composed: true }))
    },
  )

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('userId')) void this.required.reset()
  }

  override render() {
    const { t, lang } = this.local
    const path = pathWith(`/api/people/${this.userId}/assignments`, { ...this.filters.chosen, format: 'csv' })
    return html`<section>
      <div class="section-head">
        <h2 id="heading">${t.requiredItems}</h2>
        <div class="row">${this.#filters()} <ui-download .api=${this.api} .path=${path}></ui-download></div>
      </div>
      ${paged(
        this.required,
        lang,
        (rows) => this.#table(rows),
        () => this.#empty(),
      )}
    </section>`
  }

  #filters(): TemplateResult {
    const { t } = this.local
    const { status, overdue } = this.filters.chosen
    const names = {
      '': t.anyStatus,
      not_started: t.notStarted,
      in_progress: t.inProgress,
      completed: t.completed,
    }
    return html`<label class="field">
        <span class="visually-hidden">${t.status}</span>
        <select .value=${status} @change=${this.#onStatus}>
          ${(['', ...STATUSES] as const).map(
            (each) => html`<option value=${each} ?selected=${each === status}>${names[each]}</option>`,
          )}
        </select>
      </label>
      <label class="check">
        <input type="checkbox" .checked=${overdue === 'true'} @change=${this.#onOverdue} /> ${t.onlyOverdue}
      </label>`
  }

  #table(rows: readonly RequiredRow[]): TemplateResult {
    const { t } = this.local
    const { sort } = this.filters.chosen
    return dataTable(
      t.requiredItems,
      html` ${sortHeader(t.item, 'title', sort, this.#onSort)}
      ${sortHeader(t.due, 'dueAt', sort, this.#onSort)}
      ${sortHeader(t.progress, 'progress', sort, this.#onSort, true)}
      ${sortHeader(t.completedOn, 'completedAt', sort, this.#onSort)}`,
      rows.map((row) => this.#row(row)),
    )
  }

  #row(row: RequiredRow): TemplateResult {
    const { t, format } = this.local
    return html`<tr>
      <th scope="row"><a href="/people/${this.userId}/items/${row.contentId}">${row.title}</a></th>
      <td data-label=${t.due}>
        <span class="row" style="--gap: 4px 8px">
          ${row.dueAt === null ? html`<span class="muted">${t.noDate}</span>` : format.date(row.dueAt)}
          ${row.overdue ? html`<span class="badge danger">${t.overdue}</span>` : ''}
        </span>
      </td>
      <td data-label=${t.progress}>${itemProgress(row.progress, row.status, row.title)}</td>
      <td data-label=${t.completedOn}>${row.completedAt === null ? '–' : format.date(row.completedAt)}</td>
    </tr>`
  }

  #empty(): TemplateResult {
    const { t } = this.local
    return this.filters.narrowedBy('status', 'overdue')
      ? html`<ui-state .icon=${'search'} .heading=${t.noRequiredFound} .text=${t.noMatchText}></ui-state>`
      : html`<ui-state .icon=${'check'} .heading=${t.noRequired} .text=${t.noRequiredText}></ui-state>`
  }

  readonly #onStatus = (event: Event): void => {
    this.filters.set({ status: (event.target as HTMLSelectElement).value })
  }

  readonly #onOverdue = (event: Event): void => {
    this.filters.set({ overdue: (event.target as HTMLInputElement).checked ? 'true' : '' })
  }

  readonly #onSort = (sort: string): void => {
    this.filters.set({ sort })
  }

  #load(cursor: string | null): Promise<Page<RequiredRow>> {
    const { status, overdue, sort } = this.filters.chosen
    const query = {
      status: STATUSES.find((each) => each === status) ?? null,
      overdue: overdue === '' ? null : true,
      sort,
      cursor,
    }
    const params = { path: { userId: this.userId }, query }
    return this.api.read(this.api.client.GET('/api/people/{userId}/assignments', { params }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'person-required': PersonRequired
  }
  interface HTMLElementEventMap {
    /** Figures that were behind a change have been loaded again. */
    'figures-followed': CustomEvent<null>
  }
}
