import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { save } from '../../../api/download'
import type { components } from '../../../api/schema'
import { Localised } from '../../../strings'
import { base } from '../../ui/base'
import { icon } from '../../ui/icon'
import { strings } from '../strings'
import { csvOf } from './csv'
import { reasonText, type LineRejection } from './reasons'

export type DirectoryImport = components['schemas']['DirectoryImport']

/** Errors that are shown at first; the file to download has them all. */
const SHOWN = 100

/** What became, or would become, of a file's rows: counts by kind, and errors by line. */
@customElement('import-outcome')
export class ImportOutcome extends LitElement {
  static override styles = [
    base,
    css`
      .table-frame {
        box-shadow: none;
      }
      .reason {
        min-width: 12rem;
        overflow-wrap: anywhere;
      }
    `,
  ]

  @property({ attribute: false }) outcome!: DirectoryImport

  @state() private shown = SHOWN

  private readonly local = new Localised(this, strings)

  override render() {
    return html`<div class="stack" .style=${'--gap: 20px'}>${this.#counts()} ${this.#errors()}</div>`
  }

  #counts(): unknown {
    const { t, format } = this.local
    return html`<div class="table-frame" tabindex="0" role="region" aria-label=${t.countsLabel}>
      <table class="data cards">
        <thead>
          <tr>
            <th scope="col">${t.rowsOf}</th>
            <th scope="col" class="number">${t.stored}</th>
            <th scope="col" class="number">${t.unchanged}</th>
            <th scope="col" class="number">${t.removed}</th>
            <th scope="col" class="number">${t.rejected}</th>
          </tr>
        </thead>
        <tbody>
          ${this.outcome.kinds.map(
            ({ kind, upserted, unchanged, removed, rejected }) =>
              html`<tr>
                <th scope="row">${t.kindOf(kind)}</th>
                <td class="number" data-label=${t.stored}>${format.number(upserted)}</td>
                <td class="number" data-label=${t.unchanged}>${format.number(unchanged)}</td>
                <td class="number" data-label=${t.removed}>${format.number(removed)}</td>
                <td class="number" data-label=${t.rejected}>
                  ${
                    rejected === 0
                      ? format.number(0)
                      : html`<span class="badge danger">${format.number(rejected)}</span>`
                  }
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
  }

  #errors(): unknown {
    const { t } = this.local
    const { rejected } = this.outcome
    if (rejected.length === 0) return nothing
    return html`<section class="stack" aria-labelledby="errors" .style=${'--gap: 12px'}>
      <div class="row spread">
        <h3 id="errors">${t.errors(rejected.length)}</h3>
        <button class="button" @click=${this.#onSave}>${icon('download')} ${t.saveErrors}</button>
      </div>
      <div class="table-frame" tabindex="0" role="region" aria-label=${t.errors(rejected.length)}>
        <table class="data cards">
          <thead>
            <tr>
              <th scope="col" class="number">${t.line}</th>
              <th scope="col">${t.column}</th>
              <th scope="col">${t.reason}</th>
            </tr>
          </thead>
          <tbody>
            ${rejected.slice(0, this.shown).map((each) => this.#error(each))}
          </tbody>
        </table>
      </div>
      ${
        rejected.length <= this.shown
          ? nothing
          : html`<div>
              <button class="button" @click=${() => (this.shown += SHOWN)}>
                ${t.moreErrors(rejected.length - this.shown)}
              </button>
            </div>`
      }
    </section>`
  }

  #error(rejection: LineRejection): unknown {
    const { t, format } = this.local
    const { line, column } = rejection
    return html`<tr>
      <td class="number" data-label=${t.line}>${format.number(line)}</td>
      <td data-label=${t.column}>${column === null ? t.wholeRow : html`<code>${column}</code>`}</td>
      <td class="reason" data-label=${t.reason}>${reasonText(rejection, t)}</td>
    </tr>`
  }

  readonly #onSave = (): void => {
    const { t } = this.local
    const rows = this.outcome.rejected.map((each) => [
      String(each.line),
      each.column ?? '',
      reasonText(each, t),
    ])
    const text = csvOf([[t.line, t.column, t.reason], ...rows])
    // without the byte order mark Excel takes UTF-8 for something else
    save({ name: 'import-errors.csv', blob: new Blob(['\uFEFF', text], { type: 'text/csv' }) })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'import-outcome': ImportOutcome
  }
}
