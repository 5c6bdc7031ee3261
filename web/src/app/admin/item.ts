import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { ContentProgress } from '../../api/types'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { failed } from '../ui/failed'
import { icon } from '../ui/icon'
import '../ui/skeleton'
import './charts/series'
import { dropOffPoints, dropOffTable } from './drop-off'
import { figuresStyles, percentOf, spanOf, stat } from './figures'
import './item-edition'
import './item-people'
import { Latest } from '../ui/latest'
import { pathWith } from '../ui/path'
import { strings } from './strings'
import { itemStrings } from './strings/item'
import './tabs'
import './what-if'

/** One item: its figures, where viewers left, what another threshold would do, and its people. */
@customElement('page-item')
export class PageItem extends LitElement {
  static override styles = [
    base,
    figuresStyles,
    css`
      .figures {
        --across: 3;
      }
      h1 {
        overflow-wrap: anywhere;
      }
      .back {
        display: inline-flex;
        align-items: center;
        min-height: 32px;
        font-size: 0.875rem;
      }
    `,
  ]

  @property({ attribute: false }) services!: Services
  @property({ attribute: false }) contentId = ''

  private readonly local = new Localised(this, strings)
  private readonly words = new Localised(this, itemStrings)
  private readonly item = new Latest<ContentProgress>(this, () => this.#load())

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('contentId')) void this.item.replace()
  }

  override render() {
    const { t } = this.local
    const { value } = this.item
    const title = value === undefined ? t.item : (value.title ?? t.untitled(this.contentId))
    this.services.title(title)
    return html`<admin-tabs current="items" below></admin-tabs>
      <div class="page-head">
        <div>
          <a class="back" href="/organisation/items">${icon('back')} ${t.items}</a>
          <h1>${title}</h1>
          ${value === undefined ? nothing : this.#kind(value)}
        </div>
      </div>
      ${value === undefined ? this.#waiting() : this.#shown(value)}`
  }

  #waiting(): unknown {
    const { failure } = this.item
    if (failure === null) return html`<ui-skeleton></ui-skeleton>`
    return failed(failure, this.local.lang, () => void this.item.replace())
  }

  #kind({ type, archived }: ContentProgress): unknown {
    const { t } = this.local
    return html`<p class="row" .style=${'--gap: 8px; margin-block-start: 8px'}>
      ${type === null ? html`<span class="badge">${t.notInCatalogue}</span>` : html`<span class="badge">${t.typeOf(type)}</span>`}
      ${archived ? html`<span class="badge warning">${t.archived}</span>` : nothing}
    </p>`
  }

  #shown(of: ContentProgress): unknown {
    const w = this.words.t
    const { t, format } = this.local
    return html`<div class="stack" .style=${'--gap: 24px'}>
      <section class="stack" aria-labelledby="of-assigned" .style=${'--gap: 12px'}>
        <h2 id="of-assigned">${w.ofAssigned}</h2>
        <div class="figures" .style=${'--across: 4'}>
          ${stat(w.assigned, format.number(of.assigned), w.assignedMore, this.#people({ who: 'assigned' }))}
          ${stat(
            t.completed,
            format.number(of.completedOfAssigned),
            w.completedOfAssigned,
            this.#people({ who: 'assigned', status: 'completed' }),
          )}
          ${stat(t.completionRate, percentOf(format, of.completionRateOfAssigned), w.completedOfAssigned)}
          ${stat(
            w.notBegun,
            format.number(of.notStarted),
            w.notBegunMore,
            this.#people({ who: 'notStarted' }),
          )}
        </div>
      </section>
      <section class="stack" aria-labelledby="of-started" .style=${'--gap: 12px'}>
        <h2 id="of-started">${w.ofStarted}</h2>
        <div class="figures">
          ${stat(
            t.started,
            format.number(of.started),
            of.former === 0 ? t.startedPeople : w.andFormer(of.former),
            this.#people({ who: 'started' }),
          )}
          ${stat(
            t.completed,
            format.number(of.completedOfStarted),
            t.completedMore,
            this.#people({ who: 'started', status: 'completed' }),
          )}
          ${stat(t.completionRate, percentOf(format, of.completionRateOfStarted), t.completionRateMore)}
          ${stat(t.averageCoverage, percentOf(format, of.coverageOfStarted), t.averageCoverageMore)}
          ${stat(t.medianTime, spanOf(format, of.medianTimeToCompleteSeconds), t.medianTimeMore)}
          ${stat(t.watchHours, format.number(of.watchTimeSeconds / 3_600), t.watchHoursMore)}
        </div>
      </section>
      ${this.#dropOff(of)}
      ${of.type === null ? nothing : html`<item-edition .services=${this.services} .contentId=${this.contentId}></item-edition>`}
      <what-if .services=${this.services} .contentId=${this.contentId}></what-if>
      <item-people .services=${this.services} .contentId=${this.contentId}></item-people>
    </div>`
  }

  /** The same page, with the list of those people. */
  #people(filters: Record<string, string>): string {
    return pathWith(`/organisation/items/${this.contentId}`, filters)
  }

  #dropOff({ dropOff, started }: ContentProgress): unknown {
    const { t, format } = this.local
    const percent = (value: number): string => format.percent(value)
    return html`<section class="card stack" aria-labelledby="drop-off">
      <div>
        <h2 id="drop-off">${t.dropOff}</h2>
        <p class="small muted">${t.dropOffNote}</p>
      </div>
      ${
        started === 0
          ? html`<p class="muted">${t.notStarted}</p>`
          : html`<chart-series
              shape="steps"
              .points=${dropOffPoints(dropOff, percent, t.fromTo)}
              .end=${percent(100)}
              .label=${t.dropOffLabel}
              .format=${percent}
              .highest=${100}
              .table=${dropOffTable(dropOff, t, format)}
            ></chart-series>`
      }
    </section>`
  }

  #load(): Promise<ContentProgress> {
    const { api } = this.services
    const path = { contentId: this.contentId }
    return api.read(api.client.GET('/api/org/content/{contentId}', { params: { path } }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-item': PageItem
  }
}
