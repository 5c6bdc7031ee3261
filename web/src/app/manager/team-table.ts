import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { Localised } from '../../strings'
import { base } from '../ui/base'
import { moment } from '../ui/moment'
import { sortHeader } from '../ui/sorting'
import { share, shareOf } from './cells'
import type { Marks } from './marks'
import { reasonBadges } from './reasons'
import { strings } from './strings'
import { managerStyles } from './styles'
import type { MemberRow } from './types'

/**
 * A team's members. `team-filters` (detail: `{sort}`) is another order; `team-table-held` (detail: boolean) reports
 * whether a pointer or the focus is on its rows, so that rows do not run away from under it.
 */
@customElement('team-table')
export class TeamTable extends LitElement {
  static override styles = [
    base,
    managerStyles,
    css`
      /* Two that are the same: only another name restarts an animation. */
      tr.fresh-0 > * {
        animation: fresh-0 2.4s ease-out;
      }
      tr.fresh-1 > * {
        animation: fresh-1 2.4s ease-out;
      }
      @keyframes fresh-0 {
        from {
          background: var(--playhead-accent-soft);
        }
      }
      @keyframes fresh-1 {
        from {
          background: var(--playhead-accent-soft);
        }
      }
    `,
  ]

  @property({ attribute: false }) rows: readonly MemberRow[] = []
  @property() sort = ''
  /** Whose rows have just changed. */
  @property({ attribute: false }) marks: Marks = new Map()

  private readonly local = new Localised(this, strings)
  #pointed = false
  #focused = false

  override render() {
    const { t } = this.local
    return html`<div class="table-frame" tabindex="0" role="region" aria-label=${t.membersTable}>
      <table class="data cards">
        <thead>
          <tr>
            ${sortHeader(t.name, 'name', this.sort, this.#onSort)}
            ${sortHeader(t.progress, 'progress', this.sort, this.#onSort, true)}
            ${sortHeader(t.requiredDone, 'requiredCompleted', this.sort, this.#onSort, true)}
            ${sortHeader(t.overdue, 'overdue', this.sort, this.#onSort, true)}
            ${sortHeader(t.lastActive, 'lastActive', this.sort, this.#onSort, true)}
            ${sortHeader(t.watchTime, 'watchTimeSeconds', this.sort, this.#onSort, true)}
            ${sortHeader(t.needsSupport, 'needsSupport', this.sort, this.#onSort, true)}
          </tr>
        </thead>
        <tbody
          @pointerenter=${this.#onPointer}
          @pointerleave=${this.#onPointer}
          @focusin=${this.#onFocus}
          @focusout=${this.#onFocus}
        >
          ${repeat(
            this.rows,
            ({ userId }) => userId,
            (row) => this.#row(row),
          )}
        </tbody>
      </table>
    </div>`
  }

  #row(row: MemberRow): TemplateResult {
    const { t, format } = this.local
    const mark = this.marks.get(row.userId)
    return html`<tr class=${mark === undefined ? '' : `fresh-${mark.turn}`}>
      <th scope="row">
        <a href="/people/${row.userId}">${row.name}</a>
        ${row.email === null ? nothing : html`<span class="small muted">${row.email}</span>`}
      </th>
      <td data-label=${t.progress}>${share(row.progress, format, t.progressOf(row.name))}</td>
      <td class="number" data-label=${t.requiredDone}>
        ${shareOf(row.requiredCompleted, row.required, format)}
      </td>
      <td class="number ${row.overdue > 0 ? 'late' : ''}" data-label=${t.overdue}>
        ${format.number(row.overdue)}
      </td>
      <td class="number" data-label=${t.lastActive}>
        ${moment(format, row.lastActive, new Date(), t.never)}
      </td>
      <td class="number" data-label=${t.watchTime}>${format.shortDuration(row.watchTimeSeconds)}</td>
      <td class="number" data-label=${t.needsSupport}>${reasonBadges(row.reasons, t)}</td>
    </tr>`
  }

  readonly #onSort = (sort: string): void => {
    this.dispatchEvent(new CustomEvent('team-filters', { detail: { sort } }))
  }

  /** A finger leaves as it comes: only a mouse stays over a row. */
  readonly #onPointer = (event: PointerEvent): void => {
    this.#hold(event.type === 'pointerenter' && event.pointerType === 'mouse', this.#focused)
  }

  readonly #onFocus = (event: FocusEvent): void => {
    this.#hold(this.#pointed, event.type === 'focusin')
  }

  #hold(pointed: boolean, focused: boolean): void {
    const before = this.#pointed || this.#focused
    this.#pointed = pointed
    this.#focused = focused
    const held = pointed || focused
    if (held !== before) this.dispatchEvent(new CustomEvent('team-table-held', { detail: held }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'team-table': TeamTable
  }
}
