import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { buttons } from '../ui/buttons'
import { itemStrings } from './strings/item'

type Asked = 'nothing' | 'publishing' | 'failed' | 'kept' | 'begun'

/** Publishes a new edition of an item: progress is kept, or everyone who opened it begins again. */
@customElement('item-edition')
export class ItemEdition extends LitElement {
  static override styles = [
    base,
    buttons,
    css`
      p {
        margin-block: 4px 12px;
      }
    `,
  ]

  @property({ attribute: false }) services!: Services
  @property({ attribute: false }) contentId = ''
  @state() private asked: Asked = 'nothing'

  private readonly words = new Localised(this, itemStrings)

  override render() {
    const { t } = this.words
    const outcome = { failed: t.editionFailed, kept: t.editionKept, begun: t.editionBegun }
    return html`<section class="card stack" aria-labelledby="edition">
      <div>
        <h2 id="edition">${t.edition}</h2>
        <p class="small muted">${t.editionNote}</p>
      </div>
      <div class="row" .style=${'--gap: 8px'}>
        <button
          class="button"
          ?disabled=${this.asked === 'publishing'}
          @click=${() => void this.#publish(false)}
        >
          ${t.editionKeep}
        </button>
        <button
          class="button"
          ?disabled=${this.asked === 'publishing'}
          @click=${() => void this.#publish(true)}
        >
          ${t.editionBegin}
        </button>
      </div>
      <p role="status">
        ${this.asked === 'nothing' || this.asked === 'publishing' ? nothing : outcome[this.asked]}
      </p>
    </section>`
  }

  async #publish(newAttempt: boolean): Promise<void> {
    const { t } = this.words
    if (newAttempt && !window.confirm(t.editionConfirm)) return
    const { api } = this.services
    this.asked = 'publishing'
    try {
      await api.read(
        api.client.POST('/api/org/content/{contentId}/editions', {
          params: { path: { contentId: this.contentId } },
          body: { newAttempt },
        }),
      )
      this.asked = newAttempt ? 'begun' : 'kept'
    } catch {
      this.asked = 'failed'
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'item-edition': ItemEdition
  }
}
