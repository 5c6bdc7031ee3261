import { css, html, LitElement, nothing } from 'lit'
import { customElement, property, query } from 'lit/decorators.js'
import { Localised } from '../../strings'
import { base } from '../ui/base'
import { strings } from './strings'

const TABS = [
  ['overview', '/organisation'],
  ['items', '/organisation/items'],
  ['teams', '/organisation/teams'],
  ['exports', '/organisation/exports'],
  ['import', '/organisation/import'],
  ['settings', '/organisation/settings'],
] as const

export type Tab = (typeof TABS)[number][0]

/** The six parts of the organisation's pages. */
@customElement('admin-tabs')
export class AdminTabs extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        margin-block-end: 24px;
      }
      nav {
        display: flex;
        gap: 4px;
        overflow-x: auto;
        border-block-end: 1px solid var(--playhead-border);
        scrollbar-width: none;
      }
      a {
        flex: none;
        padding: 12px 14px;
        border-block-end: 2px solid transparent;
        color: var(--playhead-muted);
        font-size: 0.9375rem;
        font-weight: 560;
        text-decoration: none;
      }
      a:hover {
        color: var(--playhead-text);
      }
      a[aria-current] {
        border-block-end-color: var(--playhead-accent);
        color: var(--playhead-text);
      }
      a:focus-visible {
        outline-offset: -2px;
      }
    `,
  ]

  @property() current: Tab = 'overview'
  /** The page is below the tab, which still leads to another. */
  @property({ type: Boolean }) below = false

  @query('[aria-current]') private readonly chosen!: HTMLElement | null

  private readonly local = new Localised(this, strings)

  override render() {
    const { t } = this.local
    return html`<nav aria-label=${t.parts}>
      ${TABS.map(
        ([tab, path]) =>
          html`<a href=${path} aria-current=${tab !== this.current ? nothing : this.below ? 'true' : 'page'}
            >${t[tab]}</a
          >`,
      )}
    </nav>`
  }

  override firstUpdated(): void {
    // on a phone the row is wider than the screen
    this.chosen?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'admin-tabs': AdminTabs
  }
}
