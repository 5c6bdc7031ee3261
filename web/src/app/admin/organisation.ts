import { css, html, LitElement, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { OrganisationProgress } from '../../api/types'
import { formats, Localised } from '../../strings'
import type { Services } from '../services'
import { asOf } from '../ui/as-of'
import { base } from '../ui/base'
import { failed } from '../ui/failed'
import { icon } from '../ui/icon'
import '../ui/skeleton'
import { oneOf } from '../ui/filters'
import './charts/series'
import { figuresStyles, percentOf, stat } from './figures'
import { Filtered } from '../ui/filtered'
import { Latest } from '../ui/latest'
import { strings } from './strings'
import './tabs'
import { firstDay, measures, pointsOf, ranges, tableOf, type Measure } from './trend'

const REFRESH_MILLISECONDS = 10_000
const CHOICES = { measure: oneOf(...measures), days: oneOf('30', '14', '90') }

/** The organisation in figures and by day, kept up to date while it can be seen. */
@customElement('page-organisation')
export class PageOrganisation extends LitElement {
  static override styles = [
    base,
    figuresStyles,
    css`
      .choice {
        display: inline-flex;
        flex-wrap: wrap;
        gap: 4px;
        margin: 0;
        padding: 4px;
        border: 0;
        border-radius: var(--playhead-radius);
        background: var(--playhead-sunken);
      }
      .choice label {
        position: relative;
        padding: 6px 12px;
        border-radius: var(--playhead-radius-small);
        color: var(--playhead-muted);
        font-size: 0.875rem;
        font-weight: 560;
        cursor: pointer;
      }
      .choice label:has(:checked) {
        background: var(--playhead-raised);
        color: var(--playhead-text);
        box-shadow: var(--playhead-shadow);
      }
      .choice label:has(:focus-visible) {
        outline: 2px solid var(--playhead-focus);
      }
      .choice input {
        position: absolute;
        inset: 0;
        margin: 0;
        opacity: 0;
        cursor: pointer;
      }
      .stale {
        color: var(--playhead-warning);
      }
    `,
  ]

  @property({ attribute: false }) services!: Services

  private readonly local = new Localised(this, strings)
  private readonly filters = new Filtered(this, CHOICES, () => void this.figures.refresh())
  private readonly figures = new Latest<OrganisationProgress>(this, () => this.#load(), REFRESH_MILLISECONDS)

  override connectedCallback(): void {
    super.connectedCallback()
    void this.figures.refresh()
  }

  override render() {
    const { t } = this.local
    this.services.title(t.organisation)
    const { value, failure } = this.figures
    return html`<admin-tabs current="overview"></admin-tabs>
      <div class="page-head">
        <h1>${t.organisation}</h1>
        <p class="small muted row" role="status">
          ${
            value !== undefined && failure !== null
              ? html`<span class="row stale">${icon('alert')} ${t.stale}</span>`
              : nothing
          }
        </p>
      </div>
      ${value === undefined ? this.#waiting() : this.#shown(value)}`
  }

  #waiting(): unknown {
    const { failure } = this.figures
    if (failure === null) return html`<ui-skeleton cards .count=${7}></ui-skeleton>`
    return failed(failure, this.local.lang, () => void this.figures.replace())
  }

  #shown(of: OrganisationProgress): unknown {
    const { t, format } = this.local
    return html`<div class="stack" .style=${'--gap: 24px'}>
      ${of.asOf === null ? nothing : asOf(of.asOf, this.local.lang)}
      <div class="figures">
        ${stat(t.people, format.number(of.people), t.withProgress(of.peopleWithProgress))}
        ${stat(t.active7, format.number(of.active7Days), t.last7)}
        ${stat(t.active30, format.number(of.active30Days), t.last30)}
        ${stat(t.started, format.number(of.started), t.startedMore)}
        ${stat(t.completed, format.number(of.completedOfStarted), t.completedMore)}
        ${stat(t.completionRate, percentOf(format, of.completionRateOfStarted), t.completionRateMore)}
        ${stat(t.averageProgress, percentOf(format, of.progress), t.averageProgressMore)}
        ${stat(t.watchHours, format.number(of.watchHours), t.watchHoursMore)}
      </div>
      ${this.#trend(of)}
    </div>`
  }

  #trend(of: OrganisationProgress): unknown {
    const { t, lang } = this.local
    const tag = formats(lang)
    const measure = this.filters.chosen.measure as Measure
    return html`<section class="card stack" aria-labelledby="trend">
      <div class="row spread">
        <h2 id="trend">${t.byDay}</h2>
        <div class="row">
          ${this.#choice(
            t.measure,
            'measure',
            measures.map((each) => [each, t.measures(each)]),
          )}
          ${this.#choice(
            t.range,
            'days',
            ranges.map((each) => [each, t.days(Number(each))]),
          )}
        </div>
      </div>
      <chart-series
        .points=${pointsOf(of.days, measure, lang)}
        .label=${t.chartByDay(t.measures(measure))}
        .format=${(value: number) => tag.number(value)}
        unfinished
        .table=${tableOf(of.days, [t.day, ...measures.map((each) => t.measures(each))], tag, lang)}
      ></chart-series>
      <p class="small muted">${t.byDayNote(of.timeZone)}</p>
    </section>`
  }

  #choice(label: string, name: 'measure' | 'days', values: readonly (readonly [string, string])[]): unknown {
    return html`<fieldset class="choice" aria-label=${label}>
      ${values.map(
        ([value, text]) =>
          html`<label
            ><input
              type="radio"
              name=${name}
              .value=${value}
              .checked=${this.filters.chosen[name] === value}
              @change=${() => {
                this.filters.set({ [name]: value })
              }}
            />${text}</label
          >`,
      )}
    </fieldset>`
  }

  #load(): Promise<OrganisationProgress> {
    const { api } = this.services
    const days = Number(this.filters.chosen.days)
    const query = { from: firstDay(days, new Date()) }
    return api
      .read(api.client.GET('/api/org/progress', { params: { query } }))
      .then((of) => ({ ...of, days: of.days.slice(-days) }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-organisation': PageOrganisation
  }
}
