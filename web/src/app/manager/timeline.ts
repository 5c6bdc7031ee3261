import { css, html, LitElement, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Range } from '../../components'
import { Localised } from '../../strings'
import { strings } from './strings'

/** A timeline of an item: the parts that count, and those claimed that do not. All in seconds. */
@customElement('evidence-timeline')
export class EvidenceTimeline extends LitElement {
  static override styles = css`
    :host {
      display: block;
    }
    /* A recording runs left to right in every script, as its player shows it. */
    div {
      position: relative;
      direction: ltr;
      height: 14px;
      border-radius: 4px;
      overflow: hidden;
      background: var(--playhead-track);
    }
    span {
      position: absolute;
      inset-block: 0;
      min-width: 1px;
    }
    .counts {
      background: var(--playhead-watched);
    }
    .not {
      background: repeating-linear-gradient(
        -45deg,
        var(--playhead-danger) 0 3px,
        var(--playhead-danger-soft) 3px 7px
      );
    }
    @media (forced-colors: active) {
      div {
        border: 1px solid CanvasText;
      }
      .counts {
        background: Highlight;
      }
      .not {
        background: GrayText;
      }
    }
  `

  @property({ attribute: false }) duration = 0
  @property({ attribute: false }) counted: readonly Range[] = []
  @property({ attribute: false }) notCounted: readonly Range[] = []
  /** What the timeline shows, for screen readers. */
  @property() label = ''

  private readonly local = new Localised(this, strings)

  override render() {
    return html`<div role="img" aria-label="${this.label}: ${this.#words()}">
      ${this.counted.map((range) => this.#span('counts', range))}
      ${this.notCounted.map((range) => this.#span('not', range))}
    </div>`
  }

  #span(kind: string, [from, to]: Range): TemplateResult {
    const share = (seconds: number): number =>
      this.duration > 0 ? (100 * Math.min(seconds, this.duration)) / this.duration : 0
    // parts behind the end are drawn as the last bit of it, or they would not be seen at all
    const left = Math.min(share(from), 99)
    const width = Math.max(share(to) - share(from), from >= this.duration ? 1 : 0)
    return html`<span class=${kind} .style=${`left: ${left}%; width: ${width}%`}></span>`
  }

  #words(): string {
    const { t, format } = this.local
    const parts = (ranges: readonly Range[]): string =>
      format.list(ranges.map(([from, to]) => t.fromTo(format.clock(from), format.clock(to))))
    const said = [
      this.counted.length > 0 ? t.laneCounted(parts(this.counted)) : '',
      this.notCounted.length > 0 ? t.laneNotCounted(parts(this.notCounted)) : '',
    ].filter((text) => text !== '')
    return said.length > 0 ? said.join('; ') : t.laneNothing
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'evidence-timeline': EvidenceTimeline
  }
}
