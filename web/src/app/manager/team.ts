import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { LiveState } from '../../api/live'
import type { MemberChange } from '../../api/types'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { icon } from '../ui/icon'
import { paged } from '../ui/paged'
import { Pages, type Page } from '../ui/pages'
import '../ui/state'
import { pathWith } from '../ui/path'
import { failed } from '../ui/failed'
import { Latest } from '../ui/latest'
import { Filtered } from '../ui/filtered'
import { Following } from './following'
import { marked, type Marks } from './marks'
import { changedIn, patched, replaced, withActivity } from './patching'
import { Refresher } from './refresher'
import { strings } from './strings'
import { liveStyles, managerStyles } from './styles'
import { ruleOf, TEAM_CHOICES, TEAM_DEFAULTS } from './team-filters'
import { teamFigures } from './team-figures'
import './team-filters-bar'
import './team-table'
import type { MemberRow, TeamRow } from './types'

/** One team: its figures, and a row for each member that moves as they watch. */
@customElement('page-team')
export class PageTeam extends LitElement {
  static override styles = [base, managerStyles, liveStyles]

  @property({ attribute: false }) services!: Services
  @property({ attribute: false }) teamId = ''

  @state() private live: LiveState = 'connecting'
  /** Whose rows have just changed. */
  @state() private marks: Marks = new Map()
  /** Rows under a pointer or with the focus do not move. */
  #held = false

  private readonly local = new Localised(this, strings)
  private readonly filters = new Filtered(this, TEAM_CHOICES, () => {
    this.#load()
  })
  private readonly team = new Latest<TeamRow>(this, () => {
    const { api } = this.services
    const query = this.#rule
    const params = { path: { teamId: this.teamId }, query }
    return api.read(api.client.GET('/api/teams/{teamId}', { params }))
  })
  private readonly members = new Pages<MemberRow>(
    this,
    (cursor) => this.#rows(cursor),
    () => {
      this.refresher.changed()
    },
  )
  private readonly refresher = new Refresher(this, async () => {
    await Promise.all([this.team.refresh(), this.members.refresh(this.#joined)])
  })
  private readonly following = new Following(this, {
    on: {
      snapshot: (data) => {
        this.#onSnapshot(data as { items: readonly MemberRow[] })
      },
      change: (data) => {
        this.#onChange(data as MemberChange)
      },
      interruption: () => {
        this.live = 'connecting'
      },
    },
    became: (state) => {
      this.live = state
    },
  })

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('teamId')) return
    this.team.clear()
    this.members.rows = null
    this.#load()
  }

  override render() {
    const { t, lang } = this.local
    const team = this.team.value ?? null
    this.services.title(team?.name ?? t.team)
    // whose team it is not, or no team at all: one failure says it better than two
    if (team === null && this.team.failure !== null) {
      return failed(this.team.failure, lang, () => void this.team.refresh())
    }
    return html`${this.#head(team)} ${team === null ? nothing : teamFigures(team, this.local)}
      <team-filters-bar
        .filters=${this.filters.chosen}
        .api=${this.services.api}
        .path=${`/api/teams/${this.teamId}/progress`}
        @team-filters=${this.#onFilters}
      ></team-filters-bar>
      ${paged(
        this.members,
        lang,
        (rows) =>
          html`<team-table
            .rows=${rows}
            .sort=${this.filters.chosen.sort}
            .marks=${this.marks}
            @team-filters=${this.#onFilters}
            @team-table-held=${this.#onHeld}
          ></team-table>`,
        () => this.#empty(),
      )}`
  }

  #head(team: TeamRow | null): TemplateResult {
    const { t, format } = this.local
    return html`<header class="page-head">
      <div class="stack" style="--gap: 4px">
        <a class="back" href="/teams">${icon('back')} ${t.teams}</a>
        <h1>${team?.name ?? t.team}</h1>
        ${
          team === null || team.managers.length === 0
            ? nothing
            : html`<p class="muted">${t.managedBy(format.list(team.managers))}</p>`
        }
        <a href="/teams/${this.teamId}/matrix">${t.toMatrix}</a>
      </div>
      <span
        class="badge ${this.live === 'connected' ? 'success' : ''} live"
        role="status"
        ?hidden=${this.live === 'refused'}
      >
        <span class="dot" aria-hidden="true"></span> ${this.live === 'connected' ? t.live : t.liveOff}
      </span>
    </header>`
  }

  #empty(): TemplateResult {
    const { t } = this.local
    return this.filters.narrowedBy('q', 'needsSupport')
      ? html`<ui-state .icon=${'search'} .heading=${t.noMemberFound} .text=${t.noMatchText}></ui-state>`
      : html`<ui-state .icon=${'team'} .heading=${t.noMembers} .text=${t.noMembersText}></ui-state>`
  }

  get #rule(): { inactiveDays: number; behindPoints: number } {
    const { inactiveDays, behindPoints } = this.filters.chosen
    return { inactiveDays: Number(inactiveDays), behindPoints: Number(behindPoints) }
  }

  #rows(cursor: string | null): Promise<Page<MemberRow>> {
    const { api } = this.services
    const { q, sort, needsSupport } = this.filters.chosen
    const query = {
      ...this.#rule,
      q: q === '' ? null : q,
      needsSupport: needsSupport === '' ? null : needsSupport === 'true',
      sort,
      cursor,
    }
    const params = { path: { teamId: this.teamId }, query }
    return api.read(api.client.GET('/api/teams/{teamId}/progress', { params }))
  }

  #load(): void {
    this.marks = new Map()
    void this.team.refresh()
    void this.members.reset()
    const path = pathWith(`/api/teams/${this.teamId}/live`, ruleOf(this.filters.chosen))
    this.following.to(this.services.api, path)
  }

  /** Shows the reloaded rows; rows that are held keep their places until they are released. */
  readonly #joined = (before: readonly MemberRow[], loaded: readonly MemberRow[]): readonly MemberRow[] => {
    const after = this.#held ? patched(before, loaded) : replaced(before, loaded)
    this.#mark(before, after)
    return after
  }

  #onSnapshot({ items }: { readonly items: readonly MemberRow[] }): void {
    this.live = 'connected'
    const before = this.members.rows
    if (before === null) return
    const after = patched(before, items)
    this.#show(before, after)
    this.refresher.changed()
  }

  #onChange(change: MemberChange): void {
    const before = this.members.rows
    if (before !== null) this.#show(before, withActivity(before, change))
    this.refresher.changed()
  }

  #show(before: readonly MemberRow[], after: readonly MemberRow[]): void {
    if (after === before) return
    this.#mark(before, after)
    this.members.change(after)
  }

  #mark(before: readonly MemberRow[], after: readonly MemberRow[]): void {
    const changed = changedIn(before, after)
    if (changed.length > 0) this.marks = marked(this.marks, changed, performance.now())
  }

  readonly #onFilters = (event: CustomEvent<Partial<typeof TEAM_DEFAULTS>>): void => {
    this.filters.set(event.detail)
  }

  readonly #onHeld = (event: CustomEvent<boolean>): void => {
    this.#held = event.detail
    if (!this.#held) this.refresher.changed()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-team': PageTeam
  }
}
