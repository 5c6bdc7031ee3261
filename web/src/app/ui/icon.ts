/** The pages' icons: 20 × 20, drawn with the colour of the text around them, and silent for screen readers. */
import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit'

const strokes = {
  library: svg`<path d="M3 4.5h5.5a1.5 1.5 0 0 1 1.5 1.5v10a1.5 1.5 0 0 0-1.5-1.5H3zM17 4.5h-5.5A1.5 1.5 0 0 0 10 6v10a1.5 1.5 0 0 1 1.5-1.5H17z" />`,
  dashboard: svg`<path d="M3.5 13a6.5 6.5 0 1 1 13 0M10 13l3-4" /><circle cx="10" cy="13" r="1" />`,
  history: svg`<path d="M3.5 10a6.5 6.5 0 1 0 2-4.7M3.5 3.5v3h3M10 6.5V10l2.5 1.5" />`,
  team: svg`<circle cx="7.5" cy="7" r="2.5" /><path d="M3 16c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M13 4.8a2.5 2.5 0 0 1 0 4.4M14 12.3c1.8.5 3 1.8 3 3.7" />`,
  person: svg`<circle cx="10" cy="7" r="3" /><path d="M4.5 16.5c0-3 2.5-4.5 5.5-4.5s5.5 1.5 5.5 4.5" />`,
  organisation: svg`<path d="M4 16.5V5a1.5 1.5 0 0 1 1.5-1.5h5A1.5 1.5 0 0 1 12 5v11.5M12 8.5h2.5A1.5 1.5 0 0 1 16 10v6.5M2.5 16.5h15M6.5 7h3M6.5 10h3M6.5 13h3" />`,
  chart: svg`<path d="M3.5 16.5h13M6 13.5v-4M10 13.5v-8M14 13.5v-6" />`,
  download: svg`<path d="M10 3.5v9M6.5 9l3.5 3.5L13.5 9M4 16.5h12" />`,
  upload: svg`<path d="M10 12.5v-9M6.5 7 10 3.5 13.5 7M4 16.5h12" />`,
  search: svg`<circle cx="9" cy="9" r="5" /><path d="m13 13 3.5 3.5" />`,
  sun: svg`<circle cx="10" cy="10" r="3" /><path d="M10 3v1.5M10 15.5V17M3 10h1.5M15.5 10H17M5 5l1 1M14 14l1 1M5 15l1-1M14 6l1-1" />`,
  moon: svg`<path d="M16 12a6.5 6.5 0 0 1-8-8 6.5 6.5 0 1 0 8 8Z" />`,
  language: svg`<circle cx="10" cy="10" r="6.5" /><path d="M3.5 10h13M10 3.5c2.2 2 3 4.2 3 6.5s-.8 4.5-3 6.5c-2.2-2-3-4.2-3-6.5s.8-4.5 3-6.5Z" />`,
  signOut: svg`<path d="M8 16.5H5A1.5 1.5 0 0 1 3.5 15V5A1.5 1.5 0 0 1 5 3.5h3M12.5 6.5 16 10l-3.5 3.5M16 10H8" />`,
  check: svg`<path d="m4.5 10.5 3.5 3.5 7.5-8" />`,
  close: svg`<path d="m5 5 10 10M15 5 5 15" />`,
  back: svg`<path d="M12 4.5 6.5 10l5.5 5.5" />`,
  forward: svg`<path d="M8 4.5 13.5 10 8 15.5" />`,
  up: svg`<path d="M10 15V5M6 9l4-4 4 4" />`,
  down: svg`<path d="M10 5v10M6 11l4 4 4-4" />`,
  alert: svg`<path d="M10 3.5 17 16H3zM10 8.5v3.5" /><circle cx="10" cy="14" r=".4" />`,
  clock: svg`<circle cx="10" cy="10" r="6.5" /><path d="M10 6.5V10l2.5 1.5" />`,
  offline: svg`<path d="M3 3l14 14M5.5 10.5a6.5 6.5 0 0 1 3-1.7M2.8 7.6a10 10 0 0 1 3-2M9.5 5a10.5 10.5 0 0 1 7.7 2.6M12 9.2c1 .3 1.8.7 2.5 1.3" /><circle cx="10" cy="14.5" r=".8" />`,
  play: svg`<path d="M6.5 4.5v11l9-5.5z" />`,
  document: svg`<path d="M5 3.5h6.5L15 7v9.5H5zM11.5 3.5V7H15M7.5 10.5h5M7.5 13.5h5" />`,
  menu: svg`<path d="M3.5 6h13M3.5 10h13M3.5 14h13" />`,
} satisfies Record<string, SVGTemplateResult>

export type IconName = keyof typeof strokes

/** Those that point along the text, and turn round with it. */
const DIRECTED: ReadonlySet<IconName> = new Set(['back', 'forward', 'signOut'])

export function icon(name: IconName): TemplateResult {
  const turned = DIRECTED.has(name) ? 'scale: var(--playhead-inline, 1) 1' : ''
  return html`<svg
    class="icon"
    part="icon"
    width="20"
    height="20"
    viewBox="0 0 20 20"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
    .style=${turned}
  >
    ${strokes[name]}
  </svg>`
}
