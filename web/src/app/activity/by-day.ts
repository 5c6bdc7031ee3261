import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Api } from '../../api/client'
import { Localised } from '../../strings'
import { base } from '../ui/base'
import { dayNames } from '../ui/day-names'
import { failed } from '../ui/failed'
import { Latest } from '../ui/latest'
import '../ui/skeleton'
import { tableOfChart } from '../ui/table-of-chart'
import { everyDay, named, topOf, type DayOfPerson } from './days'
import { loadDaysOf, loadOwnDays, type LoadedDays } from './load'
import { activityStyles } from './styles'
import { strings } from './words'

/** Reports are seconds behind, and a day is long. */
const REFRESH_MILLISECONDS = 30_000

/**
 * A person's watch time on each of the last days, as bars over a table. One's own days are those of the device's time
 * zone; another person's, with `userId`, those of the organisation's.
 */
@customElement('activity-by-day')
export class ActivityByDay extends LitElement {
  static override styles = [base, tableOfChart, activityStyles]

  @property({ attribute: false }) api!: Api
  /** Whose days they are; '' for one's own. */
  @property({ attribute: false }) userId = ''

  private readonly local = new Localised(this, strings)
  private readonly days = new Latest<LoadedDays>(
    this,
    () => (this.userId === '' ? loadOwnDays(this.api) : loadDaysOf(this.api, this.userId)),
    REFRESH_MILLISECONDS,
  )

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('api') || changed.has('userId')) void this.days.replace()
  }

  override render() {
    const { value } = this.days
    return html`<section class="card stack" aria-labelledby="heading">
      <div class="row spread">
        <h2 id="heading">${this.local.t.activity}</h2>
        ${value === undefined ? nothing : this.#total(value)}
      </div>
      ${value === undefined ? this.#waiting() : this.#shown(value)}
    </section>`
  }

  #waiting(): TemplateResult {
    const { failure } = this.days
    if (failure === null) return html`<ui-skeleton .count=${3}></ui-skeleton>`
    return failed(failure, this.local.lang, () => void this.days.replace())
  }

  #total({ days, firstDay, lastDay }: LoadedDays): unknown {
    if (days.length === 0) return nothing
    const { t, format } = this.local
    const seconds = days.reduce((sum, { watchTimeSeconds }) => sum + watchTimeSeconds, 0)
    const count = everyDay(days, firstDay, lastDay).length
    return html`<p class="total">${t.total(format.shortDuration(seconds), count)}</p>`
  }

  #shown(loaded: LoadedDays): TemplateResult {
    const { t } = this.local
    const days = everyDay(loaded.days, loaded.firstDay, loaded.lastDay)
    return html`${
        loaded.days.length === 0
          ? html`<p class="muted">${t.none(days.length)}</p>`
          : html`${this.#bars(days)} ${this.#table(days)}`
      }
      <p class="small muted zone">${this.#zone(loaded)}</p>`
  }

  #zone({ timeZone, unknownZone }: LoadedDays): string {
    const { t } = this.local
    if (unknownZone !== null) return t.unknownZone(unknownZone, timeZone)
    return this.userId === '' ? t.daysOf(timeZone) : t.daysOfOrganisation(timeZone)
  }

  /** For the eye alone: the table says the same. */
  #bars(days: readonly DayOfPerson[]): TemplateResult {
    const { format, lang } = this.local
    const { tick, name } = dayNames(lang)
    const top = topOf(days)
    const ticks = new Set(named(days.length))
    return html`<div class="chart" aria-hidden="true" style="--days: ${days.length}">
      <div class="levels">
        ${[top, top / 2, 0].map((level) => html`<span>${level === 0 ? '' : format.shortDuration(level)}</span>`)}
      </div>
      <div class="bars">
        ${days.map(({ day, watchTimeSeconds: seconds }) => {
          const share = (100 * Math.min(seconds, top)) / top
          return html`<div class="day" title="${name(day)}: ${format.shortDuration(seconds)}">
            <div class="bar" style="block-size: ${share.toFixed(2)}%"></div>
          </div>`
        })}
      </div>
      <div class="ticks">
        ${days.map(
          ({ day }, place) =>
            html`<span>${ticks.has(place) ? html`<span class="tick">${tick(day)}</span>` : nothing}</span>`,
        )}
      </div>
    </div>`
  }

  /** The latest day first. */
  #table(days: readonly DayOfPerson[]): TemplateResult {
    const { t, format, lang } = this.local
    const { name } = dayNames(lang)
    return html`<details>
      <summary>${t.showTable}</summary>
      <div class="table-frame" tabindex="0" role="region" aria-label=${t.activity}>
        <table class="data">
          <thead>
            <tr>
              <th scope="col">${t.day}</th>
              <th scope="col" class="number">${t.watchTime}</th>
            </tr>
          </thead>
          <tbody>
            ${[...days].reverse().map(
              ({ day, watchTimeSeconds }) =>
                html`<tr>
                  <th scope="row"><time datetime=${day}>${name(day)}</time></th>
                  <td class="number">
                    ${watchTimeSeconds === 0 ? '–' : format.shortDuration(watchTimeSeconds)}
                  </td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'activity-by-day': ActivityByDay
  }
}
