import { html, LitElement } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { Services } from '../services'
import { base } from '../ui/base'
import '../ui/skeleton'

@customElement('page-items')
export class PageItems extends LitElement {
  static override styles = base

  @property({ attribute: false }) services!: Services

  override render() {
    return html`<ui-skeleton></ui-skeleton>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-items': PageItems
  }
}
