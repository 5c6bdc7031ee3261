import { css, html, LitElement } from 'lit'
import { customElement } from 'lit/decorators.js'
import { Localised } from '../../../strings'
import { base } from '../../ui/base'
import { strings } from '../strings'
import { kindNames, kinds } from './columns'

/** The format of a directory file, in words and as a table of its columns. */
@customElement('import-format')
export class ImportFormat extends LitElement {
  static override styles = [
    base,
    css`
      code {
        font-size: 0.875em;
      }
      ul {
        padding-inline-start: 20px;
      }
      .table-frame {
        box-shadow: none;
      }
      dl {
        display: grid;
        grid-template-columns: fit-content(40%) minmax(0, 1fr);
        gap: 6px 16px;
        font-size: 0.875rem;
      }
      code {
        direction: ltr;
        unicode-bidi: isolate;
      }
      .columns {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      p,
      li {
        max-width: 46rem;
        text-wrap: pretty;
      }
      @media (max-width: 700px) {
        table.data.cards td {
          display: block;
          text-align: start;
        }
        table.data.cards td::before {
          display: block;
          margin-block-end: 4px;
        }
      }
    `,
  ]

  private readonly local = new Localised(this, strings)

  override render() {
    const { t } = this.local
    return html`<section class="card stack">
      <h2>${t.formatHeading}</h2>
      <ul class="stack muted" .style=${'--gap: 6px'}>
        ${t.formatNotes.split('\n').map((note) => html`<li>${note}</li>`)}
      </ul>
      <div class="table-frame" tabindex="0" role="region" aria-label=${t.formatHeading}>
        <table class="data cards">
          <thead>
            <tr>
              <th scope="col">${t.rowsOf}</th>
              <th scope="col"><code>kind</code></th>
              <th scope="col">${t.neededColumns}</th>
              <th scope="col">${t.otherColumns}</th>
            </tr>
          </thead>
          <tbody>
            ${kindNames.map((name) => {
              const { word, required, optional } = kinds[name]
              return html`<tr>
                <th scope="row">${t.kindOf(name)}</th>
                <td data-label="kind"><code>${word}</code></td>
                <td data-label=${t.neededColumns}>${this.#columns(required)}</td>
                <td data-label=${t.otherColumns}>${this.#columns(optional)}</td>
              </tr>`
            })}
          </tbody>
        </table>
      </div>
      <dl>
        ${t.columnNotes.split('\n').map((note) => {
          const [column = '', said = ''] = note.split(' = ')
          return html`<dt><code>${column}</code></dt>
            <dd class="muted">${said}</dd>`
        })}
      </dl>
    </section>`
  }

  #columns(columns: readonly string[]): unknown {
    return html`<span class="columns"
      >${columns.map((column) => html`<code class="badge">${column}</code>`)}</span
    >`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'import-format': ImportFormat
  }
}
