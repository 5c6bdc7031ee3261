import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { dataTable } from '../ui/data-table'
import { Pages, type Page } from '../ui/pages'
import '../ui/search'
import { sortHeaders } from '../ui/sorting'
import { pathWith } from '../ui/path'
import { count, oneOf, orderBy, text } from '../ui/filters'
import { percentOf, spanOf } from './figures'
import { Filtered } from '../ui/filtered'
import '../ui/download'
import { paged } from '../ui/paged'
import '../ui/state'
import type { ItemRow } from './rows'
import { strings } from './strings'
import { itemStrings } from './strings/item'
import './tabs'

const COLUMNS = [
  'title',
  'type',
  'assigned',
  'completionRateOfAssigned',
  'notStarted',
  'started',
  'completedOfStarted',
  'completionRateOfStarted',
  'coverageOfStarted',
]
const CHOICES = {
  q: text,
  type: oneOf('', 'video', 'document', 'course'),
  archived: oneOf('false', 'true', 'all'),
  minStarted: count,
  sort: orderBy('-started', COLUMNS),
}
const FORMATS = ['csv', 'xlsx', 'parquet'] as const

/** All items: how many people started and completed them, and how long that took. */
@customElement('page-items')
export class PageItems extends LitElement {
  static override styles = [
    base,
    css`
      th a {
        font-weight: 580;
      }
      .title {
        min-width: 14rem;
        overflow-wrap: anywhere;
      }
    `,
  ]

  @property({ attribute: false }) services!: Services

  private readonly local = new Localised(this, strings)
  private readonly words = new Localised(this, itemStrings)
  private readonly filters = new Filtered(this, CHOICES, () => void this.pages.reset())
  private readonly pages = new Pages<ItemRow>(this, (cursor) => this.#load(cursor))

  override connectedCallback(): void {
    super.connectedCallback()
    void this.pages.reset()
  }

  override render() {
    const { t, lang } = this.local
    this.services.title(t.items)
    return html`<admin-tabs current="items"></admin-tabs>
      <div class="page-head">
        <h1>${t.items}</h1>
        <div class="row">${FORMATS.map((format) => this.#download(format))}</div>
      </div>
      ${this.#filters()}
      ${paged(
        this.pages,
        lang,
        (rows) => this.#table(rows),
        () => this.#empty(),
      )}`
  }

  #filters(): unknown {
    const { t } = this.local
    const { chosen } = this.filters
    return html`<div class="filters">
      <ui-search
        class="grow"
        .label=${t.searchItems}
        .value=${chosen.q}
        @ui-search=${({ detail }: CustomEvent<string>) => {
          this.filters.set({ q: detail })
        }}
      ></ui-search>
      ${this.#select(t.type, 'type', [
        ['', t.allTypes],
        ['video', t.typeOf('video')],
        ['document', t.typeOf('document')],
        ['course', t.typeOf('course')],
      ])}
      ${this.#select(t.archived, 'archived', [
        ['false', t.notArchived],
        ['true', t.onlyArchived],
        ['all', t.alsoArchived],
      ])}
      <label class="field"
        >${t.minStarted}
        <input
          type="number"
          min="0"
          max="2147483647"
          step="1"
          inputmode="numeric"
          .value=${chosen.minStarted}
          @change=${(event: Event) => {
            this.filters.set({ minStarted: (event.target as HTMLInputElement).value })
          }}
        />
      </label>
    </div>`
  }

  #select(label: string, name: 'type' | 'archived', values: readonly (readonly [string, string])[]): unknown {
    return html`<label class="field"
      >${label}
      <select
        @change=${(event: Event) => {
          this.filters.set({ [name]: (event.target as HTMLSelectElement).value })
        }}
      >
        ${values.map(
          ([value, shown]) =>
            html`<option value=${value} ?selected=${this.filters.chosen[name] === value}>${shown}</option>`,
        )}
      </select>
    </label>`
  }

  #table(rows: readonly ItemRow[]): TemplateResult {
    const w = this.words.t
    const { t } = this.local
    const head = sortHeaders(this.filters.chosen.sort, (sort) => {
      this.filters.set({ sort })
    })
    return dataTable(
      t.items,
      html` ${head(t.item, 'title', false)} ${head(t.type, 'type', false)} ${head(w.assigned, 'assigned')}
        ${head(w.rateOfAssigned, 'completionRateOfAssigned')} ${head(w.notBegun, 'notStarted')}
        ${head(t.started, 'started')} ${head(t.completed, 'completedOfStarted')}
        ${head(w.rateOfStarted, 'completionRateOfStarted')} ${head(t.averageCoverage, 'coverageOfStarted')}
        <th scope="col" class="number">${t.medianTime}</th>`,
      rows.map((row) => this.#row(row)),
    )
  }

  #empty(): TemplateResult {
    const { t } = this.local
    return this.filters.narrowedBy('q', 'type', 'archived', 'minStarted')
      ? html`<ui-state .icon=${'search'} .heading=${t.noMatches} .text=${t.noMatchesText}></ui-state>`
      : html`<ui-state .icon=${'library'} .heading=${t.noItems} .text=${t.noItemsText}></ui-state>`
  }

  #row(row: ItemRow): unknown {
    const w = this.words.t
    const { t, format } = this.local
    const to = (filters: Record<string, string>, figure: number): TemplateResult => {
      const href = pathWith(`/organisation/items/${row.contentId}`, filters)
      return html`<a href=${href}>${format.number(figure)}</a>`
    }
    return html`<tr>
      <th scope="row" class="title">
        <a href="/organisation/items/${row.contentId}">${row.title ?? t.untitled(row.contentId)}</a>
        ${row.archived ? html`<span class="badge">${t.archived}</span>` : nothing}
      </th>
      <td data-label=${t.type}>${row.type === null ? nothing : t.typeOf(row.type)}</td>
      <td class="number" data-label=${w.assigned}>${to({ who: 'assigned' }, row.assigned)}</td>
      <td class="number" data-label=${w.rateOfAssigned}>
        ${percentOf(format, row.completionRateOfAssigned)}
      </td>
      <td class="number" data-label=${w.notBegun}>${to({ who: 'notStarted' }, row.notStarted)}</td>
      <td class="number" data-label=${t.started}>${to({ who: 'started' }, row.started)}</td>
      <td class="number" data-label=${t.completed}>${format.number(row.completedOfStarted)}</td>
      <td class="number" data-label=${w.rateOfStarted}>${percentOf(format, row.completionRateOfStarted)}</td>
      <td class="number" data-label=${t.averageCoverage}>${percentOf(format, row.coverageOfStarted)}</td>
      <td class="number" data-label=${t.medianTime}>${spanOf(format, row.medianTimeToCompleteSeconds)}</td>
    </tr>`
  }

  #download(format: (typeof FORMATS)[number]): unknown {
    return html`<ui-download
      .api=${this.services.api}
      .path=${pathWith('/api/org/content', { ...this.#query(), format })}
      .format=${format === 'parquet' ? 'Parquet' : format.toUpperCase()}
    ></ui-download>`
  }

  #query() {
    const { q, type, archived, minStarted, sort } = this.filters.chosen
    return {
      ...(q === '' ? {} : { q }),
      ...(type === '' ? {} : { type: type as 'video' | 'document' | 'course' }),
      ...(archived === 'all' ? {} : { archived: archived === 'true' }),
      ...(minStarted === '' ? {} : { minStarted: Number(minStarted) }),
      sort,
    }
  }

  #load(cursor: string | null): Promise<Page<ItemRow>> {
    const { api } = this.services
    const query = { ...this.#query(), cursor }
    return api.read(api.client.GET('/api/org/content', { params: { query } }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-items': PageItems
  }
}
