import { html, nothing, type TemplateResult } from 'lit'
import '../ui/download'
import { failed } from '../ui/failed'
import type { IconName } from '../ui/icon'
import type { Pages } from '../ui/pages'
import '../ui/skeleton'
import '../ui/state'
import { strings as common } from '../strings'

export interface Listed<Row> {
  readonly table: (rows: readonly Row[]) => unknown
  readonly empty: { readonly icon: IconName; readonly heading: string; readonly text: string }
}

/** A list that is loaded page by page: its rows, what stands for none, the next page's button, and failures. */
export function listed<Row>(pages: Pages<Row>, lang: string, { table, empty }: Listed<Row>): TemplateResult {
  const { rows, failure, loading, more } = pages
  const retry = (): void => void (rows === null ? pages.reset() : pages.next())
  if (rows === null)
    return failure === null ? html`<ui-skeleton></ui-skeleton>` : failed(failure, lang, retry)
  if (rows.length === 0 && failure === null) {
    return html`<ui-state .icon=${empty.icon} .heading=${empty.heading} .text=${empty.text}></ui-state>`
  }
  return html`<div class="stack" aria-busy=${loading}>
    ${failure === null ? table(rows) : failed(failure, lang, () => void pages.reset())}
    ${
      more && failure === null
        ? html`<div>
            <button class="button" ?disabled=${loading} @click=${() => void pages.next()}>
              ${common(lang).loadMore}
            </button>
          </div>`
        : nothing
    }
  </div>`
}
