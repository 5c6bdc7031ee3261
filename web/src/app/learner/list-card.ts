import { html, nothing, type TemplateResult } from 'lit'

/** A row of one of the dashboard's lists. */
export interface Line {
  readonly contentId: string
  readonly title: string
  /** When, in words. */
  readonly text: string
  readonly badge: 'danger' | null
  /** 0–100; nothing is drawn of 0, nor of null: what is completed. */
  readonly progress: number | null
}

/** A card with a heading, how many there are, and a row for each; `empty` says that there is none. */
export function listCard(id: string, heading: string, lines: readonly Line[], empty: string): TemplateResult {
  const counted = lines.some(({ progress }) => progress !== null) // what is completed is cut short
  return html`<section class="card list" aria-labelledby=${id}>
    <h2 id=${id}>
      ${heading}
      ${counted ? html`<span class="badge ${lines[0]?.badge ?? ''}">${lines.length}</span>` : nothing}
    </h2>
    ${
      lines.length === 0
        ? html`<p class="muted small">${empty}</p>`
        : html`<ul>
            ${lines.map(row)}
          </ul>`
    }
  </section>`
}

function row({ contentId, title, text, badge, progress }: Line): TemplateResult {
  return html`<li>
    <div class="what">
      <a href="/watch/${contentId}" dir="auto">${title}</a>
      <p class="small ${badge === null ? 'muted' : 'late'}">${text}</p>
    </div>
    ${
      progress === null || progress === 0
        ? nothing
        : html`<playhead-progress
            layout="inline"
            .value=${progress}
            status="in_progress"
            .label=${title}
          ></playhead-progress>`
    }
  </li>`
}
