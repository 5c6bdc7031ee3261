import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Status } from '../../api/types'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { dataTable } from '../ui/data-table'
import { Pages, type Page } from '../ui/pages'
import '../ui/search'
import { sortHeaders } from '../ui/sorting'
import { pathWith } from '../ui/path'
import { oneOf, orderBy, text } from '../ui/filters'
import { NONE, percentOf, spanOf } from './figures'
import { Filtered } from '../ui/filtered'
import '../ui/download'
import { paged } from '../ui/paged'
import '../ui/state'
import type { PersonRow } from './rows'
import { strings } from './strings'
import { itemStrings } from './strings/item'

const COLUMNS = ['name', 'status', 'progress', 'coverage', 'lastViewed', 'timeToCompleteSeconds', 'sessions']
const STATUSES = ['not_started', 'in_progress', 'completed'] as const
/** Which people, as the figures of the item count them, and the API's filters for them. */
const WHO = {
  '': {},
  assigned: { required: true },
  notStarted: { required: true, started: false },
  started: { started: true, former: false },
  former: { former: true },
} as const
type Who = keyof typeof WHO
const CHOICES = {
  q: text,
  who: oneOf('', 'assigned', 'notStarted', 'started', 'former'),
  status: oneOf('', ...STATUSES),
  sort: orderBy('-lastViewed', COLUMNS),
}
const BADGES: Readonly<Record<string, string>> = { completed: 'success', in_progress: 'accent' }

/** The people who opened an item or of whom it is required, and their progress. */
@customElement('item-people')
export class ItemPeople extends LitElement {
  static override styles = [
    base,
    css`
      .title {
        min-width: 12rem;
        overflow-wrap: anywhere;
      }
    `,
  ]

  @property({ attribute: false }) services!: Services
  @property({ attribute: false }) contentId = ''

  private readonly local = new Localised(this, strings)
  private readonly words = new Localised(this, itemStrings)
  private readonly filters = new Filtered(this, CHOICES, () => void this.pages.reset())
  private readonly pages = new Pages<PersonRow>(this, (cursor) => this.#load(cursor))

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('contentId')) void this.pages.reset()
  }

  override render() {
    const w = this.words.t
    const { t, lang } = this.local
    const { q, who, status, sort } = this.filters.chosen
    const people: Record<Who, string> = {
      '': w.anyWho,
      assigned: w.ofAssigned,
      notStarted: w.notBegunMore,
      started: w.ofStarted,
      former: w.onlyFormer,
    }
    return html`<section class="stack">
      <div class="row spread">
        <h2>${t.peopleOfItem}</h2>
        <ui-download
          .api=${this.services.api}
          .path=${pathWith(`/api/org/content/${this.contentId}/people`, { q, ...WHO[who as Who], status, sort, format: 'csv' })}
        ></ui-download>
      </div>
      <div class="filters">
        <ui-search
          class="grow"
          .label=${t.searchPeople}
          .value=${q}
          @ui-search=${({ detail }: CustomEvent<string>) => {
            this.filters.set({ q: detail })
          }}
        ></ui-search>
        <label class="field"
          >${w.who}
          <select
            @change=${(event: Event) => {
              this.filters.set({ who: (event.target as HTMLSelectElement).value })
            }}
          >
            ${Object.entries(people).map(
              ([value, shown]) => html`<option value=${value} ?selected=${value === who}>${shown}</option>`,
            )}
          </select>
        </label>
        <label class="field"
          >${t.status}
          <select
            @change=${(event: Event) => {
              this.filters.set({ status: (event.target as HTMLSelectElement).value })
            }}
          >
            <option value="" ?selected=${status === ''}>${t.allStatuses}</option>
            ${STATUSES.map(
              (each) => html`<option value=${each} ?selected=${status === each}>${t.statusOf(each)}</option>`,
            )}
          </select>
        </label>
      </div>
      ${paged(
        this.pages,
        lang,
        (rows) => this.#table(rows),
        () => this.#empty(),
      )}
    </section>`
  }

  #table(rows: readonly PersonRow[]): TemplateResult {
    const { t } = this.local
    const head = sortHeaders(this.filters.chosen.sort, (sort) => {
      this.filters.set({ sort })
    })
    return dataTable(
      t.peopleOfItem,
      html` ${head(t.person, 'name', false)} ${head(t.status, 'status', false)}
      ${head(t.progress, 'progress')} ${head(t.coverage, 'coverage')} ${head(t.sessions, 'sessions')}
      ${head(t.timeToComplete, 'timeToCompleteSeconds')} ${head(t.lastViewed, 'lastViewed')}`,
      rows.map((row) => this.#row(row)),
    )
  }

  #empty(): TemplateResult {
    const { t } = this.local
    return this.filters.narrowedBy('q', 'who', 'status')
      ? html`<ui-state .icon=${'search'} .heading=${t.noMatches} .text=${t.noMatchesText}></ui-state>`
      : html`<ui-state .icon=${'person'} .heading=${t.notOpened} .text=${t.notOpenedText}></ui-state>`
  }

  #row(row: PersonRow): unknown {
    const w = this.words.t
    const { t, format } = this.local
    const last = row.lastViewed === null ? NONE : format.relative(row.lastViewed, new Date())
    return html`<tr>
      <th scope="row" class="title">
        <a href="/people/${row.userId}/items/${this.contentId}">${row.name ?? t.unnamed(row.userId)}</a>
        ${row.required ? html`<span class="badge">${w.required}</span>` : nothing}
        ${row.former ? html`<span class="badge">${w.former}</span>` : nothing}
      </th>
      <td data-label=${t.status}>
        <span class="badge ${BADGES[row.status] ?? ''}">${t.statusOf(row.status)}</span>
        ${row.evidence === null || row.evidence === 'watched' || row.status === 'not_started' ? nothing : html`<span class="badge">${t.evidenceOf(row.evidence)}</span>`}
      </td>
      <td class="number" data-label=${t.progress}>${format.percent(row.progress)}</td>
      <td class="number" data-label=${t.coverage}>${percentOf(format, row.coverage)}</td>
      <td class="number" data-label=${t.sessions}>${format.number(row.sessions)}</td>
      <td class="number" data-label=${t.timeToComplete}>${spanOf(format, row.timeToCompleteSeconds)}</td>
      <td class="number" data-label=${t.lastViewed}>${last}</td>
    </tr>`
  }

  #load(cursor: string | null): Promise<Page<PersonRow>> {
    const { api } = this.services
    const { q, who, status, sort } = this.filters.chosen
    const params = {
      path: { contentId: this.contentId },
      query: {
        ...(q === '' ? {} : { q }),
        ...WHO[who as Who],
        ...(status === '' ? {} : { status: status as Status }),
        sort,
        cursor,
      },
    }
    return api.read(api.client.GET('/api/org/content/{contentId}/people', { params }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'item-people': ItemPeople
  }
}
