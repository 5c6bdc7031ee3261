import { Task } from '@lit/task'
import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Localised } from '../../strings'
import type { Services } from '../services'
import '../activity/by-day'
import { base } from '../ui/base'
import '../ui/state'
import { view } from '../ui/view'
import { dashboardStyles } from './dashboard-styles'
import { completedLately, dueSoon, overdue } from './due'
import { Later } from './later'
import { listCard, type Line } from './list-card'
import { LiveProgress } from './live-progress'
import { loadDashboard, type DashboardData } from './dashboard-data'
import type { Assignment } from './records'
import { strings } from './strings'

/** A summary need not follow every heartbeat. */
const QUIET_MILLISECONDS = 1_000
const COMPLETED_SHOWN = 5

/** How far one is in all: figures, what presses, and what is done. */
@customElement('page-dashboard')
export class PageDashboard extends LitElement {
  static override styles = [base, dashboardStyles]

  @property({ attribute: false }) services!: Services

  private readonly local = new Localised(this, strings)
  readonly #loading = new Task(this, {
    task: ([services]) => loadDashboard(services),
    args: () => [this.services] as const,
  })
  readonly #soon = new Later(QUIET_MILLISECONDS, () => void this.#loading.run())
  #connectedBefore = false

  constructor() {
    super()
    new LiveProgress(this, {
      snapshot: () => {
        if (this.#connectedBefore) this.#soon.soon() // the first connection brings what is loading just now
        this.#connectedBefore = true
      },
      change: () => {
        this.#soon.soon()
      },
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#soon.cancel()
  }

  override willUpdate(): void {
    this.services.title(this.local.t.dashboard)
  }

  override render() {
    return html`<div class="page-head"><h1>${this.local.t.dashboard}</h1></div>
      ${view(this.#loading, this.local.lang, (data) => this.#whole(data))}`
  }

  #whole(data: DashboardData): TemplateResult {
    const { t } = this.local
    const { summary, assignments } = data
    if (summary.totalItems === 0 && assignments?.length === 0) {
      return html`<ui-state .icon=${'dashboard'} .heading=${t.nothingYet} .text=${t.nothingYetText}>
        <a class="button primary" href="/">${t.toTheLibrary}</a>
      </ui-state>`
    }
    return html`<div class="stack whole">
      ${this.#overall(data)} ${this.#figures(data)}
      <activity-by-day .api=${this.services.api}></activity-by-day>
      ${this.#lists(data)}
    </div>`
  }

  #overall({ summary }: DashboardData): TemplateResult {
    const { t, format } = this.local
    const share = summary.overallPercentage ?? summary.avgProgress
    return html`<section class="card overall" aria-labelledby="overall">
      <div>
        <h2 id="overall">${t.overall}</h2>
        <p class="muted small">${summary.overallPercentage === null ? t.openedText : t.overallText}</p>
      </div>
      <p class="share">${format.percent(share)}</p>
      <div
        class="track"
        role="progressbar"
        aria-labelledby="overall"
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${Math.floor(share)}
        aria-valuetext=${format.percent(share)}
      >
        <div class="fill" .style=${`inline-size: ${share}%`}></div>
      </div>
    </section>`
  }

  #figures({ summary }: DashboardData): TemplateResult {
    const { t, format } = this.local
    const { lastActivity, requiredItems, requiredCompletedItems } = summary
    const required =
      requiredItems === null || requiredCompletedItems === null
        ? '–'
        : requiredItems === 0
          ? t.noneRequired
          : t.ofAll(format.number(requiredCompletedItems), format.number(requiredItems))
    return html`<dl class="grid figures">
      ${figure(t.completed, format.number(summary.completedItems))}
      ${figure(t.inProgress, format.number(summary.inProgressItems))}
      ${figure(t.notStarted, format.number(summary.notStartedItems))} ${figure(t.requiredDone, required)}
      ${figure(t.watchTime, format.shortDuration(summary.watchTimeSeconds))}
      ${figure(t.lastActivity, lastActivity === null ? t.never : format.relative(lastActivity, new Date()))}
    </dl>`
  }

  #lists({ assignments, items, titles }: DashboardData): TemplateResult {
    const { t, format } = this.local
    const now = new Date()
    const done = completedLately(items)
      .slice(0, COMPLETED_SHOWN)
      .map((each) => ({
        contentId: each.contentId,
        title: titles.get(each.contentId)?.title ?? t.untitled,
        text: format.relative(each.completedAt, now),
        badge: null,
        progress: null,
      }))
    return html`<div class="lists">
      ${
        assignments === null
          ? html`<p class="badge warning" role="status">${t.requiredUnknown}</p>`
          : html`${listCard('overdue', t.overdue, this.#due(overdue(assignments, now), 'danger'), t.noOverdue)}
            ${listCard('soon', t.dueSoon, this.#due(dueSoon(assignments, now), null), t.noDueSoon)}`
      }
      ${listCard('done', t.recentlyCompleted, done, t.noCompleted)}
    </div>`
  }

  #due(assignments: readonly Assignment[], badge: 'danger' | null): Line[] {
    const { t, format } = this.local
    return assignments.map((each) => {
      const date = each.dueAt === null ? '' : format.date(each.dueAt)
      return {
        contentId: each.contentId,
        title: each.title,
        text: badge === null ? t.due(date) : t.wasDue(date),
        badge,
        progress: each.progress,
      }
    })
  }
}

function figure(label: string, value: string): TemplateResult {
  return html`<div class="card stat">
    <dt class="label">${label}</dt>
    <dd class="figure">${value === '' ? nothing : value}</dd>
  </div>`
}

declare global {
  interface HTMLElementTagNameMap {
    'page-dashboard': PageDashboard
  }
}
