import { css, html, LitElement, type TemplateResult } from 'lit'
import { customElement, property, queryAll } from 'lit/decorators.js'
import { Localised } from '../../strings'
import type { Services } from '../services'
import { base } from '../ui/base'
import { order, sections } from './sections'
import { strings } from './strings'

type Section = keyof typeof sections
type Term = (typeof sections)[Section][number]

/** What each figure means, with an example from ordinary life. */
@customElement('page-figures')
export class PageFigures extends LitElement {
  static override styles = [
    base,
    css`
      .explained {
        max-width: 72ch;
      }
      section {
        scroll-margin-block-start: 80px;
      }
      dl {
        display: grid;
        gap: 16px;
        margin: 0;
      }
      dt {
        font-weight: 620;
      }
      dd {
        margin: 4px 0 0;
      }
    `,
  ]

  @property({ attribute: false }) services!: Services
  @queryAll('section') private readonly partsShown!: NodeListOf<HTMLElement>

  private readonly local = new Localised(this, strings)

  override willUpdate(): void {
    this.services.title(this.local.t.title)
  }

  override firstUpdated(): void {
    ;[...this.partsShown].find(({ id }) => `#${id}` === location.hash)?.scrollIntoView()
  }

  override render() {
    const { t } = this.local
    return html`<div class="page-head"><h1>${t.title}</h1></div>
      <div class="stack explained">${order.map((each) => this.#section(each))}</div>`
  }

  #section(name: Section): TemplateResult {
    return html`<section id=${name} class="card stack" aria-labelledby="${name}-heading">
      <h2 id="${name}-heading">${this.local.t[name]}</h2>
      <dl>${sections[name].map((term) => this.#term(term))}</dl>
    </section>`
  }

  #term(term: Term): TemplateResult {
    const { t } = this.local
    return html`<div>
      <dt>${t[term]}</dt>
      <dd>${t[`${term}Text`]}</dd>
      <dd class="muted small">${t.example} ${t[`${term}Example`]}</dd>
    </div>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'page-figures': PageFigures
  }
}
