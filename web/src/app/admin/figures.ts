/** Figures as these pages show them. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Formats } from '../../strings'

const DAY_SECONDS = 86_400
/** What there is not, as a figure: nobody started, so there is no rate. */
export const NONE = '–'

export function percentOf(format: Formats, value: number | null): string {
  return value === null ? NONE : format.percent(value)
}

/** A length of time of any size: `12 min`, `1 hr, 5 min`, and from two days on `3.5 days`. */
export function spanOf(format: Formats, seconds: number | null): string {
  if (seconds === null) return NONE
  if (seconds < 2 * DAY_SECONDS) return format.shortDuration(seconds)
  return format.number(seconds / DAY_SECONDS, {
    style: 'unit',
    unit: 'day',
    unitDisplay: 'long',
    maximumFractionDigits: 1,
  })
}

/** Wall-clock seconds as hours. */
export function hoursOf(format: Formats, seconds: number): string {
  return format.number(seconds / 3_600, { style: 'unit', unit: 'hour', maximumFractionDigits: 1 })
}

export function stat(label: string, figure: string, more?: string): TemplateResult {
  return html`<div class="card stat">
    <span class="label">${label}</span>
    <span class="figure">${figure}</span>
    ${more === undefined ? nothing : html`<span class="small muted">${more}</span>`}
  </div>`
}
