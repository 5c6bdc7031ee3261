import { area, curveLinear, curveStepAfter, line } from 'd3-shape'
import { css, html, LitElement, nothing, svg } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { styleMap } from 'lit/directives/style-map.js'
import { base } from '../../ui/base'
import { tableOfChart } from '../../ui/table-of-chart'
import { Localised } from '../../../strings'
import { strings } from '../strings'
import { crisp, nearest, scalesOf, ticksOf, type Point, type Scales, type Shape } from './scales'
import { seriesStyles } from './styles'

/** The chart's numbers as a table: its columns, and a row for each point. */
export interface ChartTable {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const HEIGHT = 240

/**
 * One series as a line or as steps, over its table. Pointing at it reads a value out; so do the arrow keys, by a range
 * input that lies over the plot and that screen readers know.
 */
@customElement('chart-series')
export class ChartSeries extends LitElement {
  static override styles = [
    base,
    tableOfChart,
    seriesStyles,
    css`
      .plot {
        height: ${HEIGHT}px;
      }
    `,
  ]

  @property({ attribute: false }) points: readonly Point[] = []
  @property() shape: Shape = 'line'
  /** What is shown, for the ear: `Active people by day`. */
  @property() label = ''
  @property({ attribute: false }) format: (value: number) => string = String
  /** The short form, beside the axis. */
  @property({ attribute: false }) formatAxis: ((value: number) => string) | null = null
  /** The top of the axis, where it is known: 100 for a percentage. */
  @property({ type: Number }) highest: number | undefined
  /** Under the far end of the last step. */
  @property() end = ''
  /** The last point is of a day that is not over: the way to it is drawn broken. */
  @property({ type: Boolean }) unfinished = false
  @property({ attribute: false }) table: ChartTable | null = null

  @state() private width = 0
  @state() private at: number | null = null
  @state() private rtl = false

  private readonly local = new Localised(this, strings)
  readonly #sizes = new ResizeObserver(([entry]) => {
    if (entry === undefined) return
    this.width = Math.floor(entry.contentRect.width)
    this.rtl = getComputedStyle(this).direction === 'rtl'
  })

  override connectedCallback(): void {
    super.connectedCallback()
    this.#sizes.observe(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#sizes.disconnect()
  }

  override render() {
    return html`<figure aria-label=${this.label}>${this.#plot()} ${this.#table()}</figure>`
  }

  #plot(): unknown {
    if (this.width === 0 || this.points.length === 0) return html`<div class="plot"></div>`
    const frame = { width: this.width, height: HEIGHT, rtl: this.rtl }
    const scales = scalesOf(frame, this.shape, this.points, this.#labelRoom(), this.highest)
    const last = this.points.length - 1
    const at = Math.min(this.at ?? last, last)
    const start = this.rtl ? this.width - scales.right : scales.left
    return html`<div
      class="plot"
      @pointerdown=${(event: PointerEvent) => {
        this.#pointAt(event, scales)
      }}
      @pointermove=${(event: PointerEvent) => {
        this.#pointAt(event, scales)
      }}
      @pointerleave=${() => {
        this.at = null
      }}
    >
      <input
        type="range"
        min="0"
        max=${last}
        step="1"
        .value=${String(at)}
        aria-label=${this.label}
        aria-valuetext=${this.#said(at)}
        style=${styleMap({ 'inset-inline-start': `${start}px`, inlineSize: `${scales.right - scales.left}px` })}
        @input=${this.#onInput}
        @focus=${() => {
          this.at ??= last
        }}
        @blur=${() => {
          this.at = null
        }}
      />
      ${this.#drawing(scales)} ${this.at === null ? nothing : this.#readOut(scales, at)}
    </div>`
  }

  #drawing(scales: Scales): unknown {
    const { points, width } = this
    return html`<svg width=${width} height=${HEIGHT} viewBox="0 0 ${width} ${HEIGHT}" aria-hidden="true">
      <defs>
        <linearGradient id="fade" x1="0" y1="0" x2="0" y2="1">
          <stop class="from" offset="0" />
          <stop class="to" offset="1" />
        </linearGradient>
      </defs>
      ${scales.levels.map((level) => this.#level(scales, level))} ${this.#series(scales)}
      ${this.#ticks(scales)}
      ${this.at === null ? nothing : this.#cursor(scales, Math.min(this.at, points.length - 1))}
    </svg>`
  }

  /** Under a line, beneath the points; under steps, where they begin and the last one ends. */
  #ticks(scales: Scales): unknown {
    const names = this.points.map(({ tick }) => tick)
    const places =
      this.shape === 'line'
        ? ticksOf(names.length, scales.right - scales.left)
        : [...names.keys(), names.length].filter((place) => (names[place] ?? this.end) !== '')
    return places.map(
      (place) =>
        svg`<text class="tick" x=${scales.x(place)} y=${HEIGHT - 6}>${names[place] ?? this.end}</text>`,
    )
  }

  #level(scales: Scales, level: number): unknown {
    const y = crisp(scales.y(level))
    const x = this.rtl ? scales.right + 8 : scales.left - 8
    const name = (this.formatAxis ?? this.format)(level)
    return svg`<line class=${level === 0 ? 'axis' : 'grid'} x1=${scales.left} x2=${scales.right} y1=${y} y2=${y} />
      <text class="level ${this.rtl ? 'rtl' : ''}" x=${x} y=${y + 4}>${name}</text>`
  }

  #series(scales: Scales): unknown {
    const steps = this.shape === 'steps'
    // a step reaches to the end of its own space, so the last one needs a point more
    const places = this.points.map(({ value }, place) => ({ place, value }))
    const drawn = steps ? [...places, { place: places.length, value: places.at(-1)?.value ?? null }] : places
    const curve = steps ? curveStepAfter : curveLinear
    const { x, y, bottom } = scales
    type At = (typeof drawn)[number]
    const fill = area<At>(
      (each) => x(each.place),
      bottom,
      (each) => y(each.value ?? 0),
    )
      .defined(({ value }) => value !== null)
      .curve(curve)
    const stroke = line<At>(
      (each) => x(each.place),
      (each) => y(each.value ?? 0),
    )
      .defined(({ value }) => value !== null)
      .curve(curve)
    const whole = this.unfinished ? drawn.slice(0, -1) : drawn
    const rest = this.unfinished ? drawn.slice(-2) : []
    return svg`<path class="area" d=${fill(drawn) ?? ''} />
      <path class="series" d=${stroke(whole) ?? ''} />
      <path class="series unfinished" d=${stroke(rest) ?? ''} />`
  }

  #cursor(scales: Scales, at: number): unknown {
    const value = this.points[at]?.value ?? null
    const x = this.#middle(scales, at)
    return svg`<line class="cursor" x1=${crisp(x)} x2=${crisp(x)} y1=${scales.top} y2=${scales.bottom} />
      ${value === null ? nothing : svg`<circle class="dot" cx=${x} cy=${scales.y(value)} r="5" />`}`
  }

  #readOut(scales: Scales, at: number): unknown {
    const x = this.#middle(scales, at)
    // on the side of the cursor with more room
    const after = x < this.width / 2
    const place = after ? { left: `${x + 12}px` } : { right: `${this.width - x + 12}px` }
    const { name = '', value = null } = this.points[at] ?? {}
    return html`<div class="read-out" style=${styleMap(place)} aria-hidden="true">
      <span class="small muted">${name}</span>
      <strong>${value === null ? '–' : this.format(value)}</strong>
    </div>`
  }

  #table(): unknown {
    const { head, rows } = this.table ?? { head: [], rows: [] }
    if (rows.length === 0) return nothing
    const { t } = this.local
    return html`<details>
      <summary>${t.showTable}</summary>
      <div class="table-frame" tabindex="0" role="region" aria-label=${this.label}>
        <table class="data">
          <thead>
            <tr>
              ${head.map((name, column) => html`<th scope="col" class=${column > 0 ? 'number' : ''}>${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ([first, ...others]) =>
                html`<tr>
                  <th scope="row">${first}</th>
                  ${others.map((cell) => html`<td class="number">${cell}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`
  }

  #middle(scales: Scales, place: number): number {
    return scales.x(this.shape === 'steps' ? place + 0.5 : place)
  }

  #said(at: number): string {
    const { name = '', value = null } = this.points[at] ?? {}
    return `${name}: ${value === null ? '–' : this.format(value)}`
  }

  /** Room for the longest value beside the axis, at about 7 px a character. */
  #labelRoom(): number {
    const format = this.formatAxis ?? this.format
    const values = this.points.map(({ value }) => value ?? 0)
    const highest = this.highest ?? Math.max(1, ...values)
    return 18 + 7 * Math.max(format(highest).length, format(highest * 1.2).length)
  }

  #pointAt(event: PointerEvent, scales: Scales): void {
    const { left } = (event.currentTarget as HTMLElement).getBoundingClientRect()
    this.at = nearest(scales, this.shape, this.points.length, event.clientX - left)
  }

  readonly #onInput = (event: Event): void => {
    this.at = Number((event.target as HTMLInputElement).value)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'chart-series': ChartSeries
  }
}
