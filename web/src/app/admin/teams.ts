import { css, html, LitElement, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { dataTable } from '../ui/data-table'
import { Pages, type Page } from '../ui/pages'
import '../ui/search'
import { sortHeaders } from '../ui/sorting'
import { pathWith } from '../ui/path'
import { orderBy, text } from '../ui/filters'
import { hoursOf, NONE, percentOf } from './figures'
import { Filtered } from '../ui/filtered'
import '../ui/download'
import { paged } from '../ui/paged'
import '../ui/state'
import type { TeamRow } from './rows'
import { strings } from './strings'
import './tabs'

const COLUMNS = [
  'name',
  'members',
  'active',
  'completionRateOfStarted',
  'progress',
  'completedRequired',
  'lastActivity',
  'watchTimeSeconds',
]
const CHOICES = { q: text, sort: orderBy('name', COLUMNS) }

/** All teams in figures, to compare them. */
@customElement('page-org-teams')
export class PageOrgTeams extends LitElement {
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

  private readonly local = new Localised(this, strings)
  private readonly filters = new Filtered(this, CHOICES, () => void this.pages.reset())
  private readonly pages = new Pages<TeamRow>(this, (cursor) => this.#load(cursor))

  override connectedCallback(): void {
    super.connectedCallback()
    void this.pages.reset()
  }

  override render() {
    const { t, lang } = this.local
    const { q, sort } = this.filters.chosen
    this.services.title(t.teams)
    return html`<admin-tabs current="teams"></admin-tabs>
      <div class="page-head">
        <h1>${t.teams}</h1>
        <ui-download
          .api=${this.services.api}
          .path=${pathWith('/api/org/teams', { q, sort, format: 'csv' })}
        ></ui-download>
      </div>
      <div class="filters">
        <ui-search
          class="grow"
          .label=${t.searchTeams}
          .value=${q}
          @ui-search=${({ detail }: CustomEvent<string>) => {
            this.filters.set({ q: detail })
          }}
        ></ui-search>
      </div>
      ${paged(
        this.pages,
        lang,
        (rows) => this.#table(rows),
        () => this.#empty(),
      )}`
  }

  #table(rows: readonly TeamRow[]): TemplateResult {
    const { t } = this.local
    const head = sortHeaders(this.filters.chosen.sort, (sort) => {
      this.filters.set({ sort })
    })
    return dataTable(
      t.teams,
      html` ${head(t.team, 'name', false)} ${head(t.members, 'members')} ${head(t.active30, 'active')}
      ${head(t.averageProgress, 'progress')} ${head(t.completionRate, 'completionRateOfStarted')}
      ${head(t.requiredDone, 'completedRequired')} ${head(t.watchHours, 'watchTimeSeconds')}
      ${head(t.lastActivity, 'lastActivity')}`,
      rows.map((row) => this.#row(row)),
    )
  }

  #empty(): TemplateResult {
    const { t } = this.local
    return this.filters.narrowedBy('q')
      ? html`<ui-state .icon=${'search'} .heading=${t.noMatches} .text=${t.noMatchesText}></ui-state>`
      : html`<ui-state .icon=${'team'} .heading=${t.noTeams} .text=${t.noTeamsText}></ui-state>`
  }

  #row(row: TeamRow): unknown {
    const { t, format } = this.local
    const last = row.lastActivity === null ? NONE : format.relative(row.lastActivity, new Date())
    return html`<tr>
      <th scope="row" class="title"><a href="/teams/${row.teamId}">${row.name}</a></th>
      <td class="number" data-label=${t.members}>${format.number(row.members)}</td>
      <td class="number" data-label=${t.active30}>${format.number(row.active)}</td>
      <td class="number" data-label=${t.averageProgress}>${percentOf(format, row.progress)}</td>
      <td class="number" data-label=${t.completionRate}>${percentOf(format, row.completionRateOfStarted)}</td>
      <td class="number" data-label=${t.requiredDone}>
        ${t.outOf(format.number(row.completedRequired), format.number(row.required))}
      </td>
      <td class="number" data-label=${t.watchHours}>${hoursOf(format, row.watchTimeSeconds)}</td>
      <td class="number" data-label=${t.lastActivity}>${last}</td>
    </tr>`
  }

  #load(cursor: string | null): Promise<Page<TeamRow>> {
    const { api } = this.services
    const { q, sort } = this.filters.chosen
    const query = { ...(q === '' ? {} : { q }), sort, cursor }
    return api.read(api.client.GET('/api/org/teams', { params: { query } }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-org-teams': PageOrgTeams
  }
}
