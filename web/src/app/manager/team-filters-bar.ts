import { css, html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Api } from '../../api/client'
import { Localised } from '../../strings'
import { base } from '../ui/base'
import '../ui/download'
import '../ui/search'
import { pathWith } from '../ui/path'
import { strings } from './strings'
import { TEAM_DEFAULTS, type TeamFilters } from './team-filters'

/** What narrows a team's table, the rule of who needs support, and the table as a file. `team-filters` is a change. */
@customElement('team-filters-bar')
export class TeamFiltersBar extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        margin-block-end: 16px;
      }
      .filters {
        margin-block-end: 8px;
      }
      summary {
        width: fit-content;
        padding-block: 8px;
        color: var(--playhead-muted);
        font-size: 0.875rem;
        cursor: pointer;
      }
      summary:hover {
        color: var(--playhead-text);
      }
      details > .card {
        display: grid;
        gap: 16px;
        margin-block-start: 4px;
        padding: 16px 20px;
      }
      .rule {
        display: flex;
        flex-wrap: wrap;
        gap: 12px 16px;
        align-items: end;
      }
      .rule .field {
        flex: 0 1 240px;
      }
      ul {
        padding-inline-start: 20px;
        color: var(--playhead-muted);
        font-size: 0.875rem;
        line-height: 1.6;
        max-width: 70ch;
      }
    `,
  ]

  @property({ attribute: false }) filters: TeamFilters = TEAM_DEFAULTS
  @property({ attribute: false }) api!: Api
  /** The report's path. */
  @property() path = ''

  private readonly local = new Localised(this, strings)

  override render() {
    const { t } = this.local
    const { q, needsSupport } = this.filters
    const files = ['csv', 'xlsx'] as const
    return html`<div class="filters">
        <ui-search
          class="grow"
          .label=${t.searchMembers}
          .value=${q}
          @ui-search=${this.#onSearch}
        ></ui-search>
        <label class="field">
          <span class="visually-hidden">${t.needsSupport}</span>
          <select name="needsSupport" .value=${needsSupport} @change=${this.#onField}>
            <option value="" ?selected=${needsSupport === ''}>${t.allMembers}</option>
            <option value="true" ?selected=${needsSupport === 'true'}>${t.onlySupport}</option>
            <option value="false" ?selected=${needsSupport === 'false'}>${t.onlyOnTrack}</option>
          </select>
        </label>
        ${files.map(
          (format) =>
            html`<ui-download
              .api=${this.api}
              .path=${pathWith(this.path, { ...this.filters, format })}
              .format=${format.toUpperCase()}
            ></ui-download>`,
        )}
      </div>
      ${this.#rule()}`
  }

  #rule() {
    const { t, format } = this.local
    const { inactiveDays, behindPoints } = this.filters
    const days = Number(inactiveDays)
    const points = Number(behindPoints)
    return html`<details>
      <summary>${t.ruleSummary}</summary>
      <div class="card">
        <ul>
          <li><strong>${t.inactive}</strong>: ${t.ruleInactive(days)}</li>
          <li><strong>${t.overdue}</strong>: ${t.ruleOverdue}</li>
          <li><strong>${t.behind}</strong>: ${t.ruleBehind(format.number(points))}</li>
        </ul>
        <div class="rule">
          <label class="field"
            >${t.inactiveDays}
            <input
              name="inactiveDays"
              type="number"
              min="1"
              max="3650"
              .value=${inactiveDays}
              @change=${this.#onField}
            />
          </label>
          <label class="field"
            >${t.behindPoints}
            <input
              name="behindPoints"
              type="number"
              min="1"
              max="100"
              .value=${behindPoints}
              @change=${this.#onField}
            />
          </label>
        </div>
      </div>
    </details>`
  }

  readonly #onSearch = (event: CustomEvent<string>): void => {
    this.#say({ q: event.detail })
  }

  readonly #onField = (event: Event): void => {
    const field = event.target as HTMLInputElement | HTMLSelectElement
    if (field instanceof HTMLInputElement && !field.reportValidity()) return
    this.#say({ [field.name]: field.value })
  }

  #say(changed: Partial<TeamFilters>): void {
    this.dispatchEvent(new CustomEvent('team-filters', { detail: changed }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'team-filters-bar': TeamFiltersBar
  }
}
