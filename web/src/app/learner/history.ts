import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { strings as shared } from '../strings'
import { base } from '../ui/base'
import '../ui/completions-by-year'
import { failed } from '../ui/failed'
import { Pages } from '../ui/pages'
import '../ui/skeleton'
import '../ui/state'
import { addressOfSpan, byDay, midnightOf, spanIn, type Day, type Span } from './days'
import { historyStyles } from './history-styles'
import { loadSessions, type Session } from './sessions'
import { entryView } from './session-view'
import { strings } from './strings'
import { dayName } from './times'

/** Every session of one's own, newest first, by day. */
@customElement('page-history')
export class PageHistory extends LitElement {
  static override styles = [base, historyStyles]

  @property({ attribute: false }) services!: Services
  @state() private span: Span = spanIn(location.search)

  private readonly local = new Localised(this, strings)
  readonly #pages = new Pages<Session>(this, (cursor) => loadSessions(this.services, this.span, cursor))

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('popstate', this.#onPopState)
    addEventListener('pageshow', this.#onShow)
    this.#load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('popstate', this.#onPopState)
    removeEventListener('pageshow', this.#onShow)
  }

  override willUpdate(): void {
    this.services.title(this.local.t.history)
  }

  override render() {
    const { t } = this.local
    return html`<div class="page-head"><h1>${t.history}</h1></div>
      <div class="filters">
        <label class="field"
          >${t.from}<input type="date" name="from" .value=${this.span.from} @change=${this.#onDay}
        /></label>
        <label class="field"
          >${t.to}<input type="date" name="to" .value=${this.span.to} @change=${this.#onDay}
        /></label>
        ${this.#bounded ? html`<button class="button quiet" @click=${this.#onAll}>${t.clearDates}</button>` : nothing}
      </div>
      ${
        this.#crossed
          ? html`<p class="badge warning" role="alert">${t.datesCrossed}</p>`
          : html`<div aria-busy=${this.#pages.loading}>${this.#list()}</div>`
      }
      <completions-by-year
        class="section"
        .api=${this.services.api}
        .userId=${this.services.me.userId}
      ></completions-by-year>`
  }

  #list(): unknown {
    const { rows, failure, loading, more } = this.#pages
    const { lang } = this.local
    if (failure !== null && rows === null) return failed(failure, lang, this.#load)
    if (rows === null) return html`<ui-skeleton></ui-skeleton>`
    if (rows.length === 0 && !loading && failure === null) return this.#empty()
    return html`${byDay(rows).map((day) => this.#day(day))}
    ${failure === null ? nothing : failed(failure, lang, this.#onMore)}
    ${
      more && failure === null
        ? html`<div class="more">
            <button class="button" aria-disabled=${loading} @click=${this.#onMore}>
              ${shared(lang).loadMore}
            </button>
          </div>`
        : nothing
    }`
  }

  #day({ day, entries }: Day<Session>): TemplateResult {
    const { t, format, lang } = this.local
    const seconds = entries.reduce((sum, each) => sum + each.watchTimeSeconds, 0)
    const sessions = entries.filter(({ kind }) => kind === 'session').length
    return html`<section class="day" aria-labelledby="day-${day}">
      <div class="row spread day-head">
        <h2 id="day-${day}">${dayName(day, new Date(), t, lang)}</h2>
        <p class="muted small">
          ${sessions === 0 ? t.entriesOfDay(entries.length) : t.daySummary(sessions, format.shortDuration(seconds))}
        </p>
      </div>
      <ul class="card">
        ${entries.map((each) => html`<li>${entryView(each, this.local)}</li>`)}
      </ul>
    </section>`
  }

  #empty(): TemplateResult {
    const { t } = this.local
    if (this.#bounded) {
      return html`<ui-state .icon=${'search'} .heading=${t.noHistoryThen} .text=${t.noHistoryThenText}>
        <button class="button" @click=${this.#onAll}>${t.clearDates}</button>
      </ui-state>`
    }
    return html`<ui-state .icon=${'history'} .heading=${t.noHistory} .text=${t.noHistoryText}>
      <a class="button primary" href="/">${t.toTheLibrary}</a>
    </ui-state>`
  }

  get #bounded(): boolean {
    return this.span.from !== '' || this.span.to !== ''
  }

  get #crossed(): boolean {
    const [from, to] = [midnightOf(this.span.from), midnightOf(this.span.to)]
    return from !== null && to !== null && from > to
  }

  #choose(span: Span): void {
    this.span = span
    history.replaceState(history.state, '', `${location.pathname}${addressOfSpan(span)}`)
    this.#load()
  }

  readonly #load = (): void => {
    if (!this.#crossed) void this.#pages.reset()
  }

  readonly #onMore = (): void => {
    void this.#pages.next()
  }

  readonly #onDay = (event: Event): void => {
    const { name, value } = event.target as HTMLInputElement
    this.#choose({ ...this.span, [name]: value })
  }

  readonly #onAll = (): void => {
    this.#choose({ from: '', to: '' })
  }

  readonly #onPopState = (): void => {
    this.span = spanIn(location.search)
    this.#load()
  }

  readonly #onShow = (event: PageTransitionEvent): void => {
    if (event.persisted) this.#load()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-history': PageHistory
  }
}
