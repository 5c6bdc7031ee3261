import { html, nothing, type TemplateResult } from 'lit'
import { strings } from '../strings'
import { asOf } from './as-of'
import { failed, messageOf } from './failed'
import type { Pages } from './pages'
import './skeleton'

/**
 * A keyset list: a skeleton first, `empty` where there is nothing, else `filled` and a button for more of it. A failure
 * takes the list's place only while there is none; later it is shown below the list, which stays.
 */
export function paged<Row>(
  pages: Pages<Row>,
  lang: string,
  filled: (rows: readonly Row[]) => TemplateResult,
  empty: () => TemplateResult,
): TemplateResult {
  const { rows, failure } = pages
  if (rows === null) {
    if (failure === null) return html`<ui-skeleton></ui-skeleton>`
    return failed(failure, lang, () => void pages.reset())
  }
  return html`${pages.asOf === null ? nothing : asOf(pages.asOf, lang)}
  ${rows.length === 0 ? empty() : filled(rows)} ${foot(pages, lang)}`
}

function foot<Row>(pages: Pages<Row>, lang: string): TemplateResult | typeof nothing {
  const t = strings(lang)
  const { failure } = pages
  if (failure === null && !pages.more) return nothing
  const again = (): void => {
    void (pages.more ? pages.next() : pages.reset())
  }
  return html`<p class="row" style="justify-content: center; margin-block-start: 16px">
    ${failure === null ? nothing : html`<span role="alert">${messageOf(failure)}</span>`}
    <button class="button" ?disabled=${pages.loading} @click=${again}>
      ${failure === null ? t.loadMore : t.retry}
    </button>
  </p>`
}
