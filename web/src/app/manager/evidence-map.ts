import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { ItemEvidence } from '../../api/types'
import type { Range } from '../../components'
import { Localised } from '../../strings'
import { base } from '../ui/base'
import { pagesInWords } from './evidence-words'
import './timeline'
import { rewatched } from './layers'
import { strings } from './strings'
import { evidenceStyles } from './evidence-styles'

/** The most repetitions that are shown apart. */
const MOST_LAYERS = 5

/** Which parts of an item count, and which were watched again. */
@customElement('evidence-map')
export class EvidenceMap extends LitElement {
  static override styles = [base, evidenceStyles]

  @property({ attribute: false }) evidence!: ItemEvidence

  private readonly local = new Localised(this, strings)

  override render() {
    const { t } = this.local
    const { duration, coverage } = this.evidence
    const length = duration.seconds ?? 0
    return html`<section class="card stack" aria-labelledby="heading">
      <div>
        <h2 id="heading">${t.map}</h2>
        <p class="muted small">${t.mapText}</p>
      </div>
      ${
        length === 0
          ? nothing
          : html`<playhead-scrubber
                class="map"
                readonly
                times
                .duration=${length}
                .segments=${coverage.segments}
              ></playhead-scrubber>
              ${this.#layers(length)} ${this.#together(length)}`
      }
      ${coverage.pages.length === 0 ? nothing : html`<p>${pagesInWords(coverage.pages, this.local)}</p>`}
    </section>`
  }

  #layers(length: number): TemplateResult | typeof nothing {
    const { t } = this.local
    const { sessions, folded } = this.evidence
    const viewings: readonly (readonly Range[])[] = [
      ...sessions.map(({ creditedSegments }) => creditedSegments),
      ...(folded?.layers.map(({ segments }) => segments) ?? []),
    ]
    const layers = rewatched(viewings, MOST_LAYERS)
    if (layers.length === 0) return nothing
    return html`<div class="stack" style="--gap: 8px">
      <h3>${t.rewatched}</h3>
      ${layers.map(({ times, segments }) => this.#timeline(t.atLeast(times), segments, length))}
    </div>`
  }

  #together(length: number): TemplateResult | typeof nothing {
    const { t } = this.local
    const { together } = this.evidence.coverage
    if (together.length === 0) return nothing
    return html`<div class="stack" style="--gap: 8px">
      <h3>${t.together}</h3>
      <evidence-timeline .duration=${length} .counted=${together} .label=${t.together}></evidence-timeline>
      <p class="muted small">${t.togetherText}</p>
    </div>`
  }

  #timeline(label: string, segments: readonly Range[], length: number): TemplateResult {
    return html`<div class="layer">
      <span class="muted small" aria-hidden="true">${label}</span>
      <evidence-timeline .duration=${length} .counted=${segments} .label=${label}></evidence-timeline>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'evidence-map': EvidenceMap
  }
}
