/** How these pages show figures. */
import { css, html, nothing, type TemplateResult } from 'lit'
import type { Formats } from '../../strings'

const DAY_SECONDS = 86_400
/** Shown for a figure without a value, such as a rate of no people. */
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

/** Even rows of figures: two in a row on a phone, otherwise `--across`. */
export const figuresStyles = css`
  .figures {
    display: grid;
    grid-template-columns: repeat(var(--across, 4), minmax(0, 1fr));
    gap: 16px;
  }
  .figures .stat {
    align-content: start;
  }
  @media (max-width: 800px) {
    .figures {
      grid-template-columns: repeat(2, minmax(0, 1fr));
      gap: 12px;
    }
    .figures .figure {
      font-size: 1.375rem;
      overflow-wrap: anywhere;
    }
  }
`

/** With `href`, the figure links to the list of what it counts. */
export function stat(label: string, figure: string, more?: string, href?: string): TemplateResult {
  return html`<div class="card stat">
    <span class="label">${label}</span>
    <span class="figure"
      >${href === undefined ? figure : html`<a href=${href} aria-label="${label}: ${figure}">${figure}</a>`}</span
    >
    ${more === undefined ? nothing : html`<span class="small muted">${more}</span>`}
  </div>`
}
