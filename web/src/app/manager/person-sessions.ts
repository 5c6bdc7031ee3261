import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Api } from '../../api/client'
import type { HistoryEntry } from '../../api/types'
import { Localised } from '../../strings'
import { base } from '../ui/base'
import { dataTable } from '../ui/data-table'
import { paged } from '../ui/paged'
import { Pages } from '../ui/pages'
import '../ui/state'
import { strings } from './strings'
import { managerStyles } from './styles'
import { itemsById } from './titles'
import type { CatalogueRow } from './types'

interface Session extends HistoryEntry {
  /** Undefined where the catalogue does not have it. */
  readonly item: CatalogueRow | undefined
}

const ACTS = {
  mark: 'actMark',
  mark_removed: 'actMarkRemoved',
  attempt: 'actAttempt',
  expired: 'actExpired',
  import: 'actImport',
} as const

/** A person's history, the latest first: sessions with their parts, and what was done by hand or imported. */
@customElement('person-sessions')
export class PersonSessions extends LitElement {
  static override styles = [base, managerStyles]

  @property({ attribute: false }) api!: Api
  @property({ attribute: false }) userId = ''

  private readonly local = new Localised(this, strings)
  private readonly sessions = new Pages<Session>(this, async (cursor) => {
    const { api, userId } = this
    const query = { userId, cursor, limit: 20 }
    const page = await api.read(api.client.GET('/api/progress/history', { params: { query } }))
    const known = await itemsById(
      api,
      page.items.map(({ contentId }) => contentId),
    )
    // openapi-fetch takes pairs for arrays of any length
    const entries = page.items as HistoryEntry[]
    const items = entries.map((entry) => ({ ...entry, item: known.get(entry.contentId) }))
    return { items, nextCursor: page.nextCursor }
  })

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('userId')) void this.sessions.reset()
  }

  override render() {
    const { t, lang } = this.local
    return html`<section>
      <div class="section-head"><h2 id="heading">${t.history}</h2></div>
      ${paged(
        this.sessions,
        lang,
        (rows) => this.#table(rows),
        () =>
          html`<ui-state .icon=${'history'} .heading=${t.noSessions} .text=${t.noSessionsText}></ui-state>`,
      )}
    </section>`
  }

  #table(rows: readonly Session[]): TemplateResult {
    const { t } = this.local
    return dataTable(
      t.history,
      html` <th scope="col">${t.began}</th>
        <th scope="col">${t.item}</th>
        <th scope="col" style="width: 32%">${t.watchedParts}</th>
        <th scope="col" class="number">${t.watchTime}</th>`,
      rows.map((row) => this.#row(row)),
    )
  }

  #row(row: Session): TemplateResult {
    const { t, format } = this.local
    const title = row.item?.title ?? t.unknownItem
    return html`<tr>
      <th scope="row"><time datetime=${row.startedAt}>${format.dateTime(row.startedAt)}</time></th>
      <td data-label=${t.item}>
        <a href="/people/${this.userId}/items/${row.contentId}">${title}</a>
      </td>
      <td data-label=${t.watchedParts}>
        ${row.kind === 'session' ? this.#parts(row, title) : this.#act(row, row.kind)}
      </td>
      <td class="number" data-label=${t.watchTime}>
        ${row.kind === 'session' || row.watchTimeSeconds > 0 ? format.shortDuration(row.watchTimeSeconds) : '–'}
      </td>
    </tr>`
  }

  #act(row: Session, kind: keyof typeof ACTS): TemplateResult {
    const { t, format } = this.local
    const by = row.actedBy === null ? '' : t.actBy(row.actedByName ?? t.someoneElse)
    const share = row.importedPercentage === null ? '' : format.percent(row.importedPercentage)
    return html`<span class="badge" data-kind=${kind}
      >${[t[ACTS[kind]], share, by].filter(Boolean).join(' ')}</span
    >`
  }

  /** A map where the length of the item is known; pages and items of unknown length have none. */
  #parts({ item, watchedSegments }: Session, title: string): TemplateResult {
    const duration = item?.durationSeconds ?? 0
    if (duration === 0 || watchedSegments.length === 0) return html`<span class="muted">–</span>`
    return html`<playhead-scrubber
      class="map"
      readonly
      .duration=${duration}
      .segments=${watchedSegments}
      .label=${title}
    ></playhead-scrubber>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'person-sessions': PersonSessions
  }
}
