import { html, LitElement, type TemplateResult } from 'lit'
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
import { supportBadge, share, shareOf } from './cells'
import { Filtered } from '../ui/filtered'
import { strings } from './strings'
import { managerStyles } from './styles'
import type { TeamRow } from './types'

const CHOICES = { q: text, sort: orderBy('name', ['name', 'members']) }

/** The teams that one manages, each in figures. */
@customElement('page-teams')
export class PageTeams extends LitElement {
  static override styles = [base, managerStyles]

  @property({ attribute: false }) services!: Services

  private readonly local = new Localised(this, strings)
  private readonly filters = new Filtered(this, CHOICES, () => void this.teams.reset())
  private readonly teams = new Pages<TeamRow>(this, (cursor) => {
    const { q, sort } = this.filters.chosen
    const { api } = this.services
    return api.read(
      api.client.GET('/api/teams', { params: { query: { q: q === '' ? null : q, sort, cursor } } }),
    )
  })

  override connectedCallback(): void {
    super.connectedCallback()
    void this.teams.reset()
  }

  override render() {
    const { t, lang } = this.local
    this.services.title(t.teams)
    return html`<header class="page-head">
        <div class="stack" style="--gap: 4px">
          <h1>${t.teams}</h1>
          <p class="muted">${t.teamsText}</p>
        </div>
      </header>
      <div class="filters">
        <ui-search
          class="grow"
          .label=${t.searchTeams}
          .value=${this.filters.chosen.q}
          @ui-search=${this.#onSearch}
        ></ui-search>
        <ui-download
          .api=${this.services.api}
          .path=${pathWith('/api/teams', { ...this.filters.chosen, format: 'csv' })}
        >
        </ui-download>
      </div>
      ${paged(
        this.teams,
        lang,
        (rows) => this.#table(rows),
        () => this.#empty(),
      )}`
  }

  #table(rows: readonly TeamRow[]): TemplateResult {
    const { t } = this.local
    const { sort } = this.filters.chosen
    return dataTable(
      t.teams,
      html` ${sortHeader(t.team, 'name', sort, this.#onSort)}
        ${sortHeader(t.members, 'members', sort, this.#onSort, true)}
        <th scope="col">${t.averageProgress}</th>
        <th scope="col" class="number">${t.medianProgress}</th>
        <th scope="col" class="number">${t.requiredDone}</th>
        <th scope="col" class="number">${t.withOverdue}</th>
        <th scope="col">${t.needsSupport}</th>
        <th scope="col">${t.lastActive}</th>`,
      rows.map((team) => this.#row(team)),
    )
  }

  #row(team: TeamRow): TemplateResult {
    const { t, format } = this.local
    return html`<tr>
      <th scope="row"><a href="/teams/${team.teamId}">${team.name}</a></th>
      <td class="number" data-label=${t.members}>${format.number(team.members)}</td>
      <td data-label=${t.averageProgress}>${share(team.progress, format, t.averageProgress)}</td>
      <td class="number" data-label=${t.medianProgress}>
        ${team.medianProgress === null ? '–' : format.percent(team.medianProgress)}
      </td>
      <td class="number" data-label=${t.requiredDone}>
        ${shareOf(team.completedRequired, team.required, format)}
      </td>
      <td class="number ${team.overdue > 0 ? 'late' : ''}" data-label=${t.withOverdue}>
        ${format.number(team.overdue)}
      </td>
      <td data-label=${t.needsSupport}>${supportBadge(team.needsSupport, t)}</td>
      <td data-label=${t.lastActive}>${moment(format, team.lastActivity, new Date(), t.never)}</td>
    </tr>`
  }

  #empty(): TemplateResult {
    const { t } = this.local
    return this.filters.narrowedBy('q')
      ? html`<ui-state .icon=${'search'} .heading=${t.noTeamFound} .text=${t.noMatchText}></ui-state>`
      : html`<ui-state .icon=${'team'} .heading=${t.noTeams} .text=${t.noTeamsText}></ui-state>`
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
    'page-teams': PageTeams
  }
}
