import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { components } from '../../api/schema'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { messageOf } from '../ui/failed'
import { Latest } from '../ui/latest'
import { strings } from './strings'

type WhatIfAnswer = components['schemas']['WhatIf']

/** Milliseconds after the slider last moved; short enough to feel immediate. */
const SLIDING_MILLISECONDS = 200
/** In per cent. The first request, whose answer has the current threshold. */
const FIRST = 90
const LOWEST = 50

/** How many would have completed an item under another threshold. */
@customElement('what-if')
export class WhatIf extends LitElement {
  static override styles = [
    base,
    css`
      label {
        display: grid;
        gap: 8px;
        font-size: 0.875rem;
        font-weight: 540;
      }
      input {
        width: 100%;
        margin: 0;
        accent-color: var(--playhead-accent);
      }
      .ends {
        display: flex;
        justify-content: space-between;
        font-weight: 400;
      }
      .answer {
        font-size: 1.125rem;
        text-wrap: balance;
      }
      .failed {
        color: var(--playhead-danger);
      }
    `,
  ]

  @property({ attribute: false }) services!: Services
  @property({ attribute: false }) contentId = ''

  /** In per cent; null until the slider is moved: the current threshold. */
  @state() private chosen: number | null = null

  private readonly local = new Localised(this, strings)
  private readonly answer = new Latest<WhatIfAnswer>(this, () => this.#load())
  #sliding: ReturnType<typeof setTimeout> | undefined

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#sliding)
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('contentId')) return
    this.chosen = null
    void this.answer.replace()
  }

  override render() {
    const { t, format } = this.local
    const { value, failure } = this.answer
    const current = value === undefined ? FIRST : value.currentThreshold * 100
    const threshold = this.chosen ?? current
    return html`<section class="card stack" aria-labelledby="what-if">
      <div>
        <h2 id="what-if">${t.whatIf}</h2>
        <p class="small muted">${t.whatIfNote(format.percent(Math.round(current)))}</p>
      </div>
      <label
        ><span class="row spread"
          >${t.threshold} <strong class="numeric">${format.percent(Math.round(threshold))}</strong></span
        >
        <input
          type="range"
          min=${LOWEST}
          max="100"
          step="1"
          .value=${String(threshold)}
          aria-valuetext=${format.percent(Math.round(threshold))}
          ?disabled=${value === undefined}
          @input=${this.#onSlide}
        />
        <span class="ends small muted" aria-hidden="true"
          ><span>${format.percent(LOWEST)}</span><span>${format.percent(100)}</span></span
        >
      </label>
      <div role="status">${value === undefined ? nothing : this.#said(value)}</div>
      ${failure === null ? nothing : html`<p class="failed" role="alert">${t.whatIfFailed(messageOf(failure))}</p>`}
    </section>`
  }

  #said(of: WhatIfAnswer): unknown {
    const { t, format } = this.local
    if (of.started === 0) return html`<p class="muted">${t.notStarted}</p>`
    if (this.chosen === null) {
      return html`<p class="answer">
        ${t.completeNow(format.number(of.completedOfStarted), format.number(of.started))}
      </p>`
    }
    const more = of.completedAfter - of.completedOfStarted
    const difference = format.number(more, { signDisplay: 'exceptZero' })
    return html`<p class="answer">
      ${t.wouldBe(
        format.number(of.completedAfter),
        format.number(of.started),
        format.percent(Math.round(of.threshold * 100)),
        format.number(of.completedOfStarted),
      )}
      <span class="badge ${more > 0 ? 'success' : more < 0 ? 'warning' : ''}">${difference}</span>
    </p>`
  }

  readonly #onSlide = (event: Event): void => {
    this.chosen = Number((event.target as HTMLInputElement).value)
    clearTimeout(this.#sliding)
    this.#sliding = setTimeout(() => void this.answer.refresh(), SLIDING_MILLISECONDS)
  }

  #load(): Promise<WhatIfAnswer> {
    const { api } = this.services
    const params = { path: { contentId: this.contentId }, query: { threshold: (this.chosen ?? FIRST) / 100 } }
    return api.read(api.client.GET('/api/org/content/{contentId}/what-if', { params }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'what-if': WhatIf
  }
}
