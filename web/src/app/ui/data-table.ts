import { html, type TemplateResult } from 'lit'

/** A table of a report: scrolls by itself where it is too wide, and shows its rows as cards on phones. */
export function dataTable(label: string, head: unknown, rows: unknown): TemplateResult {
  return html`<div class="table-frame" tabindex="0" role="region" aria-label=${label}>
    <table class="data cards">
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`
}
