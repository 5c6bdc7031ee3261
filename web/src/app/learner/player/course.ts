/** A course with parts: what to go on with, and how far one is with each part, in order. */
import { Task } from '@lit/task'
import { css, html, LitElement, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { ItemProgress, PartProgress } from '../../../api/types'
import { Localised } from '../../../strings'
import type { Services } from '../../services'
import { base } from '../../ui/base'
import { failed } from '../../ui/failed'
import { icon } from '../../ui/icon'
import '../../ui/skeleton'
import { byContent, loadItems } from '../loading'
import type { CatalogueRow } from '../records'
import { strings } from '../strings'
import { typeIcon, typeName } from '../types'
import { resumingAddress } from './resuming'

/** Where the course's button leads: to the part to go on with, or to its first part where all are completed. */
export function partToOpen({ resume, parts = [] }: ItemProgress): string | null {
  return resume.contentId ?? parts[0]?.contentId ?? null
}

/** A part in progress goes on where one was; others begin. */
function addressOf({ contentId, status }: PartProgress): string {
  return status === 'in_progress' ? resumingAddress(contentId) : `/watch/${contentId}`
}

@customElement('watch-course')
export class WatchCourse extends LitElement {
  static override styles = [
    base,
    css`
      ol {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        position: relative;
        display: grid;
        grid-template-columns: 28px minmax(0, 1fr) minmax(96px, 160px);
        gap: 4px 16px;
        align-items: center;
        padding-block: 14px;
      }
      li + li {
        border-block-start: 1px solid var(--playhead-border);
      }
      .place {
        color: var(--playhead-muted);
        font-variant-numeric: tabular-nums;
        text-align: end;
      }
      li a {
        color: inherit;
        font-weight: 560;
        text-decoration: none;
        overflow-wrap: anywhere;
      }
      li a::after {
        content: '';
        position: absolute;
        inset: 0;
      }
      li a:hover {
        text-decoration: underline;
      }
      .about {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        color: var(--playhead-muted);
        font-size: 0.8125rem;
      }
      .about .icon {
        width: 16px;
        height: 16px;
        margin-inline-end: 4px;
        vertical-align: -3px;
      }
      @media (max-width: 560px) {
        li {
          grid-template-columns: 20px minmax(0, 1fr);
        }
        li playhead-progress {
          grid-column: 2;
        }
      }
    `,
  ]

  @property({ attribute: false }) services!: Services
  @property({ attribute: false }) progress!: ItemProgress

  private readonly local = new Localised(this, strings)
  readonly #titles = new Task(this, {
    task: async ([services, ids]: readonly [Services, string]) =>
      byContent(await loadItems(services, ids.split(' '))),
    args: () =>
      [this.services, (this.progress.parts ?? []).map(({ contentId }) => contentId).join(' ')] as const,
  })

  override render() {
    return this.#titles.render({
      pending: () => html`<ui-skeleton .count=${3}></ui-skeleton>`,
      complete: (items) => this.#course(items),
      error: (reason) => failed(reason, this.local.lang, () => void this.#titles.run()),
    })
  }

  #course(items: ReadonlyMap<string, CatalogueRow>): TemplateResult {
    const { t, format } = this.local
    const parts = this.progress.parts ?? []
    const required = parts.filter(({ optional }) => !optional)
    const done = required.filter(({ status }) => status === 'completed')
    return html`<section class="card stack" aria-labelledby="parts">
      <div class="stack tight">
        <h2 id="parts">${t.courseParts}</h2>
        <p class="muted small">
          ${t.requiredParts(format.number(done.length), format.number(required.length))}
        </p>
      </div>
      ${this.#goOn(items)}
      <ol>
        ${parts.map((part, place) => this.#part(part, place + 1, items.get(part.contentId)))}
      </ol>
    </section>`
  }

  #goOn(items: ReadonlyMap<string, CatalogueRow>): TemplateResult {
    const { t } = this.local
    const { resume, status } = this.progress
    const part = partToOpen(this.progress)
    const opened = this.progress.parts?.find(({ contentId }) => contentId === part)
    const title = (part === null ? undefined : items.get(part)?.title) ?? t.untitled
    const label =
      resume.contentId === undefined
        ? t.courseAgain(title)
        : status === 'not_started'
          ? t.courseStart(title)
          : t.courseGoOn(title)
    return html`<p>
      <a class="button primary" data-go-on href=${opened === undefined ? '/' : addressOf(opened)} dir="auto"
        >${label}</a
      >
    </p>`
  }

  #part(part: PartProgress, place: number, item: CatalogueRow | undefined): TemplateResult {
    const { t, format } = this.local
    const title = item?.title ?? t.untitled
    return html`<li data-content-id=${part.contentId}>
      <span class="place">${format.number(place)}</span>
      <div>
        <a href=${addressOf(part)} dir="auto">${title}</a>
        <p class="about">
          ${
            item === undefined
              ? nothing
              : html`<span>${icon(typeIcon(item.type))}${typeName(item.type, t)}</span>`
          }
          ${
            item?.durationSeconds == null
              ? nothing
              : html`<span>${format.shortDuration(item.durationSeconds)}</span>`
          }
          ${part.optional ? html`<span class="badge">${t.optionalPart}</span>` : nothing}
          ${part.completedAt === null ? nothing : html`<span>${t.completedOn(format.date(part.completedAt))}</span>`}
        </p>
      </div>
      <playhead-progress
        .value=${part.progressPercentage}
        .status=${part.status}
        .label=${title}
      ></playhead-progress>
    </li>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'watch-course': WatchCourse
  }
}
