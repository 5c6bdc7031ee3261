import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { ListedItem } from '../../api/types'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { dataTable } from '../ui/data-table'
import { moment } from '../ui/moment'
import { paged } from '../ui/paged'
import { Pages } from '../ui/pages'
import '../ui/state'
import { itemProgress } from './cells'
import './on-behalf'
import { strings } from './strings'
import { managerStyles } from './styles'
import { itemsById } from './titles'

interface Titled extends ListedItem {
  /** Null where the catalogue does not have it. */
  readonly title: string | null
}

/** All that a person opened, the latest first. */
@customElement('person-items')
export class PersonItems extends LitElement {
  static override styles = [base, managerStyles]

  @property({ attribute: false }) services!: Services
  @property({ attribute: false }) userId = ''
  /** The person's. */
  @property({ attribute: false }) name = ''

  private readonly local = new Localised(this, strings)
  private readonly items = new Pages<Titled>(this, async (cursor) => {
    const { userId } = this
    const { api } = this.services
    const query = { userId, cursor, limit: 50 }
    const { items, nextCursor } = await api.read(api.client.GET('/api/progress', { params: { query } }))
    const known = await itemsById(
      api,
      items.map(({ contentId }) => contentId),
    )
    const titled = items.map((item) => ({ ...item, title: known.get(item.contentId)?.title ?? null }))
    return { items: titled, nextCursor }
  })

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('userId')) void this.items.reset()
  }

  override render() {
    const { t, lang } = this.local
    return html`<section @acted-on-behalf=${this.#onActed}>
      <div class="section-head"><h2 id="heading">${t.allItems}</h2></div>
      ${paged(
        this.items,
        lang,
        (rows) => this.#table(rows),
        () => html`<ui-state .icon=${'library'} .heading=${t.noItems} .text=${t.noItemsText}></ui-state>`,
      )}
    </section>`
  }

  #table(rows: readonly Titled[]): TemplateResult {
    const { t } = this.local
    return dataTable(
      t.allItems,
      html` <th scope="col">${t.item}</th>
        <th scope="col">${t.progress}</th>
        <th scope="col">${t.restsOn}</th>
        <th scope="col" class="number">${t.lastViewed}</th>
        <th scope="col" class="number">${t.timesOpened}</th>
        <th scope="col" class="number">${t.watchTime}</th>
        ${this.#isOwn ? nothing : html`<th scope="col">${t.onBehalf}</th>`}`,
      repeat(
        rows,
        ({ contentId }) => contentId,
        (row) => this.#row(row),
      ),
    )
  }

  #row(row: Titled): TemplateResult {
    const { t, format } = this.local
    const title = row.title ?? t.unknownItem
    return html`<tr>
      <th scope="row"><a href="/people/${this.userId}/items/${row.contentId}">${title}</a></th>
      <td data-label=${t.progress}>${itemProgress(row.progress, row.status, title)}</td>
      <td data-label=${t.restsOn}>${this.#evidence(row.evidence)}</td>
      <td class="number" data-label=${t.lastViewed}>
        ${moment(format, row.lastViewed, new Date(), t.never)}
      </td>
      <td class="number" data-label=${t.timesOpened}>${format.number(row.totalSessions)}</td>
      <td class="number" data-label=${t.watchTime}>${format.shortDuration(row.watchTimeSeconds)}</td>
      ${this.#isOwn ? nothing : html`<td data-label=${t.onBehalf}>${this.#actions(row, title)}</td>`}
    </tr>`
  }

  /** No one's own item changes here by mistake. */
  get #isOwn(): boolean {
    return this.userId === this.services.me.userId
  }

  #actions(row: Titled, title: string): TemplateResult {
    return html`<details>
      <summary>${this.local.t.act}<span class="visually-hidden">: ${title}</span></summary>
      <on-behalf
        inline
        .services=${this.services}
        .userId=${this.userId}
        .contentId=${row.contentId}
        .name=${this.name}
        .itemTitle=${title}
        ?completed=${row.status === 'completed'}
        ?marked=${row.status === 'completed' && row.evidence === 'manual'}
      ></on-behalf>
    </details>`
  }

  readonly #onActed = (): void => {
    void this.items.refresh((_, fresh) => fresh)
  }

  #evidence(evidence: ListedItem['evidence']): TemplateResult {
    const { t } = this.local
    if (evidence === 'watched' || evidence === 'rule')
      return html`<span class="muted">${t.evidenceWatched}</span>`
    const words = { reported: t.evidenceReported, manual: t.evidenceManual, imported: t.evidenceImported }
    return html`<span class="badge warning">${words[evidence]}</span>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'person-items': PersonItems
  }
}
