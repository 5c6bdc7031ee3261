import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import '../ui/confirm'
import { strings } from './strings'

/** Kafka, the processor and the sink come between an act and the figures of a report. */
const FOLLOW_MILLISECONDS = [1_000, 3_000, 8_000]

/**
 * What a manager or an administrator does to an item for another person: mark it, take back the mark, begin an
 * attempt. `acted-on-behalf` asks the page to load what it shows again.
 */
@customElement('on-behalf')
export class OnBehalf extends LitElement {
  static override styles = [base]

  @property({ attribute: false }) services!: Services
  @property({ attribute: false }) userId = ''
  @property({ attribute: false }) contentId = ''
  /** Of the item and of the person. */
  @property({ attribute: false }) itemTitle = ''
  @property({ attribute: false }) name = ''
  @property({ type: Boolean }) completed = false
  /** Without the frame and the heading of a page's section, for the row of a table. */
  @property({ type: Boolean }) inline = false
  /** Whether a mark by hand stands. */
  @property({ type: Boolean }) marked = false

  private readonly local = new Localised(this, strings)

  override render() {
    const { t } = this.local
    if (this.inline) {
      return html`<div
        class="stack"
        style="--gap: 8px"
        role="group"
        aria-label="${t.onBehalf}: ${this.itemTitle}"
      >
        ${this.#buttons()}
      </div>`
    }
    return html`<section class="card stack" style="--gap: 12px" aria-labelledby="on-behalf">
      <h2 id="on-behalf">${t.onBehalf}</h2>
      ${this.#buttons()}
    </section>`
  }

  #buttons(): TemplateResult {
    const { t } = this.local
    return html`${
      this.completed ? nothing : this.#button('mark', t.markFor, t.markForQuestion, t.markForText, this.#mark)
    }
    ${
      this.marked
        ? this.#button('unmark', t.unmarkFor, t.unmarkForQuestion, t.unmarkForText, this.#unmark)
        : nothing
    }
    ${
      this.completed
        ? this.#button('attempt', t.attemptFor, t.attemptForQuestion, t.attemptForText, this.#begin)
        : nothing
    }`
  }

  #button(
    id: string,
    label: string,
    question: (title: string, name: string) => string,
    text: string,
    act: () => Promise<void>,
  ): TemplateResult {
    return html`<ui-confirm
      id=${id}
      .label=${label}
      .question=${question(this.itemTitle, this.name)}
      .text=${text}
      .act=${act}
    ></ui-confirm>`
  }

  get #parameters() {
    return { params: { path: { contentId: this.contentId }, query: { userId: this.userId } } }
  }

  readonly #mark = async (): Promise<void> => {
    const { api } = this.services
    await api.read(api.client.POST('/api/progress/{contentId}/completion', this.#parameters))
    this.#acted()
  }

  readonly #unmark = async (): Promise<void> => {
    const { api } = this.services
    await api.read(api.client.DELETE('/api/progress/{contentId}/completion', this.#parameters))
    this.#acted()
  }

  readonly #begin = async (): Promise<void> => {
    const { api } = this.services
    await api.read(api.client.POST('/api/progress/{contentId}/attempts', this.#parameters))
    this.#acted()
  }

  #acted(): void {
    this.services.notify(this.local.t.actedFor)
    // not stopped by a move within the page: a table that is ordered again takes its rows out and in
    for (const wait of FOLLOW_MILLISECONDS) {
      setTimeout(() => {
        this.dispatchEvent(new CustomEvent('acted-on-behalf', { bubbles: true, composed: true }))
      }, wait)
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'on-behalf': OnBehalf
  }
  interface HTMLElementEventMap {
    'acted-on-behalf': CustomEvent<null>
  }
}
