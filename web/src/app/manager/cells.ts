/** Cells that the manager's tables share. */
import { html, type TemplateResult } from 'lit'
import '../../components'
import type { Formats } from '../../strings'
import { percent } from './percent'
import type { Words } from './strings'

/** A mean percentage as a bar; the exact one, which files have, to point at. */
export function share(percentage: number | null, format: Formats, label: string): TemplateResult {
  if (percentage === null) return html`<span class="muted">–</span>`
  return html`<playhead-progress
    class="share"
    layout="inline"
    title=${percent(percentage, 2, format)}
    .value=${percentage}
    .label=${label}
  ></playhead-progress>`
}

/** So many of so many. */
export function shareOf(some: number, all: number, format: Formats): string {
  return `${format.number(some)} / ${format.number(all)}`
}

/** How many need support. */
export function supportBadge(members: number, t: Words): TemplateResult {
  return members === 0
    ? html`<span class="badge success">${t.nobody}</span>`
    : html`<span class="badge warning">${t.people(members)}</span>`
}

/** How far one item is. An unknown status is shown by its percentage alone. */
export function itemProgress(percentage: number, status: string, label: string): TemplateResult {
  return html`<playhead-progress
    class="share"
    layout="inline"
    .value=${percentage}
    .status=${status === 'completed' || status === 'not_started' ? status : 'in_progress'}
    .label=${label}
  ></playhead-progress>`
}
