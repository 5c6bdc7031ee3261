import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { Api } from '../../api/client'
import type { paths } from '../../api/schema'
import { Localised } from '../../strings'
import { base } from './base'
import { strings } from './completions-words'
import { dataTable } from './data-table'
import { failed } from './failed'
import { Latest } from './latest'
import { paged } from './paged'
import { Pages, type Page } from './pages'
import './state'
import { tables } from './tables'

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never
type Completion = Answer<'/api/people/{userId}/completions'>['items'][number]
type Year = Answer<'/api/people/{userId}/completions/years'>['items'][number]

const ROWS_AT_ONCE = 20

/** What a person completed, a year at a time, the latest year first. Completions of earlier attempts are there too. */
@customElement('completions-by-year')
export class CompletionsByYear extends LitElement {
  static override styles = [base, tables]

  @property({ attribute: false }) api!: Api
  @property({ attribute: false }) userId = ''
  /** The address of an item, by its id. */
  @property({ attribute: false }) address: (contentId: string) => string = (contentId) =>
    `/watch/${contentId}`

  @state() private chosen: number | null = null

  private readonly local = new Localised(this, strings)
  private readonly years = new Latest<readonly Year[]>(this, async () => {
    const path = { userId: this.userId }
    const call = this.api.client.GET('/api/people/{userId}/completions/years', { params: { path } })
    const { items } = (await this.api.read(call)) as Page<Year>
    this.chosen = items[0]?.year ?? null
    if (this.chosen !== null) void this.rows.reset()
    return items
  })
  private readonly rows = new Pages<Completion>(this, async (cursor) => {
    const query = { year: this.chosen, cursor, limit: ROWS_AT_ONCE }
    const params = { path: { userId: this.userId }, query }
    const call = this.api.client.GET('/api/people/{userId}/completions', { params })
    return await this.api.read(call)
  })

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('userId')) void this.years.replace()
  }

  override render() {
    const { t, lang, format } = this.local
    const years = this.years.value
    if (years === undefined) {
      const { failure } = this.years
      return failure === null
        ? html`<ui-skeleton></ui-skeleton>`
        : failed(failure, lang, () => void this.years.refresh())
    }
    const year = years.find((each) => each.year === this.chosen)
    const heading =
      year === undefined
        ? t.completions
        : t.completedInYear(String(year.year), format.number(year.completions))
    return html`<section aria-labelledby="heading">
      <div class="section-head row spread">
        <h2 id="heading">${heading}</h2>
        ${years.length > 1 ? this.#choice(years) : nothing}
      </div>
      ${
        year === undefined
          ? html`<ui-state .icon=${'check'} .heading=${t.none} .text=${t.noneText}></ui-state>`
          : paged(
              this.rows,
              lang,
              (rows) => this.#table(rows, heading),
              () => html`<ui-state .icon=${'check'} .heading=${t.none} .text=${t.noneText}></ui-state>`,
            )
      }
    </section>`
  }

  #choice(years: readonly Year[]): TemplateResult {
    return html`<label class="field"
      >${this.local.t.year}
      <select name="year" @change=${this.#onYear}>
        ${years.map(
          ({ year }) => html`<option value=${year} ?selected=${year === this.chosen}>${year}</option>`,
        )}
      </select>
    </label>`
  }

  #table(rows: readonly Completion[], label: string): TemplateResult {
    const { t, format } = this.local
    const isMarked = rows.some(({ markedBy }) => markedBy !== null)
    return dataTable(
      label,
      html`<th scope="col">${t.item}</th>
        <th scope="col" class="number">${t.date}</th>
        ${isMarked ? html`<th scope="col">${t.markedBy}</th>` : nothing}`,
      rows.map(
        (row) =>
          html`<tr>
            <th scope="row">
              <a href=${this.address(row.contentId)} dir="auto">${row.title ?? t.unknownItem}</a>
            </th>
            <td class="number" data-label=${t.date}>
              <time datetime=${row.completedAt}>${format.date(row.completedAt)}</time>
            </td>
            ${isMarked ? html`<td data-label=${t.markedBy}>${this.#marker(row)}</td>` : nothing}
          </tr>`,
      ),
    )
  }

  #marker({ markedBy, markedByName }: Completion): string {
    return markedBy === null ? '' : (markedByName ?? this.local.t.someoneElse)
  }

  readonly #onYear = (event: Event): void => {
    this.chosen = Number((event.target as HTMLSelectElement).value)
    void this.rows.reset()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'completions-by-year': CompletionsByYear
  }
}
