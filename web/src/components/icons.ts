/** The few glyphs, drawn on a 16 px grid in the colour of the text around them. */
import { svg, html, type SVGTemplateResult, type TemplateResult } from 'lit'

function icon(path: SVGTemplateResult, size = 16): TemplateResult {
  return html`<svg
    aria-hidden="true"
    width=${size}
    height=${size}
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.75"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    ${path}
  </svg>`
}

export const closeIcon = icon(svg`<path d="m4 4 8 8M12 4l-8 8" />`)
export const checkIcon = icon(svg`<path d="m3 8.5 3.25 3.25L13 5" />`)
export const infoIcon = icon(svg`<path d="M8 7.5v4M8 4.5v.01" />`)
export const alertIcon = icon(svg`<path d="M8 4.5v4M8 11.5v.01" />`)
export const backIcon = icon(svg`<path d="m10 3-5 5 5 5" />`)
export const forwardIcon = icon(svg`<path d="m6 3 5 5-5 5" />`)
export const playIcon = icon(svg`<path d="M5.5 3.5v9l7-4.5z" fill="currentColor" />`)
