import Papa from 'papaparse'
import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { save } from '../../../api/download'
import { Localised } from '../../../strings'
import { base } from '../../ui/base'
import { icon } from '../../ui/icon'
import { strings } from '../strings'
import { names } from './columns'
import type { Fault } from './file'
import { guarded } from './guarded'
import { reasonText } from './reasons'
import type { Outcome } from './send'

/** More are not read on a screen; the file has them all. */
const SHOWN = 100

/** What became, or would become, of a file's rows: counts by kind, and what is wrong by line. */
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

  @property({ attribute: false }) outcome!: Outcome

  @state() private shown = SHOWN

  private readonly local = new Localised(this, strings)

  override render() {
    return html`<div class="stack" .style=${'--gap: 20px'}>${this.#counts()} ${this.#faults()}</div>`
  }

  #counts(): unknown {
    const { t, format } = this.local
    const { counts } = this.outcome
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
          ${names
            .filter((name) => counts[name].rows > 0)
            .map(
              (name) =>
                html`<tr>
                  <th scope="row">${t.kindOf(name)}</th>
                  <td class="number" data-label=${t.stored}>${format.number(counts[name].stored)}</td>
                  <td class="number" data-label=${t.unchanged}>${format.number(counts[name].unchanged)}</td>
                  <td class="number" data-label=${t.removed}>${format.number(counts[name].removed)}</td>
                  <td class="number" data-label=${t.rejected}>
                    ${
                      counts[name].rejected === 0
                        ? format.number(0)
                        : html`<span class="badge danger">${format.number(counts[name].rejected)}</span>`
                    }
                  </td>
                </tr>`,
            )}
        </tbody>
      </table>
    </div>`
  }

  #faults(): unknown {
    const { t } = this.local
    const { faults } = this.outcome
    if (faults.length === 0) return nothing
    return html`<section class="stack" aria-labelledby="faults" .style=${'--gap: 12px'}>
      <div class="row spread">
        <h3 id="faults">${t.faults(faults.length)}</h3>
        <button class="button" @click=${this.#onSave}>${icon('download')} ${t.saveFaults}</button>
      </div>
      <div class="table-frame" tabindex="0" role="region" aria-label=${t.faults(faults.length)}>
        <table class="data cards">
          <thead>
            <tr>
              <th scope="col" class="number">${t.line}</th>
              <th scope="col">${t.column}</th>
              <th scope="col">${t.reason}</th>
            </tr>
          </thead>
          <tbody>
            ${faults.slice(0, this.shown).map((fault) => this.#fault(fault))}
          </tbody>
        </table>
      </div>
      ${
        faults.length <= this.shown
          ? nothing
          : html`<div>
              <button class="button" @click=${() => (this.shown += SHOWN)}>
                ${t.moreFaults(faults.length - this.shown)}
              </button>
            </div>`
      }
    </section>`
  }

  #fault({ line, column, reason }: Fault): unknown {
    const { t, format } = this.local
    return html`<tr>
      <td class="number" data-label=${t.line}>${format.number(line)}</td>
      <td data-label=${t.column}>${column === null ? t.wholeRow : html`<code>${column}</code>`}</td>
      <td class="reason" data-label=${t.reason}>${reasonText(reason, t)}</td>
    </tr>`
  }

  readonly #onSave = (): void => {
    const { t } = this.local
    const rows = this.outcome.faults.map(({ line, column, reason }) => [
      line,
      guarded(column ?? ''),
      guarded(reasonText(reason, t)),
    ])
    const text = Papa.unparse({ fields: [t.line, t.column, t.reason], data: rows })
    // without the byte order mark Excel takes UTF-8 for something else
    save({ name: 'import-errors.csv', blob: new Blob(['\uFEFF', text], { type: 'text/csv' }) })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'import-outcome': ImportOutcome
  }
}
