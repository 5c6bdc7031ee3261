import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import '../ui/download'
import { failed } from '../ui/failed'
import { Filtered } from '../ui/filtered'
import { oneOf, text } from '../ui/filters'
import { icon } from '../ui/icon'
import { Latest } from '../ui/latest'
import { paged } from '../ui/paged'
import { Pages, type Page } from '../ui/pages'
import { pathWith } from '../ui/path'
import '../ui/search'
import '../ui/state'
import { matrixStyles, matrixTable } from './matrix-table'
import { strings } from './strings'
import { managerStyles } from './styles'
import type { MatrixItem, MatrixMember, TeamItemRow } from './types'

const STATUSES = ['not_started', 'in_progress', 'completed'] as const
const CHOICES = {
  q: text,
  contentId: text,
  status: oneOf('', ...STATUSES),
  overdue: oneOf('', 'true'),
  sort: oneOf('name', '-name'),
}
const FORMATS = ['csv', 'xlsx', 'parquet'] as const
/** As many as the API has in one answer. */
const ITEMS_TO_CHOOSE = 500

/** A team's members by the items required of them: who has done, begun or never opened each. */
@customElement('page-team-matrix')
export class PageTeamMatrix extends LitElement {
  static override styles = [base, managerStyles, matrixStyles]

  @property({ attribute: false }) services!: Services
  @property({ attribute: false }) teamId = ''

  private readonly local = new Localised(this, strings)
  private readonly filters = new Filtered(this, CHOICES, () => void this.members.reset())
  private readonly team = new Latest<{ readonly name: string }>(this, () => {
    const { api } = this.services
    return api.read(api.client.GET('/api/teams/{teamId}', { params: { path: { teamId: this.teamId } } }))
  })
  private readonly items = new Latest<readonly TeamItemRow[]>(this, async () => {
    const { api } = this.services
    const query = { required: true, limit: ITEMS_TO_CHOOSE }
    const params = { path: { teamId: this.teamId }, query }
    return (await api.read(api.client.GET('/api/teams/{teamId}/content', { params }))).items
  })
  #columns: readonly MatrixItem[] = []
  private readonly members = new Pages<MatrixMember>(this, (cursor) => this.#load(cursor))

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('teamId')) return
    this.members.rows = null
    void this.team.replace()
    void this.items.replace()
    void this.members.reset()
  }

  override render() {
    const { t, lang } = this.local
    const name = this.team.value?.name
    this.services.title(name === undefined ? t.matrix : `${t.matrix} · ${name}`)
    if (name === undefined && this.team.failure !== null) {
      return failed(this.team.failure, lang, () => void this.team.refresh())
    }
    return html`<header class="page-head">
        <div class="stack" style="--gap: 4px">
          <a class="back" href="/teams/${this.teamId}">${icon('back')} ${name ?? t.team}</a>
          <h1>${t.matrix}</h1>
          <p class="muted">${t.matrixText}</p>
        </div>
        <div class="row">
          ${FORMATS.map(
            (format) =>
              html`<ui-download
                .api=${this.services.api}
                .path=${pathWith(`/api/teams/${this.teamId}/cells`, { ...this.filters.chosen, format })}
                .format=${format.toUpperCase()}
              ></ui-download>`,
          )}
        </div>
      </header>
      ${this.#filters()}
      ${paged(
        this.members,
        lang,
        (rows) => this.#filled(rows),
        () => this.#empty(),
      )}`
  }

  #filters(): TemplateResult {
    const { t } = this.local
    const { q, contentId, status, overdue } = this.filters.chosen
    const words = {
      '': t.anyStatus,
      not_started: t.notStarted,
      in_progress: t.inProgress,
      completed: t.completed,
    }
    return html`<div class="filters">
      <ui-search
        class="grow"
        .label=${t.searchMembers}
        .value=${q}
        @ui-search=${({ detail }: CustomEvent<string>) => {
          this.filters.set({ q: detail })
        }}
      ></ui-search>
      <label class="field">
        <span class="visually-hidden">${t.item}</span>
        <select name="contentId" @change=${this.#onSelect}>
          <option value="" ?selected=${contentId === ''}>${t.anyItem}</option>
          ${(this.items.value ?? []).map(
            (item) =>
              html`<option value=${item.contentId} ?selected=${item.contentId === contentId}>
                ${item.title}
              </option>`,
          )}
        </select>
      </label>
      <label class="field">
        <span class="visually-hidden">${t.status}</span>
        <select name="status" @change=${this.#onSelect}>
          ${(['', ...STATUSES] as const).map(
            (each) => html`<option value=${each} ?selected=${each === status}>${words[each]}</option>`,
          )}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          .checked=${overdue === 'true'}
          @change=${(event: Event) => {
            this.filters.set({ overdue: (event.target as HTMLInputElement).checked ? 'true' : '' })
          }}
        />
        ${t.onlyOverdue}
      </label>
    </div>`
  }

  #filled(rows: readonly MatrixMember[]): TemplateResult {
    const { t } = this.local
    if (this.#columns.length === 0) {
      return html`<ui-state .icon=${'check'} .heading=${t.noMatrix} .text=${t.noMatrixText}></ui-state>`
    }
    return matrixTable(this.local, {
      teamId: this.teamId,
      columns: this.#columns,
      rows,
      sort: this.filters.chosen.sort,
      onSort: (sort) => {
        this.filters.set({ sort })
      },
    })
  }

  #empty(): TemplateResult {
    const { t } = this.local
    return this.filters.narrowedBy('q', 'contentId', 'status', 'overdue')
      ? html`<ui-state .icon=${'search'} .heading=${t.noMemberFound} .text=${t.noMatchText}></ui-state>`
      : html`<ui-state .icon=${'team'} .heading=${t.noMembers} .text=${t.noMembersText}></ui-state>`
  }

  readonly #onSelect = (event: Event): void => {
    const { name, value } = event.target as HTMLSelectElement
    this.filters.set({ [name]: value })
  }

  async #load(cursor: string | null): Promise<Page<MatrixMember>> {
    const { api } = this.services
    const { q, contentId, status, overdue, sort } = this.filters.chosen
    const query = {
      ...(q === '' ? {} : { q }),
      ...(contentId === '' ? {} : { contentId: [contentId] }),
      ...(status === '' ? {} : { status: status as (typeof STATUSES)[number] }),
      ...(overdue === '' ? {} : { overdue: true }),
      sort: sort as 'name' | '-name',
      cursor,
    }
    const params = { path: { teamId: this.teamId }, query }
    const page = await api.read(api.client.GET('/api/teams/{teamId}/matrix', { params }))
    this.#columns = page.columns
    return page
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-team-matrix': PageTeamMatrix
  }
}
