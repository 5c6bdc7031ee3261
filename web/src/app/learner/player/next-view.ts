import { html, nothing, type TemplateResult } from 'lit'
import type { LearnerLocal } from '../card-view'
import type { CatalogueRow } from '../records'
import { typeName } from '../types'

/** What to go on with; it leads there and does not go by itself. */
export function nextView(item: CatalogueRow, { t, format }: LearnerLocal): TemplateResult {
  const length =
    item.durationSeconds === null ? nothing : html` · ${format.shortDuration(item.durationSeconds)}`
  return html`<section class="card next" aria-labelledby="next">
    <playhead-thumbnail .src=${item.thumbnailUrl} .name=${item.title}></playhead-thumbnail>
    <div class="stack tighter">
      <h2 id="next">${t.upNext}</h2>
      <a href="/watch/${item.contentId}" dir="auto">${item.title}</a>
      <p class="muted small">${typeName(item.type, t)}${length}</p>
    </div>
  </section>`
}
