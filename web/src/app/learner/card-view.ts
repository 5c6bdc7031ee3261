/** One card of the library. */
import { css, html, nothing, type TemplateResult } from 'lit'
import type { Localised } from '../../strings'
import { isOverdue, statusOf, type Card } from './cards'
import { typeIcon, typeName } from './types'
import type { Assignment } from './records'
import type { strings } from './strings'
import type { en } from './strings/en'
import { icon } from '../ui/icon'

export type LearnerLocal = Pick<Localised<typeof en>, 't' | 'format' | 'lang'>
export type LearnerStrings = ReturnType<typeof strings>

export const cardStyles = css`
  .item {
    position: relative;
    display: flex;
    flex-direction: column;
    padding: 0;
    overflow: hidden;
    transition:
      border-color 120ms,
      box-shadow 120ms;
  }
  .item:hover {
    border-color: var(--playhead-border-strong);
    box-shadow: var(--playhead-shadow-large);
  }
  .item:focus-within:has(:focus-visible) {
    outline: 2px solid var(--playhead-focus);
    outline-offset: 2px;
  }
  .picture {
    position: relative;
    --playhead-radius: 0;
  }
  .length {
    position: absolute;
    inset-block-end: 8px;
    inset-inline-end: 8px;
    padding: 2px 6px;
    border-radius: var(--playhead-radius-small);
    background: rgb(0 0 0 / 0.72);
    color: #fff;
    font-size: 0.75rem;
    font-weight: 560;
    font-variant-numeric: tabular-nums;
  }
  .body {
    flex: 1;
    display: flex;
    flex-direction: column;
    gap: 8px;
    padding: 16px;
  }
  .item h3 {
    font-size: 1rem;
    line-height: 1.35;
    text-wrap: pretty;
    overflow-wrap: anywhere;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    overflow: hidden;
  }
  .item h3 a {
    color: inherit;
    text-decoration: none;
    outline: none;
  }
  /* The whole card leads there; its name stays the link's. */
  .item h3 a::after {
    content: '';
    position: absolute;
    inset: 0;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    color: var(--playhead-muted);
    font-size: 0.8125rem;
  }
  .facts .icon {
    width: 16px;
    height: 16px;
    vertical-align: -3px;
    margin-inline-end: 4px;
  }
  .item playhead-progress {
    margin-block-start: auto;
    padding-block-start: 8px;
  }
`

/** A card: picture, title, what it is, what is required, and how far one is. */
export function cardView(card: Card, local: LearnerLocal, now: Date): TemplateResult {
  const { item, progress } = card
  const { t, format } = local
  return html`<article class="card item" data-content-id=${item.contentId}>
    <div class="picture">
      <playhead-thumbnail .src=${item.thumbnailUrl} .name=${item.title}></playhead-thumbnail>
      ${
        item.durationSeconds === null
          ? nothing
          : html`<span class="length">${format.clock(item.durationSeconds)}</span>`
      }
    </div>
    <div class="body">
      <h3><a href="/watch/${item.contentId}" dir="auto">${item.title}</a></h3>
      <p class="facts">
        <span>${icon(typeIcon(item.type))}${typeName(item.type, t)}</span>
        ${
          progress?.lastViewed == null
            ? nothing
            : html`<span>${t.viewed(format.relative(progress.lastViewed, now))}</span>`
        }
      </p>
      ${requirement(card.assignment, statusOf(card) === 'completed', local, now)}
      <playhead-progress
        .value=${progress?.progress ?? 0}
        .status=${statusOf(card)}
        .label=${item.title}
      ></playhead-progress>
    </div>
  </article>`
}

/** Whether it is required, and by when; in words, since colour alone says nothing to many. */
export function requirement(
  assignment: Assignment | null,
  completed: boolean,
  { t, format }: LearnerLocal,
  now: Date,
): unknown {
  if (assignment === null) return nothing
  const due = assignment.dueAt === null ? null : format.date(assignment.dueAt)
  const overdue = isOverdue(assignment, completed, now)
  return html`<p class="facts">
    <span class="badge ${overdue ? 'danger' : 'accent'}">${overdue ? t.overdue : t.required}</span>
    ${due === null ? nothing : html`<span>${overdue ? t.wasDue(due) : t.due(due)}</span>`}
  </p>`
}
